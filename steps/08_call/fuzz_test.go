package call_test

import (
	"bufio"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
)

// FuzzStart checks, for any status and any headers, that what passes makes a head
// in which Go's client reads just these. No header can bring a second one along.
func FuzzStart(f *testing.F) {
	f.Add("200 OK", "Content-Type", "text/plain", "Content-Length", "5")
	f.Add("404 ", "X", "", "x", " a\tb ")
	f.Add("599 \xe4", "Content-Length", "05", "Set-Cookie", "a=b; c")
	for _, status := range []string{"", "200", "100 Continue", "600 x", "200\tOK", "200 O\r\nX: 1", "200 O\x00K"} {
		f.Add(status, "X", "1", "Y", "2")
	}
	hostile := wsgi.Headers{
		{"", ""}, {"X:", "1"}, {"X Y", "1"}, {"X", "1\r\nY: 2"}, {"X", "1\n"}, {"X", "\x00"}, {"X\r\nY", "1"},
		{"Connection", "close"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "+5"}, {"Content-Length", "5"},
	}
	for _, header := range hostile {
		f.Add("200 OK", header[0], header[1], "Content-Length", "5")
	}
	f.Fuzz(func(t *testing.T, status, name1, value1, name2, value2 string) {
		headers := wsgi.Headers{{name1, value1}, {name2, value2}}
		answer := begin(func(start wsgi.StartResponse) { start(status, headers) })
		if err := answer.Ready(); err != nil {
			if verdict(err) != refused {
				t.Errorf("start(%q, %q): %v, want that it is %s", status, headers, err, refused)
			}
			return
		}
		head := "HTTP/1.1 " + status + "\r\n"
		want, length := http.Header{}, int64(-1)
		for _, header := range headers {
			name, value := header[0], strings.Trim(header[1], " \t")
			head += name + ": " + header[1] + "\r\n"
			want.Add(name, value)
			if strings.EqualFold(name, "Content-Length") {
				length, _ = strconv.ParseInt(value, 10, 64)
			}
		}
		got, err := http.ReadResponse(bufio.NewReader(strings.NewReader(head+"\r\n")), nil)
		if err != nil {
			t.Fatalf("start(%q, %q) passes, and the judge says %v", status, headers, err)
		}
		if pragma := want["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && want["Cache-Control"] == nil {
			want.Set("Cache-Control", "no-cache") // which the judge adds by itself
		}
		if got.Status != strings.TrimLeft(status, " ") || !reflect.DeepEqual(got.Header, want) {
			t.Errorf("start(%q, %q) passes, and the judge reads %q, %q", status, headers, got.Status, got.Header)
		}
		if answer.Length != length {
			t.Errorf("start(%q, %q): Length = %d, want %d", status, headers, answer.Length, length)
		}
	})
}
