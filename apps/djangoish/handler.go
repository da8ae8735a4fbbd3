package djangoish

import (
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"
	"slices"
	"sync"

	wsgi "barewire/steps/06_wsgi"
)

// A View answers a request, or returns the error that keeps it from doing so.
type View func(request *Request) (*Response, error)

// A GetResponse answers a request in any case: what has failed inside of it is a
// response already.
type GetResponse func(request *Request) *Response

// A Middleware is called once, when the chain is loaded, with what it stands
// around. What it returns is a View again, which may fail like any other.
type Middleware func(getResponse GetResponse) View

// A Handler is Django's WSGIHandler. Its signals tell that a request has come,
// and that its response is closed.
type Handler struct {
	RequestStarted, RequestFinished Signal

	urls        []URL
	getResponse GetResponse
}

// NewHandler loads the middleware chain around the urls. The first middleware is
// the outermost: it sees the request first, and the response last.
func NewHandler(urls []URL, middleware ...Middleware) *Handler {
	getResponse := convertExceptionToResponse(resolve)
	for _, layer := range slices.Backward(middleware) {
		getResponse = convertExceptionToResponse(layer(getResponse))
	}
	return &Handler{urls: urls, getResponse: getResponse}
}

// Call is the application: Django's __call__.
func (h *Handler) Call(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	h.RequestStarted.Send(environ)
	request := newRequest(environ, h.urls)
	response := h.getResponse(request)

	headers := slices.Clone(response.Headers)
	for _, cookie := range response.cookies {
		// One line for each: unlike other headers, cookies cannot be joined with
		// commas. RFC 6265 §3
		headers = append(headers, [2]string{"Set-Cookie", cookie.String()})
	}
	start(fmt.Sprintf("%d %s", response.StatusCode, reasonPhrase(response.StatusCode)), headers)

	sent := finishing{response, func() { h.RequestFinished.Send(environ) }}
	wrapper, found := environ["wsgi.file_wrapper"].(wsgi.FileWrapper)
	if response.File != nil && found {
		// The server will close the file and never see the response. So the
		// file's close is the response's, as in Django.
		return wrapper(struct {
			io.Reader
			io.Closer
		}{response.File, sent}, 0)
	}
	return sent
}

// A finishing response is the Body of an answer. The request is finished when
// the server closes it, which happens once and in any case.
type finishing struct {
	*Response
	finished func()
}

// Close closes the response, then says so.
func (f finishing) Close() error {
	defer f.finished()
	return f.Response.Close()
}

// A Refusal is the error of a view that refuses by a status: Django's Http404,
// PermissionDenied (403) and BadRequest (400).
type Refusal int

// Error returns the word for the status.
func (r Refusal) Error() string { return reasonPhrase(int(r)) }

// convertExceptionToResponse puts an end to every failure of a view: to its
// error, and to a panic, which would leave no response to close.
func convertExceptionToResponse(view View) GetResponse {
	return func(request *Request) (response *Response) {
		defer func() {
			if value := recover(); value != nil {
				response = serverError(request, fmt.Errorf("panic: %v", value), debug.Stack())
			}
		}()
		response, err := view(request)
		var refusal Refusal
		switch {
		case errors.As(err, &refusal):
			return errorPage(int(refusal))
		case err != nil:
			return serverError(request, err, nil)
		case response == nil:
			return serverError(request, errors.New("a view returned neither a response nor an error"), nil)
		}
		return response
	}
}

// serverError tells the operator what happened, and the client that it did.
func serverError(request *Request, cause error, calls []byte) *Response {
	log.New(request.META.Errors(), "djangoish: ", 0).Printf("%q\n%s", cause, calls)
	return errorPage(500)
}

func errorPage(status int) *Response {
	return HTML(status, "<h1>"+reasonPhrase(status)+"</h1>\n")
}

// A Signal tells its receivers of a request. Django's signals are the whole
// process's, and name their sender; these belong to it.
type Signal struct {
	mutex     sync.Mutex
	receivers []func(environ wsgi.Environ)
}

// Connect adds a receiver. It is called from many goroutines at a time.
func (s *Signal) Connect(receiver func(environ wsgi.Environ)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.receivers = append(s.receivers, receiver)
}

// Send calls the receivers that are connected by now, in their order.
func (s *Signal) Send(environ wsgi.Environ) {
	s.mutex.Lock()
	receivers := s.receivers
	s.mutex.Unlock() // a receiver may take its time, or connect another
	for _, receiver := range receivers {
		receiver(environ)
	}
}
