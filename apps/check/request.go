package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

const (
	maxEcho  = 16 << 20 // bytes of a body that has to be in memory as a whole
	maxFirst = 64 << 10
	maxPiece = 8 << 10 // bytes of a line that are read at a time
)

// showEnviron answers with the environ as JSON, keys sorted. A text has a
// character for each byte, as in Python; what is no text is shown as repr does.
func showEnviron(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	shown := make(map[string]string, len(environ))
	for key, value := range environ {
		if text, is := value.(string); is {
			shown[key] = latin1(text)
		} else {
			shown[key] = wsgi.Repr(key, value)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(shown); err != nil {
		return wsgi.Fail(err)
	}
	start(ok, wsgi.Headers{{"Content-Type", "application/json"}})
	return wsgi.List{out.Bytes()}
}

// latin1 returns text with a character for each byte. PEP 3333, "Unicode Issues"
func latin1(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// echo answers with the body, once it has read all of it.
func echo(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, err := io.ReadAll(io.LimitReader(environ.Input(), maxEcho+1))
	if err != nil {
		return wsgi.Fail(err)
	}
	if len(body) > maxEcho {
		start("413 Content Too Large", plain)
		return wsgi.Text(fmt.Sprintf("a body has at most %d bytes here\n", maxEcho))
	}
	start(ok, wsgi.Headers{{"Content-Type", "application/octet-stream"}})
	return wsgi.List{body}
}

// count answers with the number of bytes of the body.
func count(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	n, err := io.Copy(io.Discard, environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	start(ok, plain)
	return wsgi.Text(fmt.Sprintln(n))
}

// lines answers with the number of lines of the body. A long line comes in
// pieces and counts once.
func lines(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	n, begins := 0, true
	for {
		piece, err := environ.Input().ReadLine(maxPiece)
		if err == io.EOF {
			break
		}
		if err != nil {
			return wsgi.Fail(err)
		}
		if begins {
			n++
		}
		begins = bytes.HasSuffix(piece, []byte("\n"))
	}
	start(ok, plain)
	return wsgi.Text(fmt.Sprintln(n))
}

// first answers with the first n bytes of the body, and leaves the others.
func first(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	n, err := number(environ, "n", 5, 0, maxFirst)
	if err != nil {
		return badRequest(start, err)
	}
	body, err := io.ReadAll(io.LimitReader(environ.Input(), n))
	if err != nil {
		return wsgi.Fail(err)
	}
	start(ok, plain)
	return wsgi.List{body}
}

// field returns a field of the query string as it was sent, or what it is when
// it is missing.
func field(environ wsgi.Environ, name, missing string) string {
	for _, pair := range strings.Split(environ.Text("QUERY_STRING"), "&") {
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return value
		}
	}
	return missing
}

// number reads a field that is a number. It is bounded, or one request could
// keep a connection for ever.
func number(environ wsgi.Environ, name string, missing, least, most int64) (int64, error) {
	text := field(environ, name, strconv.FormatInt(missing, 10))
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || int64(n) < least || int64(n) > most {
		return 0, fmt.Errorf("%s is a number from %d to %d", name, least, most)
	}
	return int64(n), nil
}

// badRequest answers a number that is none.
func badRequest(start wsgi.StartResponse, err error) wsgi.Body {
	start("400 Bad Request", plain)
	return wsgi.Text(err.Error() + "\n")
}
