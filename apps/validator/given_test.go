package validator

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// A journal is a wsgi.errors that the garbage collector may write to as well.
type journal struct {
	mutex sync.Mutex
	bytes bytes.Buffer
}

func (j *journal) Write(text []byte) (int, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.bytes.Write(text)
}

func (j *journal) lines() []string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return strings.SplitAfter(j.bytes.String(), "\n")[:strings.Count(j.bytes.String(), "\n")]
}

// given is an environ with which nothing is wrong. The request has the body
// "one\ntwo\n".
func given() wsgi.Environ {
	return wsgi.Environ{
		"REQUEST_METHOD":        "GET",
		"SCRIPT_NAME":           "",
		"PATH_INFO":             "/",
		"CONTENT_LENGTH":        "8",
		"SERVER_NAME":           "127.0.0.1",
		"SERVER_PORT":           "8888",
		"SERVER_PROTOCOL":       "HTTP/1.1",
		"wsgi.version":          [2]int{1, 0},
		"wsgi.url_scheme":       "http",
		"wsgi.input":            apptest.Input(body.Framing{Length: 8}, "one\ntwo\n"),
		"wsgi.errors":           &journal{},
		"wsgi.multithread":      true,
		"wsgi.multiprocess":     false,
		"wsgi.run_once":         false,
		"wsgi.input_terminated": true,
		"wsgi.file_wrapper": wsgi.FileWrapper(func(file io.ReadCloser, size int) wsgi.Body {
			return wsgi.File{Reader: file, Closer: file, BlockSize: size}
		}),
		"barewire.note": func(string) {},
	}
}

var (
	errBoom = errors.New("boom")
	plain   = wsgi.Headers{{"Content-Type", "text/plain"}}
)

// A wrong row breaks a rule: either its server does, and the application is
// right, or its application, and the server is right.
type wrong struct {
	name   string
	rule   *rule
	server func(app wsgi.Application, environ wsgi.Environ) error
	app    wsgi.Application
}

// Every rule is broken by somebody, and then the request ends with that
// Violation, and there is one line about it.
func TestWrong(t *testing.T) {
	for _, test := range allWrong() {
		t.Run(test.name, func(t *testing.T) {
			if test.server == nil {
				test.server = right
			}
			if test.app == nil {
				test.app = reads
			}
			environ := given()
			log := environ["wsgi.errors"].(*journal)
			err := test.server(Check(test.app), environ)

			var violation *Violation
			switch {
			case errors.As(err, &violation):
			case test.rule == closedAtAll:
				violation = closedAtAll.broken("no Close after GET /") // nobody is left to tell
			default:
				t.Fatalf("the request ends with %v, want a Violation of %q", err, test.rule.text)
			}
			if violation.Side != test.rule.side || violation.Rule != test.rule.text || violation.Section != test.rule.section {
				t.Errorf("the request ends with %v, want a Violation of %q", err, test.rule.text)
			}
			want := []string{violation.Error() + "\n"}
			if test.rule == errorsType || test.rule == environGiven || strings.Contains(violation.Got, "wsgi.errors") && test.rule == keyRequired {
				want = nil // nowhere to write to
			}
			if got := log.lines(); strings.Join(got, "") != strings.Join(want, "") {
				t.Errorf("wsgi.errors has %q, want %q", got, want)
			}
		})
	}
}

func allWrong() []wrong { return append(wrongServers, wrongApplications...) }

func TestEveryRuleIsProved(t *testing.T) {
	proved := map[*rule]bool{}
	for _, test := range wrongServers {
		proved[test.rule] = true
		if test.rule.side != "server" {
			t.Errorf("%s: that is a rule of the %s", test.name, test.rule.side)
		}
	}
	for _, test := range wrongApplications {
		proved[test.rule] = true
		if test.rule.side != "application" {
			t.Errorf("%s: that is a rule of the %s", test.name, test.rule.side)
		}
	}
	for _, rule := range rules {
		if !proved[rule] {
			t.Errorf("no row breaks %q", rule.text)
		}
	}
}

// The headings in PEP 3333 under which it specifies something.
var headings = []string{
	"Specification Details", "environ Variables", "Input and Error Streams", "The start_response() Callable",
	"Handling the Content-Length Header", "Buffering and Streaming", "Middleware Handling of Block Boundaries",
	"The write() Callable", "Unicode Issues", "Error Handling", "HTTP 1.1 Expect/Continue", "Other HTTP Features",
	"Thread Support", "Server Extension APIs", "Application Configuration", "URL Reconstruction",
	"Supporting Older (<2.2) Versions of Python", "Optional Platform-Specific File Handling",
}

func TestMessages(t *testing.T) {
	for _, rule := range rules {
		violation := rule.broken("%s", "this\x1b\n")
		message := violation.Error()
		want := `(PEP 3333, "` + rule.section + `"), got "this\x1b\n"`
		if !strings.HasPrefix(message, "validator: the "+rule.side+" broke a rule: "+rule.text+" ") || !strings.HasSuffix(message, want) {
			t.Errorf("the message is %s, want the side, the rule and %s", message, want)
		}
		if !slices.Contains(headings, rule.section) {
			t.Errorf("%q is no heading of PEP 3333", rule.section)
		}
	}
}
