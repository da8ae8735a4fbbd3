// Package stream says one line at a time.
//
// It is the tutorials' generator, def app(environ, start_response): ... yield.
// Nothing in it runs before the server asks for the first chunk, so the answer
// starts late, and each line leaves when it is yielded. How long the answer
// will be nobody knows at its start: it goes out in chunks.
//
//	curl -N 'http://127.0.0.1:8888/'
//	curl -N 'http://127.0.0.1:8888/?lines=3&pause=1000'
package stream

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	wsgi "barewire/steps/06_wsgi"
)

// App yields ten lines with 200 ms between them, or as many lines and as many
// milliseconds as the query string asks for.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		headers := wsgi.Headers{{"Content-Type", "text/plain"}}
		lines, pause, err := ask(environ.Text("QUERY_STRING"))
		if err != nil {
			start("400 Bad Request", headers)
			yield(fmt.Appendf(nil, "%v.\n", err), nil)
			return
		}
		start("200 OK", headers)
		for i := 1; i <= lines; i++ {
			if !yield(fmt.Appendf(nil, "line %d of %d\n", i, lines), nil) {
				return
			}
			if i < lines {
				time.Sleep(pause)
			}
		}
	})
}

// ask reads the query string. What it asks for is bounded, or one request could
// keep a connection for ever.
func ask(query string) (lines int, pause time.Duration, err error) {
	fields, err := url.ParseQuery(query)
	if err != nil {
		return 0, 0, err
	}
	lines, err = number(fields, "lines", 10, 1000)
	if err != nil {
		return 0, 0, err
	}
	milliseconds, err := number(fields, "pause", 200, 5000)
	return lines, time.Duration(milliseconds) * time.Millisecond, err
}

// number reads a field that may be missing.
func number(fields url.Values, name string, missing, most int) (int, error) {
	if !fields.Has(name) {
		return missing, nil
	}
	n, err := strconv.Atoi(fields.Get(name))
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%s is a number from 0 to %d, not %q", name, most, fields.Get(name))
	}
	return n, nil
}
