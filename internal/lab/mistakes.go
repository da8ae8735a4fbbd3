package lab

import (
	"time"

	"barewire/server"
	listen "barewire/steps/01_listen"
	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	environ "barewire/steps/07_environ"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
	keepalive "barewire/steps/10_keepalive"
)

// never is a deadline that does not come.
const never = 100 * 365 * 24 * time.Hour

// Mistakes returns them all, in the order of the steps.
func Mistakes() []Mistake {
	return []Mistake{
		{
			"blocking", 1,
			"It serves one connection at a time, and the others wait in the queue.",
			"Nothing for as long as another client is connected, though that one may say nothing either.",
			func(s *server.Server) { s.Limits.Connections = 1 },
		},
		{
			"no-goodbye", 1,
			"It closes a connection at once, also while the client is still sending.",
			"All is well here, where it is quick enough to read the answer first; over a network, for a large upload that is refused, \"Connection reset by peer\" and no answer.",
			func(s *server.Server) { s.Goodbye = listen.NoGoodbye },
		},
		{
			"recv1024", 2,
			"It reads once, 1,024 bytes at most, and takes that for the head.",
			"All is well, until a cookie is long: then the fields behind byte 1,024 are lost, and behind the answer comes a 400, which -v reports as \"Excess found\".",
			swap(2, server.ReadHead(read.Recv1024)),
		},
		{
			"lf-only", 2,
			"It ends lines at LF, with or without CR before it.",
			"All is well: curl sends CRLF, and it takes raw bytes to see it.",
			swap(2, server.ReadHead(read.LFOnly)),
		},
		{
			"no-deadline", 2,
			"It waits for ever for a head, so a client that sends a byte an hour keeps its place.",
			"All is well: curl sends its head at once, and it takes a client that drips to see it.",
			func(s *server.Server) {
				s.Deadlines = server.Deadlines{Idle: never, Head: never, Body: never, Write: never}
			},
		},
		{
			"split-line", 3,
			"It splits the request line at any white space.",
			"All is well, unless it is told to: -X 'GET  ' makes a line with three spaces, for which a right server has a 400, and this one a 200.",
			swap(3, server.ParseLine(requestline.SplitLine)),
		},
		{
			"first-field-wins", 4,
			"Of two fields with one name it keeps the first and drops the other.",
			"With -H 'X-A: 1' -H 'X-A: 2' the application is told 1, and with a second Host there is a 200 in the place of a 400.",
			swap(4, server.ParseHeaders(headers.FirstFieldWins)),
		},
		{
			"body-in-head", 5,
			"It loses the bytes of the body that arrived together with the head.",
			"With -d it hangs: the server waits for a body that it has already read.",
			swap(5, server.OpenBody(body.Frame, body.BodyInHead)),
		},
		{
			"no-chunked", 5,
			"It knows Content-Length only, and takes a chunked body for the next request.",
			"With -H 'Transfer-Encoding: chunked' -d the application gets an empty body; behind its answer comes a 400, which curl does not show.",
			swap(5, server.OpenBody(body.NoChunked, body.NewReader)),
		},
		{
			"environ-raw-path", 7,
			"It leaves PATH_INFO percent-encoded.",
			"A path with %20 in it is not found, or is shown with its %20.",
			swap(7, server.FillEnviron(environ.RawPath)),
		},
		{
			"shared-state", 7,
			"It has one environ for all requests.",
			"Alone it sees nothing; of two at a time, the one that waits gets the answer of the other.",
			func(s *server.Server) { s.App = environ.SharedState(s.App) },
		},
		{
			"leftover-environ", 7,
			"It fills one environ for all requests of a connection, and never empties it.",
			"With -b a=1, and --next and the URL once more, the second request is told the cookie of the first.",
			swap(7, server.FillEnviron(environ.LeftoverEnviron())),
		},
		{
			"header-injection", 8,
			"It sends whatever the application calls a header, line ends too.",
			"With -i, a header more than the application meant to send.",
			swap(8, server.CallApplication(call.HeaderInjection)),
		},
		{
			"leftover-cookies", 8,
			"It sends the cookies of an answer with those that follow it on the connection, too.",
			"With -v and two URLs, a Set-Cookie in the second answer that belongs to the first.",
			swap(8, server.CallApplication(call.LeftoverCookies())),
		},
		{
			"excess", 9,
			"It sends twelve bytes behind each body that no length counts.",
			"All is well, but with -v, as a rule: \"Excess found\".",
			swap(9, server.SendResponse(response.Excess)),
		},
		{
			"runes-as-bytes", 9,
			"It counts characters for Content-Length, and sends their bytes.",
			"The end of the page is missing, one byte for each é.",
			swap(9, server.SendResponse(response.RunesAsBytes)),
		},
		{
			"missing-last-chunk", 9,
			"It sends the chunks of a body and never the one that says it is over.",
			"The whole body, and then it waits until somebody gives up.",
			swap(9, server.SendResponse(response.MissingLastChunk)),
		},
		{
			"buffers", 9,
			"It collects the whole body before it sends the first chunk.",
			"With -N, nothing for as long as the application takes, and then all of it.",
			swap(9, server.SendResponse(response.Buffers)),
		},
		{
			"no-close", 9,
			"It never calls the Close of a body.",
			"All is well, today: one day the server has no more files to open.",
			swap(9, server.SendResponse(response.NoClose)),
		},
		{
			"fixed-date", 9,
			"It makes the Date once, when it starts.",
			"With -i, the same Date again a minute later.",
			func(s *server.Server) { s.Now = response.FixedDate(s.Now) },
		},
		{
			"drops-pipelined", 10,
			"It throws away what the client sent behind the request.",
			"All is well: curl waits for each answer before it says more, and it takes raw bytes to see it.",
			swap(10, func(x *server.Exchange) error {
				next := func(input *body.Reader) bool { return keepalive.DropsPipelined(input, x.Reader()) }
				return server.DecideNext(next)(x)
			}),
		},
		{
			"no-drain", 10,
			"It takes the unread rest of a body for the next request.",
			"With -d, to an application that does not read it, and the URL twice: a right answer, and then a 400.",
			swap(10, server.DecideNext(keepalive.NoDrain)),
		},
	}
}
