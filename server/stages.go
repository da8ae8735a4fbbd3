package server

import (
	"bufio"
	"bytes"
	"io"
	"maps"

	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
	keepalive "barewire/steps/10_keepalive"
)

// ReadHead is the stage around read.Head.
func ReadHead(head func(*bufio.Reader, read.Limits, []byte) ([]byte, error)) func(*Exchange) error {
	return func(x *Exchange) (err error) {
		if x.conn.repeats() {
			x.Head, x.sameLine, x.sameFields = x.conn.before, true, true
			return nil
		}
		x.conn.setEarly(true)
		defer x.conn.setEarly(false)
		x.conn.readWithin(x.conn.server.Deadlines.Head)
		x.Head, err = head(x.conn.reader, x.conn.server.Limits.Head, x.conn.head[:0])
		x.conn.head = x.Head
		if err != nil {
			// For the method: an answer to HEAD has no body, whatever was wrong.
			x.Line, _ = requestline.Parse(firstLine(x.Head))
		}
		return err
	}
}

func firstLine(head []byte) []byte {
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	return line
}

// ParseLine is the stage around requestline.Parse.
func ParseLine(parse func(line []byte) (requestline.Line, error)) func(*Exchange) error {
	return func(x *Exchange) (err error) {
		if x.sameLine {
			x.Line = x.conn.line
			return nil
		}
		x.Line, err = parse(firstLine(x.Head))
		return err
	}
}

// ParseHeaders is the stage around headers.Parse.
func ParseHeaders(parse func(lines []byte, fields []headers.Field) ([]headers.Field, error)) func(*Exchange) error {
	return func(x *Exchange) (err error) {
		_, lines, _ := bytes.Cut(x.Head, []byte("\r\n"))
		if x.sameFields = x.sameFields || x.conn.repeatsFields(lines, x.Line); x.sameFields {
			x.Fields = x.conn.fields
			return nil
		}
		x.conn.known = false
		x.Fields, err = parse(lines, x.conn.fields[:0])
		x.conn.fields = x.Fields
		if err != nil {
			return err
		}
		return headers.CheckHost(x.Fields, x.Line.Version)
	}
}

// OpenBody is the stage around body.Frame and body.NewReader.
func OpenBody(
	frame func(version string, fields []headers.Field, limits body.Limits) (body.Framing, error),
	reader func(*bufio.Reader, io.Writer, body.Framing, body.Limits) *body.Reader,
) func(*Exchange) error {
	return func(x *Exchange) (err error) {
		limits := x.conn.server.Limits.Body
		if !x.sameFields {
			x.conn.framing, err = frame(x.Line.Version, x.Fields, limits)
		}
		x.Framing = x.conn.framing
		if err != nil {
			return err
		}
		x.conn.readSteadily()
		x.Input = reader(x.conn.reader, x.conn, x.Framing, limits)
		x.input = &input{reader: x.Input}
		return nil
	}
}

// FillEnviron is the stage around environ.Fill. Each request has a map of its own,
// which the application may change and keep. Of what is known a copy is made.
func FillEnviron(fill func(wsgi.Environ, environ.Request)) func(*Exchange) error {
	return func(x *Exchange) error {
		request := environ.Request{
			Line:    x.Line,
			Fields:  x.Fields,
			Framing: x.Framing,
			Input:   x.watch.input(x.input),
			Errors:  x.watch.errors(x.conn.server.Errors),
			Server:  x.conn.here,
			Client:  x.conn.there,
		}
		if !x.sameFields {
			x.Environ, x.conn.environ = make(wsgi.Environ, 24+len(x.Fields)), nil
			fill(x.Environ, request)
		} else {
			x.Environ = maps.Clone(x.conn.knownEnviron(x, fill))
			environ.FillStreams(x.Environ, request.Input, request.Errors)
		}
		x.Environ["barewire.note"] = x.watch.note()
		x.conn.remember(x)
		return nil
	}
}

// CallApplication is the stage around call.Application.
func CallApplication(call func(wsgi.Application, wsgi.Environ, func(*call.Answer, []byte) error) *call.Answer) func(*Exchange) error {
	return func(x *Exchange) error {
		x.Writer = &response.Writer{
			Conn:    x.conn,
			Buf:     x.conn.buf[:0],
			Method:  x.Line.Method,
			Version: x.Line.Version,
			Date:    x.conn.server.date,
			Begin:   x.conn.beginAnswer,
		}
		x.send = x.watch.send(x.Writer.Send, &x.Writer.Whole)
		x.Answer = call(x.watch.app(x.app), x.Environ, x.send)
		return nil
	}
}

// begin is asked before the head is made: whether the connection stays open,
// and whether the application may have its say at all. A body that broke a rule
// is the answer, whatever the application made of it.
func (x *Exchange) begin() (keep bool, err error) {
	if x.refused {
		return false, nil
	}
	x.input.mutex.Lock()
	defer x.input.mutex.Unlock()
	if err := x.Input.Err(); err != nil {
		return false, err
	}
	c := x.conn
	keep = keepalive.Persist(x.Line.Version, x.Fields, x.Input) &&
		c.requests < c.server.Limits.Requests && !c.server.stopping()
	c.followed = keep && x.Input.Left() == 0 && c.reader.Buffered() > 0
	x.Input.Answered()
	return keep, nil
}

// SendResponse is the stage around Body of response.Writer.
func SendResponse(send func(*response.Writer, *call.Answer, func(*call.Answer, []byte) error) error) func(*Exchange) error {
	return func(x *Exchange) error {
		err := send(x.Writer, x.Answer, x.send)
		x.conn.buf = x.Writer.Buf
		return err
	}
}

// DecideNext is the stage around keepalive.Next.
func DecideNext(next func(*body.Reader) bool) func(*Exchange) error {
	return func(x *Exchange) error {
		if x.Writer.Keep {
			if x.Input.Left() != 0 {
				// All that is left has one deadline: nobody waits for it but us.
				x.conn.readWithin(x.conn.server.Deadlines.Body)
			}
			x.Keep = next(x.Input)
		}
		return nil
	}
}

// Reader is what the steps read the connection with. What is in it and unread is
// the leftover.
func (x *Exchange) Reader() *bufio.Reader { return x.conn.reader }
