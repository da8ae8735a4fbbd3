package python

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	wsgi "barewire/steps/06_wsgi"
)

// blockSize is how much of a body travels to Python at once, at most.
const blockSize = 64 << 10

// usualEnviron is room enough for most.
const usualEnviron = 1 << 10

// A request is in the hands of a worker. It does what Python asks for, until it
// comes to a chunk, which is the server's to send.
type request struct {
	pool    *Pool
	worker  *worker // nil when it has given back, or is lost
	environ wsgi.Environ
	start   wsgi.StartResponse
	watcher watcher    // nil when nobody watches
	write   wsgi.Write // what start returned

	seen   bool     // Python has said something, so it has the request
	chunks [][]byte // that the server is to send next
	whole  bool     // they are all there are
	file   *os.File // that it is to send instead
	waits  bool     // Python has yielded one of these, and waits to go on
	failed error    // why there are no more
	text   string   // what the client is told instead, if it is told anything
	block  []byte   // of the body, for Python
}

// A watcher is told what workers do. Where somebody watches the server, wsgi.errors
// is one.
type watcher interface {
	Worked(process int, did string, size int, took time.Duration, stack string)
}

// Application is the application: it lets a worker answer.
func (p *Pool) Application(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	r := &request{pool: p, environ: environ, start: start}
	r.watcher, _ = environ.Errors().(watcher)
	if err := r.begin(); err != nil {
		r.busy(err)
		return wsgi.Text(r.text)
	}
	r.proceed()
	switch {
	case r.failed != nil:
		return wsgi.Text(r.text)
	case r.whole:
		return answer{r}
	case r.file != nil:
		return wsgi.File{Reader: r.file, Closer: r}
	}
	return r
}

// begin hands the environ to a worker. One that has ended meanwhile has not seen it,
// so that another may have it.
func (r *request) begin() error {
	frame := appendEnviron(make([]byte, lengthSize, usualEnviron), r.environ, r.watcher != nil)
	for {
		w, err := r.pool.hand(frame)
		if err == nil {
			r.worker = w
			if r.watcher != nil {
				r.watcher.Worked(w.pid(), "environ", len(frame), 0, "")
			}
			return nil
		}
		if w == nil {
			return err
		}
		w.kill()
	}
}

// proceed does what Python asks for, until there are chunks or there is an end.
func (r *request) proceed() {
	r.chunks = nil
	for r.worker != nil && r.chunks == nil && r.file == nil && r.failed == nil {
		kind, message, err := r.receive()
		if !r.seen && errors.Is(err, syscall.ECONNRESET) {
			r.again()
			continue
		}
		r.seen = true
		if err == nil {
			err = r.do(kind, &message)
		}
		if err == nil {
			err = message.err
		}
		if err != nil {
			r.lose(err)
		}
	}
}

// receive waits for what Python says next. Whoever watches is told before it is done.
func (r *request) receive() (kind string, m message, err error) {
	if r.watcher == nil {
		return r.worker.receive()
	}
	if kind, m, err = r.worker.receive(); err != nil {
		return kind, m, err
	}
	took := time.Since(r.worker.turn)
	r.worker.turn = time.Now()
	did, stack := kind, ""
	if kind == "start" {
		start := m // a copy: what is read of it is there once more
		did, stack = "start_response", string(start.maybe())
	}
	r.watcher.Worked(r.worker.pid(), did, m.size, took, stack)
	return kind, m, nil
}

// again hands the environ to another worker. A socket that is reset, and not just
// ended, was closed with bytes in it that nobody had read. So says Linux; elsewhere
// such a request is lost like others.
func (r *request) again() {
	r.worker.kill()
	r.worker = nil
	if err := r.begin(); err != nil {
		r.busy(err)
	}
}

// busy answers where no worker does.
func (r *request) busy(err error) {
	r.tell(err.Error() + "\n")
	r.fail("503 Service Unavailable", "There is no worker free to answer.\n", err)
}

// do does one thing. Its error tells that the worker is of no more use.
func (r *request) do(kind string, m *message) error {
	switch kind {
	case "read":
		return r.reply(r.read(m.integer()))
	case "readline":
		return r.reply(r.readLine(m.integer()))
	case "errors":
		r.tell(string(m.bytes()))
	case "note":
		text := string(m.bytes())
		if note, ok := r.environ["barewire.note"].(func(string)); ok {
			note(text)
		}
	case "start":
		m.maybe() // the stack, which is for whoever watches
		r.begun(m)
	case "write":
		chunk := m.bytes()
		if m.err != nil || r.write == nil {
			return errGarbled
		}
		return r.goOn(r.write(chunk) == nil)
	case "chunk":
		r.chunks, r.waits = [][]byte{m.bytes()}, true
	case "file":
		return r.takeFile()
	case "returned":
		r.chunks, r.waits = [][]byte{}, true
	case "answer":
		r.begun(m)
		r.chunks = make([][]byte, m.count())
		for i := range r.chunks {
			r.chunks[i] = slices.Clone(m.bytes())
		}
		r.whole = true
		if ended := m.truth(); ended && m.err == nil {
			r.giveBack()
		}
	case "failed":
		r.raised(string(m.bytes()))
	case "end":
		r.giveBack()
	default:
		return errGarbled
	}
	return nil
}

