package cgi

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	requestline "barewire/steps/03_requestline"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	"barewire/steps/refuse"
)

// environOf returns the environ of a request that is said in variables. Their
// bytes stay as they are: Python has to turn them into latin-1 text, with
// unicode_to_wsgi, while a Go string is bytes already.
func environOf(env []string) wsgi.Environ {
	filled := wsgi.Environ{
		// What every application is promised, whoever forgets to set it. The
		// first three may be empty, the others not; a request typed by hand is one
		// of HTTP/1.0 to this machine. PEP 3333, "environ Variables"
		"SCRIPT_NAME":     "",
		"PATH_INFO":       "",
		"QUERY_STRING":    "",
		"SERVER_NAME":     "localhost",
		"SERVER_PORT":     "80",
		"SERVER_PROTOCOL": "HTTP/1.0",

		"barewire.note": func(string) {}, // nobody watches
	}
	environ.FillContract(filled)
	filled["wsgi.multithread"] = false
	filled["wsgi.multiprocess"] = true // each request has a process, all at the same time
	filled["wsgi.run_once"] = true
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		if ofRequest(name) {
			filled[name] = cmp.Or(value, filled.Text(name))
		}
	}
	if filled["SCRIPT_NAME"] == "/" {
		// The slash begins the path behind it, or URLs would have two.
		// PEP 3333, "URL Reconstruction"
		filled["SCRIPT_NAME"] = ""
		filled["PATH_INFO"] = "/" + strings.TrimPrefix(filled.Text("PATH_INFO"), "/")
	}
	switch strings.ToLower(filled.Text("HTTPS")) { // some servers write ON
	case "on", "1":
		filled["wsgi.url_scheme"] = "https"
	}
	return filled
}

// checkRequest tells what is wrong with the method or the paths. Applications
// compare both byte by byte, so nothing is guessed.
func checkRequest(filled wsgi.Environ) error {
	begins := func(name string) bool {
		path := filled.Text(name)
		return path == "" || path[0] == '/'
	}
	bad := func(name, rule, section string) error {
		return refuse.Because(refuse.BadRequest, name+" "+rule, section, []byte(filled.Text(name)))
	}
	switch {
	case !requestline.IsToken(filled.Text("REQUEST_METHOD")):
		return bad("REQUEST_METHOD", "is a token", "RFC 3875 §4.1.12, RFC 9110 §9.1")
	case !begins("SCRIPT_NAME"):
		return bad("SCRIPT_NAME", "is empty or begins with a slash", "RFC 3875 §4.1.13")
	case !begins("PATH_INFO"):
		return bad("PATH_INFO", "is empty or begins with a slash", "RFC 3875 §4.1.5")
	}
	return nil
}

// ofRequest tells whether a variable speaks of the request. PEP 3333 allows all
// the others in the environ too, but they are the process's own: a PATH, perhaps
// a password, and demo:App would show them to every stranger. Nothing is lost,
// for an application that wants them has os.Getenv.
func ofRequest(name string) bool {
	switch name {
	case "HTTP_PROXY":
		return false // a field Proxy, and a setting of many HTTP clients: "httpoxy"
	case "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE":
		return false // they have a variable without HTTP_, RFC 3875 §4.1.18
	}
	hasPrefix := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	return slices.Contains(variables, name) || slices.ContainsFunc(prefixes, hasPrefix)
}

// variables lists the names of RFC 3875 §4.1, then those that stand in no
// standard but that most servers set.
var variables = []string{
	"AUTH_TYPE", "CONTENT_LENGTH", "CONTENT_TYPE", "GATEWAY_INTERFACE",
	"PATH_INFO", "PATH_TRANSLATED", "QUERY_STRING",
	"REMOTE_ADDR", "REMOTE_HOST", "REMOTE_IDENT", "REMOTE_USER", "REQUEST_METHOD",
	"SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE",

	"DOCUMENT_ROOT", "HTTPS", "REDIRECT_STATUS", "REMOTE_PORT", "REQUEST_SCHEME",
	"REQUEST_URI", "SCRIPT_FILENAME", "SERVER_ADDR",
}

// prefixes begin the names of header fields, RFC 3875 §4.1.18, of a server's own
// extensions, §4.1, and of what Apache tells of TLS, as PEP 3333 wishes. A process
// has variables of its own that begin with SSL_.
var prefixes = []string{"HTTP_", "X_", "SSL_CIPHER", "SSL_CLIENT_", "SSL_PROTOCOL", "SSL_SERVER_"}

// openBody returns wsgi.input: so many bytes of in as CONTENT_LENGTH says. Not
// even the buffer asks for more, which a parent may never send, nor end.
// RFC 3875 §4.2
func openBody(text string, in io.Reader) (*body.Reader, error) {
	length, err := contentLength(text)
	bounded := bufio.NewReader(io.LimitReader(in, length))
	return body.NewReader(bounded, nil, body.Framing{Length: length}, body.Limits{}), err
}

// contentLength reads the length of the body; without one there is no body.
//
//	CONTENT_LENGTH = "" | 1*digit   RFC 3875 §4.1.2
func contentLength(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	length, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, refuse.Because(refuse.BadRequest, "CONTENT_LENGTH is decimal digits, or empty", "RFC 3875 §4.1.2", []byte(text))
	}
	return int64(length), nil
}
