package history_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barewire/apps/catch"
	"barewire/apps/echo"
	"barewire/apps/hello"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/history"
)

// show returns lines as a table has them.
func show(lines []history.Line) string {
	var out strings.Builder
	for _, line := range lines {
		text := line.Summary
		if text == "" {
			text = fmt.Sprintf("%q", line.Bytes)
		}
		author := []string{"client", "app", "server"}[line.Author]
		fmt.Fprintln(&out, strings.TrimRight(fmt.Sprintf("%d-%d %s %s %s  %s", line.From, line.To, author, line.Who, text, line.What), " "))
	}
	return out.String()
}

// checkLines checks that the lines are all of the stream, and have its bytes.
func checkLines(t *testing.T, stream history.Stream, lines []history.Line) {
	t.Helper()
	at := int64(0)
	for _, line := range lines {
		if line.From != at || line.To <= line.From {
			t.Errorf("a line is from %d to %d, want it to begin at %d", line.From, line.To, at)
		}
		at = line.To
		if line.Summary == "" && string(line.Bytes) != string(stream.Bytes[line.From:line.To]) {
			t.Errorf("bytes %d to %d are %q, want %q", line.From, line.To, line.Bytes, stream.Bytes[line.From:line.To])
		}
	}
	if at != stream.Size {
		t.Errorf("the last line ends at %d, want %d", at, stream.Size)
	}
}

func TestRequestLines(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string
	}{
		{"no body", get, `
0-16 client 03 "GET / HTTP/1.1\r\n"
16-25 client 04 "Host: h\r\n"
25-27 client 02 "\r\n"  head ends at byte 27
`},
		{"a body with a length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\na=1\nb=", `
0-17 client 03 "POST / HTTP/1.1\r\n"
17-26 client 04 "Host: h\r\n"
26-45 client 04 "Content-Length: 6\r\n"
45-47 client 02 "\r\n"  head ends at byte 47
47-51 client 05 "a=1\n"
51-53 client 05 "b="
`},
		{"a body in chunks", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nna\nm\r\n1;x=y\r\ne\r\n0\r\nX-Sum: 5\r\n\r\n", `
0-17 client 03 "POST / HTTP/1.1\r\n"
17-26 client 04 "Host: h\r\n"
26-54 client 04 "Transfer-Encoding: chunked\r\n"
54-56 client 02 "\r\n"  head ends at byte 56
56-59 client 05 "4\r\n"  chunk of 4 B
59-62 client 05 "na\n"
62-65 client 05 "m\r\n"
65-72 client 05 "1;x=y\r\n"  chunk of 1 B
72-75 client 05 "e\r\n"
75-78 client 05 "0\r\n"  last chunk
78-88 client 05 "X-Sum: 5\r\n"  trailer
88-90 client 05 "\r\n"  end of body
`},
		{"an empty line before", "\r\n" + get, `
0-2 client 02 "\r\n"  an empty line before, let pass
2-18 client 03 "GET / HTTP/1.1\r\n"
18-27 client 04 "Host: h\r\n"
27-29 client 02 "\r\n"  head ends at byte 29
`},
		{"nothing but empty lines", "\r\n\r\n", `
0-2 client 02 "\r\n"  an empty line before, let pass
2-4 client 02 "\r\n"
`},
		{"the client leaves inside the head", "GET / HTTP/1.1\r\nHo", `
0-16 client 02 "GET / HTTP/1.1\r\n"
16-18 client 02 "Ho"
`},
		{"the client leaves inside the body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\na=1", `
0-17 client 03 "POST / HTTP/1.1\r\n"
17-26 client 04 "Host: h\r\n"
26-45 client 04 "Content-Length: 6\r\n"
45-47 client 02 "\r\n"  head ends at byte 47
47-50 client 05 "a=1"
`},
		{"step 02 refuses", "GET / HTTP/1.1\r\nHost: h\n\n", `
0-16 client 02 "GET / HTTP/1.1\r\n"
16-24 client 02 "Host: h\n"
`},
		{"step 03 refuses", "GET /\r\nHost: h\r\n\r\n", `
0-7 client 03 "GET /\r\n"
7-16 client 02 "Host: h\r\n"
16-18 client 02 "\r\n"  head ends at byte 18
`},
		{"step 04 refuses", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", `
0-16 client 03 "GET / HTTP/1.1\r\n"
16-26 client 04 "Host : h\r\n"
26-28 client 02 "\r\n"  head ends at byte 28
`},
		{"step 05 refuses", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\nhi", `
0-17 client 03 "POST / HTTP/1.1\r\n"
17-26 client 04 "Host: h\r\n"
26-45 client 04 "Content-Length: x\r\n"
45-47 client 02 "\r\n"  head ends at byte 47
`},
		{"a body that broke", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\nmore", `
0-17 client 03 "POST / HTTP/1.1\r\n"
17-26 client 04 "Host: h\r\n"
26-54 client 04 "Transfer-Encoding: chunked\r\n"
54-56 client 02 "\r\n"  head ends at byte 56
56-59 client 05 "1\r\n"  chunk of 1 B
59-62 client 05 "a\r\n"
62-66 client 05 "zz\r\n"
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := answered(t, echo.App, test.text)[0]
			lines := x.RequestLines()
			checkLines(t, x.Request(), lines)
			if got := show(lines); got != strings.TrimPrefix(test.want, "\n") {
				t.Errorf("RequestLines() =\n%swant%s", got, test.want)
			}
		})
	}
}

