package uwsgi

import (
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
)

// Line finds among the pairs what was in the request line. The path is PATH_INFO,
// which the proxy has decoded. When it refuses, the Line still holds the method: an
// answer to HEAD has no body, whatever else was wrong.
func Line(packet []byte) (requestline.Line, error) {
	var line requestline.Line
	for name, value := range pairs(packet) {
		switch name {
		case "REQUEST_METHOD":
			line.Method = value
		case "REQUEST_URI":
			line.Target = value
		case "SERVER_PROTOCOL":
			line.Version = value
		case "PATH_INFO":
			line.Path = value
		case "QUERY_STRING":
			line.Query = value
		}
	}
	switch {
	case line.Method == "":
		return line, refuse.Because(refuse.BadRequest, "a request has a REQUEST_METHOD", "RFC 3875 §4.1.12", nil)
	case !requestline.IsToken(line.Method):
		return line, refuse.Because(refuse.BadRequest, "REQUEST_METHOD is a token", "RFC 3875 §4.1.12, RFC 9110 §9.1", []byte(line.Method))
	case line.Path != "" && line.Path[0] != '/':
		return line, refuse.Because(refuse.BadRequest, "PATH_INFO is empty or begins with a slash", "RFC 3875 §4.1.5", []byte(line.Path))
	}
	return line, nil
}

// Variables lists the pairs. A name comes once, or two readers could take one of two
// lengths each. Only fields of the client may come again, as they do in HTTP; two
// hosts are refused there too. RFC 9112 §3.2
func Variables(packet []byte) ([]headers.Field, error) {
	var variables []headers.Field
	seen := make(map[string]bool)
	for name, value := range pairs(packet) {
		if seen[name] && (!ofField(name) || name == "HTTP_HOST") {
			return variables, refuse.Because(refuse.BadRequest, "a variable comes once", "RFC 3875 §4.1", []byte(name))
		}
		seen[name] = true
		variables = append(variables, headers.Field{Name: name, Value: value})
	}
	return variables, nil
}