// giveBack lets another request have the worker.
func (r *request) giveBack() {
	r.worker.useful.Store(true)
	r.pool.release(r.worker)
	r.worker = nil
}

// begun calls start, if Python's application did.
func (r *request) begun(m *message) {
	status := m.maybe()
	headers := make(wsgi.Headers, m.count())
	for i := range headers {
		m.count()
		headers[i] = [2]string{string(m.bytes()), string(m.bytes())}
	}
	cause := m.maybe()
	switch {
	case m.err != nil || status == nil:
	case cause != nil:
		r.write = r.start(string(status), headers, errors.New(string(cause)))
	default:
		r.write = r.start(string(status), headers)
	}
}

// read reads from the client, once: less than was asked for is enough.
func (r *request) read(size int) ([]byte, error) {
	if r.block == nil {
		r.block = make([]byte, blockSize)
	}
	n, err := r.environ.Input().Read(r.block[:max(0, min(size, blockSize))])
	if n > 0 {
		err = nil // it comes again
	}
	return r.block[:n], err
}

func (r *request) readLine(size int) ([]byte, error) {
	line, err := r.environ.Input().ReadLine(max(0, min(size, blockSize)))
	if len(line) > 0 {
		err = nil
	}
	return line, err
}

// reply sends what was read, or why it could not be.
func (r *request) reply(data []byte, err error) error {
	frame := r.worker.begin()
	if err != nil && err != io.EOF {
		frame = appendText(frame, err.Error())
	} else {
		frame = appendBytes(frame, data)
	}
	return r.worker.send(frame)
}

// takeFile takes the descriptor of a file. It is asked for, so that it comes when
// nobody is reading ahead: who reads bytes loses what travels beside them.
func (r *request) takeFile() (err error) {
	if err := r.goOn(true); err != nil {
		return err
	}
	r.file, err = receiveFile(r.worker.socket)
	r.waits = true
	return err
}

// goOn says whether the client takes more.
func (r *request) goOn(yes bool) error {
	r.waits = false
	return r.worker.send(appendBool(r.worker.begin(), yes))
}

var errRaised = errors.New("the Python application raised an exception; its traceback is in wsgi.errors")

// raised ends an answer with a traceback, which is for the operator, and for the
// client only where both are one.
func (r *request) raised(traceback string) {
	r.giveBack()
	r.tell(traceback)
	if !r.pool.settings.Debug {
		traceback = "The application failed. The traceback is where the server runs.\n"
	}
	r.fail("500 Internal Server Error", traceback, errRaised)
}

// lose ends an answer whose worker is of no more use. The pool replaces it.
func (r *request) lose(err error) {
	err = r.worker.why(err)
	r.worker.kill()
	r.worker = nil
	r.tell(err.Error() + "\n")
	if errors.Is(err, errSilent) {
		r.fail("504 Gateway Timeout", "The application did not answer in time.\n", err)
		return
	}
	r.fail("502 Bad Gateway", "The process of the application ended before it had answered.\n", err)
}

// tell writes to wsgi.errors.
func (r *request) tell(text string) {
	if _, err := io.WriteString(r.environ.Errors(), text); err != nil {
		fmt.Fprintf(r.pool.settings.Errors, "barewire: wsgi.errors: %v\n", err)
	}
}

// fail answers with a status and a text. Where the head is out, the cause ends the
// answer, visibly for the client.
func (r *request) fail(status, text string, cause error) {
	r.failed, r.text, r.chunks = cause, text, nil
	r.start(status, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}, {"Content-Length", strconv.Itoa(len(text))}}, cause)
}

// Chunks yields what Python yields, when it does. Python goes on when the chunk is
// sent.
func (r *request) Chunks(yield func([]byte, error) bool) {
	for r.failed == nil && (r.worker != nil || r.chunks != nil) {
		for _, chunk := range r.chunks {
			if !yield(chunk, nil) {
				return // Close tells Python
			}
		}
		r.chunks = nil
		if r.worker == nil || r.whole {
			return // what Python does afterwards, Close waits for
		}
		if err := r.goOn(true); err != nil {
			r.lose(err)
			break
		}
		r.proceed()
	}
	if r.failed != nil {
		yield([]byte(r.text), nil)
	}
}

// Close lets Python close its iterable. Where it waits to go on, the client is gone,
// or wants no more.
func (r *request) Close() error {
	var err error
	if r.file != nil {
		err = r.file.Close()
		r.file = nil
	}
	for r.worker != nil {
		if r.watcher != nil {
			r.worker.turn = time.Now() // so long the server had the chunks
		}
		if r.waits {
			if r.whole {
				r.tell("the application yields more bytes than its Content-Length says\n")
			}
			if err := r.goOn(false); err != nil {
				r.lose(err)
				break
			}
		}
		r.proceed()
	}
	return err
}

// An answer is a request that is known as a whole when it returns. It has Len, so
// that the server can find out the length of a body by itself.
type answer struct{ *request }

// Len returns the number of chunks.
func (a answer) Len() int { return len(a.chunks) }
