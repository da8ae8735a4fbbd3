package validator

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// checkEnviron returns the first rule that an environ breaks, nil if none.
func checkEnviron(environ wsgi.Environ) *Violation {
	if environ == nil {
		return environGiven.broken("nil")
	}
	return cmp.Or(checkKeys(environ), checkVariables(environ), checkPath(environ), checkContract(environ), checkExtensions(environ))
}

// required lists what must be there. CGI variables may be left out when they
// are empty; those here never are.
var required = []string{
	"REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
	"wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors",
	"wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once",
}

func checkKeys(environ wsgi.Environ) *Violation {
	for _, key := range required {
		if _, ok := environ[key]; !ok {
			return keyRequired.broken("no %s", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(environ)) {
		if key == "HTTP_CONTENT_TYPE" || key == "HTTP_CONTENT_LENGTH" {
			return keyOwnName.broken("%s", key)
		}
		if _, ok := environ[key].(string); !ok && !strings.Contains(key, ".") {
			return textIsString.broken("%s of the type %T", key, environ[key])
		}
	}
	return nil
}

func checkVariables(environ wsgi.Environ) *Violation {
	method, port, length := environ.Text("REQUEST_METHOD"), environ.Text("SERVER_PORT"), environ.Text("CONTENT_LENGTH")
	switch {
	case !isToken(method):
		return methodToken.broken("%s", method)
	case environ.Text("SERVER_NAME") == "":
		return serverName.broken("")
	case port == "" || !isDigits(port):
		return serverPort.broken("%s", port)
	case environ.Text("SERVER_PROTOCOL") == "":
		return serverProtocol.broken("")
	case !isDigits(length):
		return contentLength.broken("%s", length)
	}
	return nil
}

// checkPath looks at the two halves of the path. Both are empty for OPTIONS *
// alone, which asks about the server and not about a place in it. RFC 9112 §3.2.4
func checkPath(environ wsgi.Environ) *Violation {
	script, path := environ.Text("SCRIPT_NAME"), environ.Text("PATH_INFO")
	switch {
	case script != "" && (script[0] != '/' || script == "/"):
		return scriptName.broken("%s", script)
	case path != "" && path[0] != '/':
		return pathInfo.broken("%s", path)
	case script == "" && path == "" && environ.Text("REQUEST_METHOD") != "OPTIONS":
		return pathGiven.broken("%s", environ.Text("REQUEST_METHOD")+" and no path")
	}
	return nil
}

// checkContract looks at what the contract adds to CGI.
func checkContract(environ wsgi.Environ) *Violation {
	if got := environ["wsgi.version"]; got != [2]int{1, 0} {
		return version.broken("%#v", got)
	}
	if got := environ["wsgi.url_scheme"]; got != "http" && got != "https" {
		return scheme.broken("%v", got)
	}
	for _, key := range []string{"wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once", "wsgi.input_terminated"} {
		value, there := environ[key]
		if _, ok := value.(bool); there && !ok {
			return flag.broken("%s of the type %T", key, value)
		}
	}
	if _, ok := environ["wsgi.input"].(wsgi.Input); !ok {
		return inputType.broken("%T", environ["wsgi.input"])
	}
	if _, ok := environ["wsgi.errors"].(io.Writer); !ok {
		return errorsType.broken("%T", environ["wsgi.errors"])
	}
	return nil
}

func checkExtensions(environ wsgi.Environ) *Violation {
	if value, there := environ["wsgi.file_wrapper"]; there {
		if wrap, ok := value.(wsgi.FileWrapper); !ok || wrap == nil {
			return fileWrapper.broken("%T", value)
		}
	}
	if value, there := environ["barewire.note"]; there {
		if tell, ok := value.(func(string)); !ok || tell == nil {
			return note.broken("%T", value)
		}
	}
	return nil
}

// isToken tells whether text is a token, as a method and a header name are.
//
//	token = 1*tchar   RFC 9110 §5.6.2
func isToken(text string) bool {
	for i := range len(text) {
		if !isAlphanumeric(text[i]) && strings.IndexByte("!#$%&'*+-.^_`|~", text[i]) < 0 {
			return false
		}
	}
	return text != ""
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isDigits tells whether there is nothing but digits.
func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }
