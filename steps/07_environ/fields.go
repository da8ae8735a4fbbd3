package environ

import (
	"strconv"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// fillFields gives each header field its CGI name. RFC 3875 §4.1.18
func fillFields(environ wsgi.Environ, request Request) {
	if request.Line.Authority != "" {
		// The host of an absolute-form target counts, not the Host field.
		// RFC 9112 §3.2.2
		environ["HTTP_HOST"] = request.Line.Authority
	}
	for _, field := range request.Fields {
		switch {
		case field.Is("Content-Length"):
			environ["CONTENT_LENGTH"] = strconv.FormatInt(request.Framing.Length, 10)
		case field.Is("Content-Type"):
			add(environ, "CONTENT_TYPE", field.Value, ", ")
		case field.Is("Transfer-Encoding"):
			// It described the connection. The application reads content, not
			// chunks, and learns its end from wsgi.input.
		case field.Is("Host") && request.Line.Authority != "":
		case field.Is("Proxy"):
			// HTTP_PROXY is a setting of many HTTP clients: "httpoxy".
		case strings.Contains(field.Name, "_"):
			// It would pass for the field with a hyphen in its place.
		case field.Is("Cookie"):
			// RFC 6265 §5.4 wants one Cookie field; HTTP/2 gateways split it.
			add(environ, "HTTP_COOKIE", field.Value, "; ")
		default:
			add(environ, variable(field.Name), field.Value, ", ")
		}
	}
}

// variable returns the name of the variable for a field: HTTP_USER_AGENT.
func variable(name string) string {
	spelt := append(make([]byte, 0, 64), "HTTP_"...)
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-':
			c = '_'
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		spelt = append(spelt, c)
	}
	return string(spelt)
}

// add sets a variable, or joins another value to it. RFC 9110 §5.3
func add(environ wsgi.Environ, name, value, separator string) {
	if earlier, again := environ[name]; again {
		value = earlier.(string) + separator + value
	}
	environ[name] = value
}
