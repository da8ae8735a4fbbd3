package flaskish

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// A Tuple is a value that a view may return, with a word about it: Flask's
// (body, status, headers).
type Tuple struct {
	Body    any          // what else a view may return
	Status  string       // "404 NOT FOUND"; that of Body if ""
	Headers wsgi.Headers // in place of those of Body that have the same names
}

// A Response is what the value of any view is made into.
//
//	string            text, of type text/html; charset=utf-8
//	[]byte            the same, in bytes
//	wsgi.Body         the same, chunk by chunk
//	map[string]any    JSON
//	Tuple             one of these, with another status or more headers
//	wsgi.Application  its answer, whenever it starts
//	*Response         itself
//	error             none: the view failed
//
// It is an application around an application. Flask runs the one that a view
// returns until it has called start_response, for its Response knows status and
// headers. Ours knows only what it has to change, and runs the application when
// it is called itself; so that may write, and start as late as it likes.
type Response struct {
	Application wsgi.Application
	Status      string       // in place of that of Application, unless ""
	Headers     wsgi.Headers // in place of those that have the same names
}

// makeResponse is Flask's make_response.
func makeResponse(value any) (*Response, error) {
	switch value := value.(type) {
	case string:
		return respond(htmlText, wsgi.Text(value)), nil
	case []byte:
		return respond(htmlText, wsgi.List{value}), nil
	case wsgi.Body:
		return respond(htmlText, value), nil
	case map[string]any:
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		return respond("application/json", wsgi.List{append(text, '\n')}), nil
	case Tuple:
		inner, err := makeResponse(value.Body)
		if err != nil {
			return nil, err
		}
		return &Response{inner.Call, value.Status, value.Headers}, nil
	case wsgi.Application:
		return &Response{Application: value}, nil
	case func(wsgi.Environ, wsgi.StartResponse) wsgi.Body: // the same, to Go another type
		return &Response{Application: value}, nil
	case *Response:
		return value, nil
	case error:
		return nil, value
	}
	return nil, fmt.Errorf("a view returns text, bytes, a body, a map, a Tuple, an application or a *Response, not %T", value)
}

const htmlText = "text/html; charset=utf-8"

// respond makes the application that answers with a body, and its Response.
func respond(contentType string, body wsgi.Body) *Response {
	return &Response{Application: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", contentType}})
		return body
	}}
}

// Call makes the Response an application. One that starts again with a cause has
// failed, and its 500 stays what it is.
func (r *Response) Call(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return r.Application(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		if errors.Join(cause...) == nil {
			status = cmp.Or(r.Status, status)
			headers = replace(headers, r.Headers)
		}
		return start(status, headers, cause...)
	})
}

// replace returns headers with others in place of those that have their names.
func replace(headers, others wsgi.Headers) wsgi.Headers {
	kept := slices.DeleteFunc(slices.Clone(headers), func(field [2]string) bool {
		return slices.ContainsFunc(others, func(other [2]string) bool {
			return strings.EqualFold(field[0], other[0])
		})
	})
	return append(kept, others...)
}
