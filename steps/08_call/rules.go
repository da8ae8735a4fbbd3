package call

import (
	"slices"
	"strconv"
	"strings"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

// checkStatus wants three digits, a space and a reason. An application gives
// final answers, so the digits begin at 200: 100 Continue is the server's word.
//
//	status-code = 3DIGIT   RFC 9110 §15, between 100 and 599
func checkStatus(status string) error {
	isDigit := func(i int) bool { return '0' <= status[i] && status[i] <= '9' }
	if len(status) < 4 || !isDigit(0) || !isDigit(1) || !isDigit(2) || status[3] != ' ' {
		return broken("a status is three digits, a space and a reason", status)
	}
	if status[0] < '2' || status[0] > '5' {
		return broken("the status of an answer is between 200 and 599", status)
	}
	if headers.HasControl(status) {
		return broken("a status holds no control bytes", status)
	}
	return nil
}

// checkHeaders refuses what would break the message, or meddle with the
// connection, which belongs to the server. It returns the length that the
// headers declare, or -1. PEP 3333, "Other HTTP Features"
func checkHeaders(fields wsgi.Headers) (length int64, err error) {
	length = -1
	for _, field := range fields {
		name, value := field[0], field[1]
		switch {
		case !requestline.IsToken(name):
			return -1, broken("a header name is a token: letters, digits and !#$%&'*+-.^_`|~", name)
		case headers.HasControl(value):
			return -1, broken("a header value holds no control bytes; CR LF in it would begin another header", name+": "+value)
		case slices.ContainsFunc(hopByHop, func(hop string) bool { return strings.EqualFold(name, hop) }):
			return -1, broken("hop-by-hop headers belong to the server", name+": "+value)
		case strings.EqualFold(name, "Content-Length"):
			declared, err := strconv.ParseUint(value, 10, 63)
			if err != nil || length >= 0 {
				return -1, broken("an answer has at most one Content-Length, in decimal digits", name+": "+value)
			}
			length = int64(declared)
		}
	}
	return length, nil
}

// hopByHop lists the headers that are about one connection and not about the
// answer. RFC 9110 §7.6.1, and the list of RFC 2616 §13.5.1 that PEP 3333 names
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
	"TE", "Trailer", "Trailers", "Transfer-Encoding", "Upgrade",
}

// broken is the refusal of an application's call. The client is not to blame,
// so it is a 500.
func broken(rule, got string) error {
	return refuse.Because(refuse.ServerError, rule, "PEP 3333, The start_response() Callable", []byte(got))
}
