package validator

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// startResponse is the start_response that the application gets. It has no
// result for a Violation. What it returns has one, and the body comes later.
func (r *request) startResponse(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
	r.report(r.checkStart(status, headers, errors.Join(cause...)))
	if broken := r.broken.Load(); broken != nil {
		return func([]byte) error { return broken }
	}
	if r.code != "" && r.sent > 0 {
		r.aborted = true // the cause ends the answer, with what was said before
	} else {
		r.begin(status, headers)
	}
	write := r.start(status, headers, cause...)
	if write == nil {
		r.report(writeGiven.broken("nil"))
	}
	return r.checkedWrite(write)
}

// begin notes what the answer is going to be.
func (r *request) begin(status string, headers wsgi.Headers) {
	r.code, r.typed, r.length = status[:3], false, -1
	for _, header := range headers {
		switch {
		case strings.EqualFold(header[0], "Content-Type"):
			r.typed = true
		case strings.EqualFold(header[0], "Content-Length"):
			r.length, _ = parseLength(header[1])
		}
	}
}

func (r *request) checkStart(status string, headers wsgi.Headers, cause error) *Violation {
	switch {
	case r.ended:
		return startInTime.broken("%s", status)
	case r.code != "" && cause == nil:
		return startAgain.broken("%s", status)
	}
	if violation := checkStatus(status); violation != nil {
		return violation
	}
	return checkHeaders(status[:3], headers)
}

// checkStatus is stricter than step 08, as PEP 3333 is: no tab, no white space
// at the ends. An empty reason is one, for HTTP allows it.
func checkStatus(status string) *Violation {
	switch {
	case hasControl(status):
		return statusPlain.broken("%s", status)
	case len(status) < 4 || !isDigits(status[:3]) || status[3] != ' ' || strings.Trim(status[4:], " ") != status[4:]:
		return statusForm.broken("%s", status)
	case status[0] < '2' || status[0] > '5':
		return statusFinal.broken("%s", status)
	}
	return nil
}

func checkHeaders(code string, headers wsgi.Headers) *Violation {
	lengths := 0
	for _, header := range headers {
		name, value := header[0], header[1]
		is := func(other string) bool { return strings.EqualFold(name, other) }
		got := name + ": " + value
		switch {
		case !isToken(name):
			return headerName.broken("%s", got)
		case hasControl(value):
			return headerValue.broken("%s", got)
		case strings.Trim(value, " ") != value:
			return headerTrimmed.broken("%s", got)
		case is("Status"):
			return headerStatus.broken("%s", got)
		case slices.ContainsFunc(ofTheConnection, is):
			return hopByHop.broken("%s", got)
		case is("Content-Type") && isEmpty(code):
			return noTypeOfNone.broken("%s", got)
		case is("Content-Length"):
			lengths++
			if _, ok := parseLength(value); !ok || lengths > 1 {
				return lengthForm.broken("%s", got)
			}
		}
	}
	return nil
}

// ofTheConnection lists the hop-by-hop headers. RFC 9110 §7.6.1, and the list of
// RFC 2616 §13.5.1 that PEP 3333 names
var ofTheConnection = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
	"TE", "Trailer", "Trailers", "Transfer-Encoding", "Upgrade",
}

// hasControl tells whether text holds a control byte.
func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f })
}

// isEmpty tells whether a status means that there is no content. So does 205, but
// its head may say what an answer without content says, Content-Length: 0 too.
// RFC 9110 §15.3.5, §15.4.5, §15.3.6
func isEmpty(code string) bool { return code == "204" || code == "304" }

func parseLength(value string) (length int64, ok bool) {
	parsed, err := strconv.ParseUint(value, 10, 63)
	return int64(parsed), err == nil
}

// checkedWrite is the write that the application gets.
func (r *request) checkedWrite(write wsgi.Write) wsgi.Write {
	return func(chunk []byte) error {
		if r.returned {
			return r.fail(writeInTime.broken("%d bytes", len(chunk)))
		}
		if broken := r.broken.Load(); broken != nil {
			return broken
		}
		if violation := r.checkChunk(chunk); violation != nil {
			return r.fail(violation)
		}
		kept := bytes.Clone(chunk)
		err := write(chunk)
		if !bytes.Equal(chunk, kept) {
			return r.fail(chunkKept.broken("a change in a chunk of %d bytes", len(chunk)))
		}
		return err
	}
}

// checkChunk checks a chunk, written or yielded, before it goes to the server.
// An empty one says nothing, and so may come at any time.
func (r *request) checkChunk(chunk []byte) *Violation {
	r.sent += int64(len(chunk))
	switch {
	case len(chunk) == 0 || r.aborted:
		return nil
	case r.code == "":
		return startFirst.broken("a chunk of %d bytes", len(chunk))
	case isEmpty(r.code) || r.code == "205":
		return noContent.broken("%d bytes with %s", r.sent, r.code)
	case !r.typed:
		return typeOfSome.broken("%d bytes of no type", r.sent)
	case r.length >= 0 && r.sent > r.length && !r.file:
		return lengthAtMost.broken("%d bytes of %d", r.sent, r.length)
	}
	return nil
}

// cutFile does for a wsgi.File what its server would do: send Content-Length bytes
// of it, and no more. It tells whether these are the last.
// PEP 3333, "Optional Platform-Specific File Handling"
func (r *request) cutFile(chunk []byte) (cut []byte, whole bool) {
	if !r.file || r.length < 0 || r.sent < r.length {
		return chunk, false
	}
	return chunk[:int64(len(chunk))-(r.sent-r.length)], true
}

// checkEnd checks what is known when the body has come to its end by itself.
// The length is that of an answer to GET when the request is HEAD, and that of
// an answer 200 when it is 304. RFC 9110 §8.6
func (r *request) checkEnd() *Violation {
	switch {
	case r.code == "":
		return startFirst.broken("the end of the body")
	case r.sent < r.length && !r.aborted && r.method != "HEAD" && !isEmpty(r.code):
		return lengthWhole.broken("%d bytes of %d", r.sent, r.length)
	}
	return nil
}