func TestAnswerLines(t *testing.T) {
	const (
		head = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"
		old  = "GET / HTTP/1.0\r\n\r\n"
	)
	tests := []struct {
		name string
		app  wsgi.Application
		text string
		want string
	}{
		{"one chunk", hello.App, get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-43 app app "Content-Type: text/plain\r\n"  start_response, header 1
43-63 server srv "Content-Length: 14\r\n"  one chunk: its length is known
63-100 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
100-118 server srv "Server: barewire\r\n"  the server's name
118-120 server srv "\r\n"  head ends at byte 120
120-134 app ch1 "Hello, world!\n"  chunk 1, 14 bytes
`},
		{"no chunk", yields("200 OK"), get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-36 server srv "Content-Length: 0\r\n"  no body
36-73 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
73-91 server srv "Server: barewire\r\n"  the server's name
91-93 server srv "\r\n"  head ends at byte 93
`},
		{"several chunks in a body with a length", sized("Hel", "", "lo\nwor", "ld\n"), get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-37 app app "Content-Length: 12\r\n"  start_response, header 1
37-74 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
74-92 server srv "Server: barewire\r\n"  the server's name
92-94 server srv "\r\n"  head ends at byte 94
94-97 app ch1 "Hel"  chunk 1, 3 bytes
97-100 app ch3 "lo\n"  chunk 3, 6 bytes
100-103 app ch3 "wor"  chunk 3, 6 bytes
103-106 app ch4 "ld\n"  chunk 4, 3 bytes
`},
		{"more than the length", long, get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-36 app app "Content-Length: 4\r\n"  start_response, header 1
36-73 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
73-91 server srv "Server: barewire\r\n"  the server's name
91-93 server srv "\r\n"  head ends at byte 93
93-96 app ch1 "Hel"  chunk 1, 3 bytes
96-97 app ch2 "l"  chunk 2, 3 bytes
`},
		{"in chunks", yields("200 OK", "Hel", "", "lo\nwor", "ld\n"), get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-45 server srv "Transfer-Encoding: chunked\r\n"  no length is known
45-82 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
82-100 server srv "Server: barewire\r\n"  the server's name
100-102 server srv "\r\n"  head ends at byte 102
102-105 server srv "3\r\n"  chunk of 3 B
105-110 app ch1 "Hel\r\n"  chunk 1
110-113 server srv "6\r\n"  chunk of 6 B
113-116 app ch3 "lo\n"  chunk 3
116-121 app ch3 "wor\r\n"  chunk 3
121-124 server srv "3\r\n"  chunk of 3 B
124-127 app ch4 "ld\n"  chunk 4
127-129 server srv "\r\n"  end of chunk
129-132 server srv "0\r\n"  last chunk
132-134 server srv "\r\n"  end of body
`},
		{"until the connection closes", yields("200 OK", "Hel", "lo\n"), old, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-54 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
54-72 server srv "Server: barewire\r\n"  the server's name
72-91 server srv "Connection: close\r\n"  step 10, keepalive
91-93 server srv "\r\n"  head ends at byte 93
93-96 app ch1 "Hel"  chunk 1, 3 bytes
96-99 app ch2 "lo\n"  chunk 2, 3 bytes
`},
		{"written and yielded", writes, get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-45 server srv "Transfer-Encoding: chunked\r\n"  no length is known
45-82 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
82-100 server srv "Server: barewire\r\n"  the server's name
100-102 server srv "\r\n"  head ends at byte 102
102-105 server srv "3\r\n"  chunk of 3 B
105-110 app ch1 "Hel\r\n"  chunk 1
110-113 server srv "3\r\n"  chunk of 3 B
113-116 app ch2 "lo\n"  chunk 2
116-118 server srv "\r\n"  end of chunk
118-121 server srv "0\r\n"  last chunk
121-123 server srv "\r\n"  end of body
`},
		{"HEAD", hello.App, head, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-43 app app "Content-Type: text/plain\r\n"  start_response, header 1
43-63 server srv "Content-Length: 14\r\n"  one chunk: its length is known
63-100 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
100-118 server srv "Server: barewire\r\n"  the server's name
118-120 server srv "\r\n"  head ends at byte 120
`},
		{"204", empty, get, `
0-25 app app "HTTP/1.1 204 No Content\r\n"  start_response, status
25-62 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
62-80 server srv "Server: barewire\r\n"  the server's name
80-82 server srv "\r\n"  head ends at byte 82
`},
		{"a file that the kernel sends", file(t), get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-40 app app "Content-Length: 20000\r\n"  start_response, header 1
40-77 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
77-95 server srv "Server: barewire\r\n"  the server's name
95-97 server srv "\r\n"  head ends at byte 97
97-20097 app app … 20000 B that the trace does not keep  from a file
`},
		{"an interim answer", echo.App, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", `
0-23 server srv "HTTP/1.1 100 Continue\r\n"  the application reads the body
23-25 server srv "\r\n"
25-51 server srv "HTTP/1.1 400 Bad Request\r\n"  step 05 said no
51-92 server srv "Content-Type: text/plain; charset=utf-8\r\n"
92-112 server srv "Content-Length: 83\r\n"  one chunk: its length is known
112-149 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
149-167 server srv "Server: barewire\r\n"  the server's name
167-186 server srv "Connection: close\r\n"  step 10, keepalive
186-188 server srv "\r\n"  head ends at byte 188
188-204 server srv "400 Bad Request\n"  the explanation
204-205 server srv "\n"  the explanation
205-221 server srv "step    05 body\n"  the explanation
221-250 server srv "rule    the body ended early\n"  the explanation
250-271 server srv "source  RFC 9112 §8\n"  the explanation
`},
		{"an interim answer, and a good one", echo.App, expects, `
0-23 server srv "HTTP/1.1 100 Continue\r\n"  the application reads the body
23-25 server srv "\r\n"
25-42 app app "HTTP/1.1 200 OK\r\n"  start_response, status
42-82 app app "Content-Type: application/octet-stream\r\n"  start_response, header 1
82-110 server srv "Transfer-Encoding: chunked\r\n"  no length is known
110-147 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
147-165 server srv "Server: barewire\r\n"  the server's name
165-167 server srv "\r\n"  head ends at byte 167
167-170 server srv "2\r\n"  chunk of 2 B
170-174 app ch1 "hi\r\n"  chunk 1
174-177 server srv "0\r\n"  last chunk
177-179 server srv "\r\n"  end of body
`},
		{"a step said no", hello.App, "GET / HTTP/1.1\r\n\r\n", `
0-26 server srv "HTTP/1.1 400 Bad Request\r\n"  step 04 said no
26-67 server srv "Content-Type: text/plain; charset=utf-8\r\n"
67-88 server srv "Content-Length: 106\r\n"  one chunk: its length is known
88-125 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
125-143 server srv "Server: barewire\r\n"  the server's name
143-162 server srv "Connection: close\r\n"  step 10, keepalive
162-164 server srv "\r\n"  head ends at byte 164
164-180 server srv "400 Bad Request\n"  the explanation
180-181 server srv "\n"  the explanation
181-200 server srv "step    04 headers\n"  the explanation
200-247 server srv "rule    a request in HTTP/1.1 has a Host field\n"  the explanation
247-270 server srv "source  RFC 9112 §3.2\n"  the explanation
`},
		{"the body of the request broke", echo.App, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", `
0-26 server srv "HTTP/1.1 400 Bad Request\r\n"  step 05 said no
26-67 server srv "Content-Type: text/plain; charset=utf-8\r\n"
67-88 server srv "Content-Length: 111\r\n"  one chunk: its length is known
88-125 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
125-143 server srv "Server: barewire\r\n"  the server's name
143-162 server srv "Connection: close\r\n"  step 10, keepalive
162-164 server srv "\r\n"  head ends at byte 164
164-180 server srv "400 Bad Request\n"  the explanation
180-181 server srv "\n"  the explanation
181-197 server srv "step    05 body\n"  the explanation
197-239 server srv "rule    the size of a chunk is hex digits\n"  the explanation
239-262 server srv "source  RFC 9112 §7.1\n"  the explanation
262-275 server srv "got     \"zz\"\n"  the explanation
`},
		{"the application failed", failing, get, `
0-36 server srv "HTTP/1.1 500 Internal Server Error\r\n"  step 09 failed
36-77 server srv "Content-Type: text/plain; charset=utf-8\r\n"
77-97 server srv "Content-Length: 97\r\n"  one chunk: its length is known
97-134 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
134-152 server srv "Server: barewire\r\n"  the server's name
152-171 server srv "Connection: close\r\n"  step 10, keepalive
171-173 server srv "\r\n"  head ends at byte 173
173-199 server srv "500 Internal Server Error\n"  the explanation
199-200 server srv "\n"  the explanation
200-270 server srv "The application failed. What went wrong is told on the server's side.\n"  the explanation
`},
		{"the application explains its own failure", catch.App, "GET /error HTTP/1.1\r\nHost: h\r\n\r\n", `
0-36 app app "HTTP/1.1 500 Internal Server Error\r\n"  start_response, status
36-77 app app "Content-Type: text/plain; charset=utf-8\r\n"  start_response, header 1
77-105 server srv "Transfer-Encoding: chunked\r\n"  no length is known
105-142 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
142-160 server srv "Server: barewire\r\n"  the server's name
160-162 server srv "\r\n"  head ends at byte 162
162-166 server srv "11\r\n"  chunk of 17 B
166-183 app ch1 "the disk is full\n"  chunk 1
183-185 server srv "\r\n"  end of chunk
185-188 server srv "0\r\n"  last chunk
188-190 server srv "\r\n"  end of body
`},
		{"the application starts once more, too late", late, get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-25 app app "X-A: 1\r\n"  start_response, header 1
25-53 server srv "Transfer-Encoding: chunked\r\n"  no length is known
53-90 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
90-108 server srv "Server: barewire\r\n"  the server's name
108-110 server srv "\r\n"  head ends at byte 110
110-113 server srv "3\r\n"  chunk of 3 B
113-118 app ch1 "one\r\n"  chunk 1
`},
		{"the application failed late", breaks, get, `
0-17 app app "HTTP/1.1 200 OK\r\n"  start_response, status
17-45 server srv "Transfer-Encoding: chunked\r\n"  no length is known
45-82 server srv "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"  the clock
82-100 server srv "Server: barewire\r\n"  the server's name
100-102 server srv "\r\n"  head ends at byte 102
102-105 server srv "3\r\n"  chunk of 3 B
105-110 app ch1 "one\r\n"  chunk 1
`},
		{"nobody to answer", hello.App, "GET /", ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := answered(t, test.app, test.text)[0]
			lines := x.AnswerLines()
			checkLines(t, x.Answer(), lines)
			if got := show(lines); got != strings.TrimPrefix(test.want, "\n") {
				t.Errorf("AnswerLines() =\n%swant%s", got, test.want)
			}
		})
	}
}

// sized returns an application that knows how long its answer is.
func sized(chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Length", fmt.Sprint(len(strings.Join(chunks, "")))}})
		var body wsgi.List
		for _, chunk := range chunks {
			body = append(body, []byte(chunk))
		}
		return body
	}
}

// long yields more than it has said.
func long(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"Content-Length", "4"}})
	return wsgi.List{[]byte("Hel"), []byte("lo\n")}
}

// writes writes a chunk before it yields another.
func writes(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	if err := start("200 OK", nil)([]byte("Hel")); err != nil {
		return wsgi.Fail(err)
	}
	return wsgi.Text("lo\n")
}

// late calls start_response when its head is out.
func late(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"X-A", "1"}})
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		if yield([]byte("one"), nil) {
			start("500 Internal Server Error", nil, errors.New("out of paper"))
		}
	})
}

// file returns an application whose file is so large that the server leaves it
// to the kernel.
func file(t *testing.T) wsgi.Application {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, make([]byte, 20_000), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		opened, err := os.Open(name)
		if err != nil {
			return wsgi.Fail(err)
		}
		start("200 OK", wsgi.Headers{{"Content-Length", "20000"}})
		return wsgi.File{Reader: opened, Closer: opened}
	}
}
