package uwsgi

import (
	"cmp"
	"strings"

	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// Fill puts the variables into an environ, which is empty, and with them what the
// contract adds. The endpoints of the connection stay out: they are the proxy's and
// ours, and the proxy has told who the client is.
func Fill(filled wsgi.Environ, request environ.Request) {
	// What every application is promised, whoever forgets to send it. The first three
	// may be empty, the others not. PEP 3333, "environ Variables"
	filled["SCRIPT_NAME"] = ""
	filled["PATH_INFO"] = ""
	filled["QUERY_STRING"] = ""
	filled["SERVER_NAME"] = "localhost"
	filled["SERVER_PORT"] = "80"
	filled["SERVER_PROTOCOL"] = "HTTP/1.0"
	filled["SERVER_SOFTWARE"] = "barewire"
	filled["GATEWAY_INTERFACE"] = "CGI/1.1"

	again := make(map[string]bool)
	for _, variable := range request.Fields {
		switch name, value := variable.Name, variable.Value; {
		case !forApplication(name):
		case again[name]:
			filled[name] = filled.Text(name) + separator(name) + value
		default:
			filled[name] = cmp.Or(value, filled.Text(name))
			again[name] = true
		}
	}

	environ.FillStreams(filled, request.Input, request.Errors)
	environ.FillContract(filled)
	filled["wsgi.url_scheme"] = scheme(filled)
}

// forApplication tells whether a variable belongs into the environ.
func forApplication(name string) bool {
	switch name {
	case "HTTP_PROXY":
		return false // a field Proxy, and a setting of many HTTP clients: "httpoxy"
	case "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE":
		return false // they have a variable without HTTP_, RFC 3875 §4.1.18
	case "HTTP_TRANSFER_ENCODING":
		return false // it described the connection between the client and the proxy
	}
	// These are between the server and the application; a proxy cannot speak of them.
	return !strings.HasPrefix(name, "wsgi.") && !strings.HasPrefix(name, "barewire.")
}

// ofField tells whether a variable is a header field of the client.
func ofField(name string) bool { return strings.HasPrefix(name, "HTTP_") }

// separator stands between two values of a field. RFC 9110 §5.3; RFC 6265 §5.4
func separator(name string) string {
	if name == "HTTP_COOKIE" {
		return "; "
	}
	return ", "
}

// scheme is the one that the client used. HTTPS stands in no standard, but proxies
// send it.
func scheme(filled wsgi.Environ) string {
	switch strings.ToLower(filled.Text("HTTPS")) {
	case "on", "1":
		return "https"
	}
	return "http"
}
