package docs_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"barewire/internal/command"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// boundRow is a row of the table in security.md.
var boundRow = regexp.MustCompile("(?m)^\\| [^|]+ \\| (\\S+) \\| `(--\\S+)` \\| ([^|]+) \\|$")

// readBounds returns the default of each flag in the table, and what the table says
// of going beyond it.
func readBounds(t *testing.T) (defaults, beyond map[string]string) {
	page, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	defaults, beyond = make(map[string]string), make(map[string]string)
	for _, row := range boundRow.FindAllStringSubmatch(string(page), -1) {
		defaults[row[2]], beyond[row[2]] = row[1], row[3]
	}
	return defaults, beyond
}

// The page has the flags of the program, all of them, with their defaults.
func TestSecurityFlags(t *testing.T) {
	var help strings.Builder
	if status := command.Main([]string{"serve", "--help"}, command.World{Out: &help, Err: &help}); status != 0 {
		t.Fatalf("serve --help ends with %d: %s", status, help.String())
	}
	_, list, _ := strings.Cut(help.String(), "\nBounds for strangers:\n")
	want := make(map[string]string)
	for _, flag := range regexp.MustCompile(`(?m)^ +(--\S+) .* \(default (\S+)\)$`).FindAllStringSubmatch(list, -1) {
		want[flag[1]] = flag[2]
	}
	got, _ := readBounds(t)
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("the flags of the program (-) and those of security.md (+) differ:\n%s", diff)
	}
}

// Who goes beyond a bound of the server's own gets the answers that the page tells of,
// in their order.
func TestSecurityAnswers(t *testing.T) {
	const (
		get  = "GET / HTTP/1.1\r\nHost: x\r\n"
		post = "POST / HTTP/1.1\r\nHost: x\r\n"
	)
	long := strings.Repeat("x", 8<<10)
	tests := []struct {
		flag     string
		requests []string
	}{
		{"--max-head", []string{get + strings.Repeat("X: "+long[:8000]+"\r\n", 9)}},
		{"--max-line", []string{"GET /" + long, get + "X: " + long}},
		{"--max-fields", []string{get + strings.Repeat("X: x\r\n", 100) + "\r\n"}},
		{"--max-body", []string{post + "Content-Length: 1073741825\r\n\r\n"}},
		{"--max-chunk-line", []string{post + "Transfer-Encoding: chunked\r\n\r\n1;" + long}},
		{"--max-trailer", []string{post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + long}},
		{"--head-timeout", []string{get}},
		{"--body-timeout", []string{post + "Content-Length: 5\r\n\r\nhell"}},
	}
	_, beyond := readBounds(t)
	for _, test := range tests {
		t.Run(strings.TrimPrefix(test.flag, "--"), func(t *testing.T) {
			listener := listenAnywhere(t)
			s := server.New(readAll)
			if strings.HasSuffix(test.flag, "-timeout") {
				s.Deadlines.Head, s.Deadlines.Body = 100*time.Millisecond, 100*time.Millisecond
			}
			go s.Serve(listener)
			t.Cleanup(func() { _ = s.Shutdown(context.Background()) })
			var got []string
			for _, request := range test.requests {
				conn := dial(t, listener)
				if _, err := io.WriteString(conn, request); err != nil {
					t.Fatal(err)
				}
				text := answer(t, bufio.NewReader(conn))
				status, _, _ := strings.Cut(text, " ")
				got = append(got, status+", "+section.FindString(text))
			}
			want := regexp.MustCompile(`4\d\d, `+section.String()).FindAllString(beyond[test.flag], -1)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what the page tells (-) and what is answered (+) differ:\n%s", diff)
			}
		})
	}
}

var section = regexp.MustCompile(`RFC \d+ §\d+(\.\d+)*`)

// readAll reads the body, and has nothing to say.
func readAll(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	if _, err := io.Copy(io.Discard, environ.Input()); err != nil {
		return wsgi.Fail(err)
	}
	start("200 OK", nil)
	return wsgi.List{}
}
