package check

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var twoSpaces = &Check{
	ID: "03.4", Name: "two spaces in a row get 400", Section: "RFC 9112 §3", Core: true,
	Hints: [3]string{"Count the spaces before you cut the line."},
	Curl:  "curl -v -X 'GET ' URL/hello?x=1",
}

func failed() Result {
	return Result{
		Check: twoSpaces, Addr: "127.0.0.1:8888",
		Sent: []byte("GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n"),
		Got:  []byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		At:   9, Expected: "HTTP/1.1 400", Wrong: "the status is 200",
		Cut: "in two behind byte 4", Ended: "still open after 300 ms", Alive: true, Took: 310 * time.Millisecond,
	}
}

func text(t *testing.T, result Result) string {
	t.Helper()
	var out strings.Builder
	if err := result.Text(&out); err != nil {
		t.Error(err)
	}
	return out.String()
}

func TestText(t *testing.T) {
	const want = `03.4  two spaces in a row get 400
RFC 9112 §3

sent        GET  /hello HTTP/1.1␍␊
            Host: x␍␊
            ␍␊
cut         in two behind byte 4
expected    HTTP/1.1 400
came back   HTTP/1.1 200 OK␍␊
                     ^ first wrong byte, 10
            Content-Length: 5␍␊
            ␍␊
            hello
wrong       the status is 200
ended       still open after 300 ms
alive       yes

first hint  Count the spaces before you cut the line.
again with  barewire send 03.4
or with     curl -v -X 'GET ' 'http://127.0.0.1:8888/hello?x=1'
`
	if diff := cmp.Diff(want, text(t, failed())); diff != "" {
		t.Error(diff)
	}
}

func TestTextOfOtherResults(t *testing.T) {
	result := failed()
	result.Skipped = "it needs check:App"
	if got := text(t, result); !strings.HasSuffix(got, "\nnot run     it needs check:App\n") {
		t.Errorf("of a check that was not run:\n%s", got)
	}
	result = failed()
	result.Passed = true
	if got := text(t, result); !strings.HasSuffix(got, "\npassed      in 310 ms\n") {
		t.Errorf("of a check that passed:\n%s", got)
	}
	result = failed()
	result.Got, result.At, result.Alive = nil, 0, false
	if got := text(t, result); !strings.Contains(got, "\ncame back   nothing\n") || !strings.Contains(got, "\nalive       no\n") {
		t.Errorf("of a server that said nothing:\n%s", got)
	}
}

func TestTextFindsTheWrongByte(t *testing.T) {
	long := strings.Repeat("x", 500)
	for _, test := range []struct {
		name, got string
		want      string // the line with the wrong byte, and the one with the caret
	}{
		{"escaped before it", "a\x1b\x00!b", `a\x1b\x00!b` + "\n         ^ first wrong byte, 4\n"},
		{"a byte that is spelt out", "ab!\r\n", "ab!␍␊\n  ^ first wrong byte, 3\n"},
		{"a second line", "a\r\nb!", "b!\n ^ first wrong byte, 5\n"},
		{"a lone CR", "a\r!b", "a␍!b\n  ^ first wrong byte, 3\n"},
		{"the end", "ab\x00", ""},
		{"a long line", long + "!" + long, "…" + strings.Repeat("x", 33) + "!" + strings.Repeat("x", 32) + "…\n" + strings.Repeat(" ", 34) + "^ first wrong byte, 501\n"},
		{"many lines", strings.Repeat("y\n", 100) + "!\nz", "!␊\n^ first wrong byte, 201\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := failed()
			result.Got, result.At = []byte(test.got), strings.Index(test.got, "!")
			if result.At < 0 {
				result.At, test.want = len(test.got), `ab\x00`+"\n      ^ right up to here, 3 B\n"
			}
			got := text(t, result)
			_, picture, _ := strings.Cut(got, "came back")
			picture, _, _ = strings.Cut(picture, "wrong   ")
			picture = strings.ReplaceAll(strings.ReplaceAll("\n"+strings.TrimLeft(picture, " "), "\n            ", "\n"), "\n\n", "\n")
			if !strings.Contains(picture, test.want) {
				t.Errorf("got %s\nwant in it\n%s", picture, test.want)
			}
			if strings.Count(got, "\n") > 40 {
				t.Errorf("it is too long:\n%s", got)
			}
		})
	}
}

func TestTextBehindTheLastLine(t *testing.T) {
	result := failed()
	result.Got = []byte("HTTP/1.1 200 OK\r\n")
	result.At = len(result.Got)
	if got := text(t, result); !strings.Contains(got, "came back   HTTP/1.1 200 OK␍␊\n                             ^ right up to here, 17 B\n") {
		t.Errorf("got\n%s", got)
	}
}

func FuzzTextIsNeverRaw(f *testing.F) {
	f.Add([]byte("a\x1b[2J\r\n\u202e"), 3)
	f.Fuzz(func(t *testing.T, got []byte, at int) {
		result := failed()
		result.Sent, result.Got, result.At = got, got, min(max(-1, at), len(got))
		for _, r := range text(t, result) {
			if r != '\n' && (r < ' ' || r == 0x7f || r == '\u202e') {
				t.Fatalf("%q is written raw", r)
			}
		}
	})
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestTextTellsOfErrors(t *testing.T) {
	if err := failed().Text(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestCurlLine(t *testing.T) {
	for curl, want := range map[string]string{
		"curl URL":                  "curl 'http://h:1'",
		"curl -v URL/a?b=1&c":       "curl -v 'http://h:1/a?b=1&c'",
		"curl 'URL/a?b' -d x":       "curl 'http://h:1/a?b' -d x",
		`curl "URL/a" URL`:          `curl "http://h:1/a" 'http://h:1'`,
		"curl -v URL/a -H 'CURL: x": "curl -v 'http://h:1/a' -H 'CURL: x",
	} {
		if got := CurlLine(curl, "h:1"); got != want {
			t.Errorf("CurlLine(%q) = %q, want %q", curl, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	result := failed()
	result.Got = []byte("\xff")
	got, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"id":"03.4","name":"two spaces in a row get 400","section":"RFC 9112 §3","core":true,"stricter":false,` +
		`"passed":false,"connection":0,"sent":"GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n","got":"base64:/w==","got_bytes":1,"at":9,` +
		`"expected":"HTTP/1.1 400","wrong":"the status is 200","cut":"in two behind byte 4","ended":"still open after 300 ms","alive":true,"took_ms":310}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
