package command_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"barewire/apps/classroom"
	"barewire/internal/apptest"
	"barewire/internal/command"
)

// reporting runs a check with $USER in its environment.
func reporting(t *testing.T, user string, args ...string) (out, errs string, status int) {
	t.Helper()
	var outs, said strings.Builder
	status = command.Main(append([]string{"check"}, args...), command.World{
		Name: "barewire", Out: &outs, Err: &said,
		Env: func(key string) string { return map[string]string{"USER": user}[key] },
	})
	return outs.String(), said.String(), status
}

// The results of a run come to the board, those that failed too.
func TestReport(t *testing.T) {
	url, _ := apptest.Serve(t, new(classroom.Board).Call)
	addr := alwaysOK(t)
	without, _, status := reporting(t, "ada", "RFC 9112 §3.2", "--addr", addr)
	with, errs, reported := reporting(t, "ada", "RFC 9112 §3.2", "--addr", addr, "--report", url)
	if !strings.Contains(without, " ✓ ") || !strings.Contains(without, " ✗ ") {
		t.Fatalf("nothing passed, or nothing failed:\n%s", without)
	}
	if with != without || reported != status || status != 1 || strings.Contains(errs, "reported") {
		t.Errorf("with a report the status is %d and not %d, stderr %q, and it says\n%s\nnot\n%s", reported, status, errs, with, without)
	}
	_, errs, _ = reporting(t, "ada", "03.4", "--addr", addr, "--report", url+"/", "--as", "ada the second")
	if strings.Contains(errs, "reported") {
		t.Errorf("the report of one check: %s", errs)
	}

	var board struct {
		Learners []struct {
			Learner string
			Results map[string]bool
		}
	}
	response, err := http.Get(url + "/board.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&board); err != nil {
		t.Fatal(err)
	}
	if len(board.Learners) != 2 || board.Learners[0].Learner != "ada" || board.Learners[1].Learner != "ada the second" {
		t.Fatalf("the board has %v, want two", board.Learners)
	}
	if got := board.Learners[1].Results; len(got) != 1 {
		t.Errorf("one check was run, and reported are %v", got)
	}
	ran, passed := len(board.Learners[0].Results), 0
	for _, held := range board.Learners[0].Results {
		if held {
			passed++
		}
	}
	for line := range strings.Lines(without) {
		if strings.HasPrefix(line, " ✓ ") {
			ran, passed = ran-1, passed-1
		} else if strings.HasPrefix(line, " ✗ ") || strings.Contains(line, "stricter than") {
			ran--
		}
	}
	if ran != 0 || passed != 0 {
		t.Errorf("reported are %d more checks than were run, and %d more passed:\n%s", ran, passed, without)
	}
}

// Whatever the board does is told in one line, fit for a terminal, and changes
// nothing else.
func TestReportFails(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "no\x1b[2J\nmore"+strings.Repeat("x", 10_000)) // it is cut off
	}))
	defer refusing.Close()
	away := httptest.NewServer(http.RedirectHandler(refusing.URL, http.StatusTemporaryRedirect))
	defer away.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + silent.Addr().String()
	if err := silent.Close(); err != nil {
		t.Fatal(err)
	}

	addr := alwaysOK(t)
	_, want, status := reporting(t, "ada", "03.4", "--addr", addr)
	for _, test := range []struct{ url, said string }{
		{nobody, "nobody listens at " + nobody + "\n"},
		{refusing.URL, refusing.URL + ` answers 403 Forbidden: no\x1b[2J\nmorexxx`},
		{away.URL, away.URL + " answers 307 Temporary Redirect: "},
	} {
		_, errs, got := reporting(t, "ada", "03.4", "--addr", addr, "--report", test.url)
		sentence := "barewire: the results were not reported: " + test.said
		if got != status || !strings.HasPrefix(errs, sentence) && !strings.Contains(errs, "\n"+sentence) {
			t.Errorf("status %d and %.600q, want %d and %q", got, errs, status, sentence)
		}
		if lines := strings.Count(errs, "\n") - strings.Count(want, "\n"); lines != 1 || strings.Contains(errs, "\x1b") || len(errs) > 600 {
			t.Errorf("it is told in %d lines, %.600q", lines, errs)
		}
	}
}

func TestReportCannotBeMeant(t *testing.T) {
	for _, test := range []struct {
		user string
		args []string
		want string
	}{
		{"", []string{"--report", "http://127.0.0.1:1"}, "--report wants a name, and $USER is empty; say it with --as NAME"},
		{"ada", []string{"--as", "bob"}, "--as is the name for a report; --report says where to send it"},
		{"ada", []string{"--report", "http://127.0.0.1:1", "--list"}, "--report sends results, and nothing runs here; leave one out"},
		{"ada", []string{"--report", "http://127.0.0.1:1", "--wsgi"}, "--report sends results, and nothing runs here; leave one out"},
		{"ada", []string{"--report", "127.0.0.1:8888"}, `--report takes http://HOST:PORT, not "127.0.0.1:8888"`},
		{"ada", []string{"--report", "ftp://127.0.0.1/"}, `--report takes http://HOST:PORT, not "ftp://127.0.0.1/"`},
		{"ada", []string{"--report", "http://"}, `--report takes http://HOST:PORT, not "http://"`},
		{"ada", []string{"--report"}, "--report wants a value: http://HOST:PORT"},
	} {
		out, errs, status := reporting(t, test.user, test.args...)
		if out != "" || errs != "barewire: "+test.want+"\n" || status != 2 {
			t.Errorf("%q is answered %q, %q, status %d, want %q and 2", test.args, out, errs, status, test.want)
		}
	}
}
