package filter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"barewire/server"
	"barewire/tui/history"
)

// terms are those with a name. Their test is nil for a value that makes no sense.
var terms = []struct {
	name  string
	wants string
	test  func(value string) test
}{
	{"method", "a method such as POST", byMethod},
	{"path", "the beginning of a path, such as /hello", byPath},
	{"status", "a status such as 404, 4xx or >=400", byStatus},
	{"header", "a name, and perhaps = and letters of its value, as in header:accept=json", byHeader},
	{"body", "letters", byBody},
	{"note", "letters", byNote},
	{"worker", "the number of a process such as 4242", byWorker},
	{"slower", "a time such as 10ms or 1.5s", bySlower},
	{"conn", "a number such as 3", byConn},
	{"no", "a number such as 5", byNumber},
}

// IsMethod tells whether a bare word is a method: one that is registered, in the
// capitals it has. RFC 9110 §9.3, RFC 5789
func IsMethod(text string) bool {
	return slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}, text)
}

func byMethod(value string) test {
	if value == "" {
		return nil
	}
	return func(x *history.Exchange) bool {
		return x.Line != nil && len(x.Line.Method) == len(value) && begins(x.Line.Method, value)
	}
}

// byPath looks at the target too, for its query is not part of the path. The
// target * is its own path. Behind a path, * is what it is to a breakpoint, all
// that begins so, which a path means here by itself.
func byPath(value string) test {
	if value != "*" {
		if !strings.HasPrefix(value, "/") {
			return nil
		}
		value = strings.TrimSuffix(value, "*")
	}
	return func(x *history.Exchange) bool {
		return x.Line != nil && (begins(x.Line.Path, value) || begins(x.Line.Target, value))
	}
}

func begins(text, with string) bool {
	return len(text) >= len(with) && Index(text[:len(with)], with) == 0
}

// byStatus compares, or looks at the digits that are not x. An exchange without an
// answer has no status, so that it passes neither. There are statuses from 100 to
// 599. RFC 9110 §15
func byStatus(value string) test {
	digits := strings.TrimLeft(value, "<>=")
	compare := value[:len(value)-len(digits)]
	if len(digits) != 3 || strings.Trim(digits, "0123456789xX") != "" || strings.ContainsAny(digits[:1], "06789") {
		return nil
	}
	if compare == "" {
		digits = strings.ToLower(digits)
		return func(x *history.Exchange) bool { return hasDigits(x.Status, digits) }
	}
	limit, err := strconv.Atoi(digits)
	if err != nil {
		return nil
	}
	switch compare {
	case "<":
		return func(x *history.Exchange) bool { code := codeOf(x.Status); return 0 < code && code < limit }
	case "<=":
		return func(x *history.Exchange) bool { code := codeOf(x.Status); return 0 < code && code <= limit }
	case ">":
		return func(x *history.Exchange) bool { return codeOf(x.Status) > limit }
	case ">=":
		return func(x *history.Exchange) bool { code := codeOf(x.Status); return 0 < code && code >= limit }
	}
	return nil
}

// hasDigits tells whether a status has these digits, where x is any.
func hasDigits(status, digits string) bool {
	if codeOf(status) == 0 {
		return false
	}
	for i := range len(digits) {
		if digits[i] != 'x' && digits[i] != status[i] {
			return false
		}
	}
	return true
}

// codeOf returns the number that a status begins with, 0 if there is none.
func codeOf(status string) int {
	if len(status) < 3 {
		return 0
	}
	code, err := strconv.Atoi(status[:3])
	if err != nil {
		return 0
	}
	return code
}

// byHeader looks at the fields that step 04 has found, and at those of the answer
// as it was sent: some are the server's.
func byHeader(value string) test {
	name, letters, _ := strings.Cut(value, "=")
	if name == "" || strings.Contains(name, ":") { // who writes accept:*/* means accept=*/*
		return nil
	}
	return func(x *history.Exchange) bool {
		for _, field := range x.Fields {
			if isField(field[0], field[1], name, letters) {
				return true
			}
		}
		head, _ := answer(x)
		return inHead(head, name, letters)
	}
}

// byBody looks at what both bodies carry, in chunks or not.
func byBody(value string) test {
	if value == "" {
		return nil
	}
	return func(x *history.Exchange) bool {
		return Index(requestBody(x), value) >= 0 || Index(answerBody(x), value) >= 0
	}
}

func byNote(value string) test {
	if value == "" {
		return nil
	}
	return func(x *history.Exchange) bool {
		for _, event := range x.Events {
			if noted, is := event.(server.Noted); is && Index(noted.Text, value) >= 0 {
				return true
			}
		}
		return Index(x.Note, value) >= 0
	}
}

func byWorker(value string) test {
	wanted, err := strconv.Atoi(value)
	if err != nil || wanted < 1 {
		return nil
	}
	return func(x *history.Exchange) bool { return x.Worker == wanted }
}

func bySlower(value string) test {
	limit, err := time.ParseDuration(value)
	if err != nil || limit < 0 {
		return nil
	}
	return func(x *history.Exchange) bool { return x.Took > limit }
}

func byConn(value string) test {
	wanted, err := strconv.Atoi(value)
	if err != nil || wanted < 1 {
		return nil
	}
	return func(x *history.Exchange) bool { return x.Conn == wanted }
}

func byNumber(value string) test {
	wanted, err := strconv.Atoi(value)
	if err != nil || wanted < 1 {
		return nil
	}
	return func(x *history.Exchange) bool { return x.Number == wanted }
}

// anywhere looks at the bytes of the wire, and then at bodies without their
// chunks: a word may go on in the next one. What a worker says counts too.
func anywhere(text string) test {
	return func(x *history.Exchange) bool {
		if Index(request(x), text) >= 0 {
			return true
		}
		head, rest := answer(x)
		return Index(head, text) >= 0 || Index(rest, text) >= 0 ||
			x.Framing != nil && x.Framing.Chunked && Index(requestBody(x), text) >= 0 ||
			isChunked(head) && Index(answerBody(x), text) >= 0 ||
			x.Worker > 0 && byWorkers(x, text)
	}
}

// byWorkers looks at the calls that led to start_response, and at what came by
// wsgi.errors: a traceback.
func byWorkers(x *history.Exchange, text string) bool {
	return slices.ContainsFunc(x.Events, func(event server.Event) bool {
		switch event := event.(type) {
		case server.Worked:
			return Index(event.Stack, text) >= 0
		case server.Noted:
			return Index(event.Text, text) >= 0
		}
		return false
	})
}
