package check

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// unmark finds the first wrong byte of an answer: it stands behind the sign ‸.
func unmark(marked string) (answer string, at int) {
	before, after, _ := strings.Cut(marked, "‸")
	return before + after, len(before)
}

func TestFraming(t *testing.T) {
	const chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, test := range []struct {
		name   string
		answer string // ‸ stands before the first wrong byte, if there is one
		want   Want
	}{
		{"Content-Length", helloAnswer, Want{Body: Text("hello")}},
		{"until close", "HTTP/1.0 200 OK\r\n\r\nhello", Want{Body: Text("hello")}},
		{"no reason", "HTTP/1.1 200 \r\n\r\n", Want{Status: "200"}},
		{"chunked", chunkedHead + "3\r\nhel\r\n02;a=b; c = \"d;\\\"\"\r\nlo\r\n000\r\nX: y\r\n\r\n", Want{Body: Text("hello")}},
		{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Want{Head: true, Fields: []string{"Content-Length: 5"}}},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", Want{}},
		{"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", Want{}},
		{"100 before the answer", "HTTP/1.1 100 Continue\r\n\r\n" + helloAnswer, Want{Status: "200"}},
		{"empty value", "HTTP/1.1 200 OK\r\nX:\r\nContent-Length:\t0 \r\n\r\n", Want{Fields: []string{"X"}}},

		{"not HTTP", "‸SSH-2.0-x\r\n", Want{}},
		{"not even a line", "HTTP‸!", Want{}},
		{"HTTP/2", "HTTP/‸2 200 OK\r\n\r\n", Want{}},
		{"HTTP/1.2", "HTTP/1.‸2 200 OK\r\n\r\n", Want{}},
		{"two spaces", "HTTP/1.1 ‸ 200 OK\r\n\r\n", Want{}},
		{"no space behind the status", "HTTP/1.1 200‸\r\n\r\n", Want{}},
		{"four digits", "HTTP/1.1 200‸0 OK\r\n\r\n", Want{}},
		{"status 600", "HTTP/1.1 ‸600 OK\r\n\r\n", Want{}},
		{"bare LF", "HTTP/1.1 200 OK‸\nContent-Length: 0\n\n", Want{}},
		{"bare CR", "HTTP/1.1 200 OK\r‸ \n\r\n", Want{}},
		{"control byte", "HTTP/1.1 200 OK\r\nX: a‸\x00b\r\n\r\n", Want{}},
		{"no colon", "HTTP/1.1 200 OK\r\nContent-Length‸\r\n\r\n", Want{}},
		{"space before the colon", "HTTP/1.1 200 OK\r\nContent-Length‸ : 0\r\n\r\n", Want{}},
		{"no name", "HTTP/1.1 200 OK\r\n‸: 0\r\n\r\n", Want{}},
		{"folded line", "HTTP/1.1 200 OK\r\nX: a\r\n‸ b\r\n\r\n", Want{}},
		{"head broken off", "HTTP/1.1 200 OK\r\nX: a\r\n‸", Want{}},
		{"endless head", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", maxHead-len("HTTP/1.1 200 OK\r\nX: ")) + "‸xx\r\n\r\n", Want{}},
		{"103 and others before the answer", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 \r\n\r\n" + helloAnswer, Want{Status: "200"}},
		{"32 interim answers", strings.Repeat("HTTP/1.1 100 \r\n\r\n", 32) + helloAnswer, Want{Status: "200"}},
		{"33 interim answers", strings.Repeat("HTTP/1.1 100 \r\n\r\n", 32) + "‸HTTP/1.1 100 \r\n\r\n" + helloAnswer, Want{Status: "200"}},
		{"interim answer with a length", "HTTP/1.1 103 Early Hints\r\n‸Content-Length: 0\r\n\r\n" + helloAnswer, Want{Status: "200"}},
		{"101", "HTTP/1.1 ‸101 Switching Protocols\r\n\r\n", Want{}},

		{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello‸", Want{}},
		{"no length", "HTTP/1.1 200 OK\r\n‸Content-Length: five\r\n\r\nhello", Want{}},
		{"empty length", "HTTP/1.1 200 OK\r\n‸Content-Length:\r\n\r\nhello", Want{}},
		{"signed length", "HTTP/1.1 200 OK\r\n‸Content-Length: +5\r\n\r\nhello", Want{}},
		{"list of lengths", "HTTP/1.1 200 OK\r\n‸Content-Length: 5, 5\r\n\r\nhello", Want{}},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n‸Content-Length: 5\r\n\r\nhello", Want{}},
		{"huge length", "HTTP/1.1 200 OK\r\n‸Content-Length: 99999999999999999999\r\n\r\nhello", Want{}},
		{"both", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n‸Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Want{}},
		{"gzip", "HTTP/1.1 200 OK\r\n‸Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Want{}},
		{"chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n‸Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Want{}},
		{"chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\n‸Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Want{}},
		{"204 with a length", "HTTP/1.1 204 No Content\r\n‸Content-Length: 0\r\n\r\n", Want{}},
		{"204 with a body", "HTTP/1.1 204 No Content\r\n\r\n‸x", Want{}},
		{"304 with a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\n\r\n‸x", Want{}},
		{"HEAD with a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n‸hello", Want{Head: true}},

		{"no chunk", chunkedHead + "‸hello\r\n0\r\n\r\n", Want{}},
		{"no size", chunkedHead + "‸\r\n0\r\n\r\n", Want{}},
		{"0x", chunkedHead + "0‸x5\r\nhello\r\n0\r\n\r\n", Want{}},
		{"size in decimal", chunkedHead + "10\r\nten bytes.\r\n0\r\n\r‸\n", Want{}},
		{"size too small", chunkedHead + "4\r\nhell‸o\r\n0\r\n\r\n", Want{}},
		{"size too large", chunkedHead + "6\r\nhello\r‸\n0\r\n\r\n", Want{}},
		{"huge size", chunkedHead + "‸fffffffffffffffff\r\nhello", Want{}},
		{"space behind the size", chunkedHead + "5 ‸\r\nhello\r\n0\r\n\r\n", Want{}},
		{"extension without a name", chunkedHead + "5;‸\r\nhello\r\n0\r\n\r\n", Want{}},
		{"extension without a value", chunkedHead + "5;a=‸\r\nhello\r\n0\r\n\r\n", Want{}},
		{"chunk line with LF", chunkedHead + "5‸\nhello\r\n0\r\n\r\n", Want{}},
		{"no CRLF behind the data", chunkedHead + "5\r\nhello‸0\r\n\r\n", Want{}},
		{"no last chunk", chunkedHead + "5\r\nhello\r\n‸", Want{}},
		{"no line behind the last chunk", chunkedHead + "5\r\nhello\r\n0\r\n‸", Want{}},
		{"framing in the trailer", chunkedHead + "0\r\n‸Content-Length: 0\r\n\r\n", Want{}},
		{"no trailer", chunkedHead + "0\r\nhello‸\r\n\r\n", Want{}},
	} {
		t.Run(test.name, func(t *testing.T) { judged(t, test.answer, ask(test.want)) })
	}
}

// judged runs a check against a server that says the answer and closes.
func judged(t *testing.T, marked string, check *Check) Result {
	t.Helper()
	t.Parallel()
	answer, wrongAt := unmark(marked)
	target := fake(t, saysAndCloses(answer))
	target.Demo, check.ID = 98, "98.1"
	result := Run(context.Background(), target, check)
	if string(result.Got) != answer[result.Before:len(answer)-result.After] {
		t.Errorf("got %q, want %q", result.Got, answer)
	}
	if answer == marked {
		wrongAt = -1
	}
	if result.Passed != (wrongAt == -1) || result.Before+result.At != wrongAt {
		t.Errorf("%q: passed %v, wrong at %d (%s), want %d", answer, result.Passed, result.At, result.Wrong, wrongAt)
	}
	if !result.Passed && (result.Expected == "" || result.Wrong == "") {
		t.Errorf("%q: expected %q, wrong %q", answer, result.Expected, result.Wrong)
	}
	return result
}

func TestJudge(t *testing.T) {
	const (
		chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\n"
		short   = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
		fields  = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA:  bc\r\nConnection: x, Close\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
	)
	for _, test := range []struct {
		name   string
		answer string
		want   Want
	}{
		{"status", helloAnswer, Want{Status: "200"}},
		{"one of two", helloAnswer, Want{Status: "400 200"}},
		{"wrong in the first digit", "HTTP/1.1 ‸200 OK\r\nContent-Length: 0\r\n\r\n", Want{Status: "400"}},
		{"wrong in the last digit", "HTTP/1.1 40‸4 OK\r\nContent-Length: 0\r\n\r\n", Want{Status: "200 400"}},
		{"body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel‸ga", Want{Body: Text("hello")}},
		{"body in chunks", chunked + "l‸a\r\n0\r\n\r\n", Want{Body: Text("hello")}},
		{"body too short", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhel‸", Want{Body: Text("hello")}},
		{"body too long", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel‸lo", Want{Body: Text("hel")}},
		{"has", helloAnswer, Want{Has: []string{"ell", "lo"}}},
		{"has not", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n‸hello", Want{Has: []string{"ell", "x"}}},
		{"hasnt", helloAnswer, Want{Hasnt: []string{"x"}}},
		{"hasnt but has", chunked + "‸lo\r\n0\r\n\r\n", Want{Hasnt: []string{"lo"}}},
		{"fields", fields + "\r\n", Want{Fields: []string{"a: bc", "Connection: close", "Set-Cookie: b=2", "Set-Cookie: a=1, b=2", "A"}}},
		{"no field", fields + "‸\r\n", Want{Fields: []string{"Date"}}},
		{"other value", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA:  b‸c\r\n\r\n", Want{Fields: []string{"A: bd"}}},
		{"other case", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ‸B\r\n\r\n", Want{Fields: []string{"A: b"}}},
		{"no value", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA:‸\r\n\r\n", Want{Fields: []string{"A: b"}}},
		{"without", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n‸Date: x\r\n\r\n", Want{Without: []string{"X", "date"}}},
		{"short", short, Want{Short: true, Status: "200"}},
		{"short and wrong", "HTTP/1.1 ‸200 OK\r\nContent-Length: 10\r\n\r\nhello", Want{Short: true, Status: "500"}},
		{"short in chunks", chunked + "l", Want{Short: true, Body: Text("hello")}},
		{"short of something else", chunked + "‸x", Want{Short: true, Body: Text("hello")}},
		{"short of the last chunk", chunked + "lo\r\n", Want{Short: true}},
		{"not short", helloAnswer + "‸", Want{Short: true}},
		{"short, but nobody can see it", "HTTP/1.1 200 OK\r\n\r\nhel‸", Want{Short: true}},
		{"judge", helloAnswer, Want{Judge: func(a Answer) string { return "" }}},
		{"judged wrong", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n‸hello", Want{Judge: func(a Answer) string { return "a greeting: " + string(a.Body) }}},
	} {
		t.Run(test.name, func(t *testing.T) { judged(t, test.answer, ask(test.want)) })
	}
	t.Run("excluded", func(t *testing.T) {
		check := ask(Want{})
		check.Exclude = []string{"x", "OK"}
		judged(t, "HTTP/1.1 200 ‸OK\r\nContent-Length: 0\r\n\r\n", check)
	})
}

func TestAnswer(t *testing.T) {
	var got Answer
	judged(t, "HTTP/1.1 200 Very Well\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
		ask(Want{Judge: func(a Answer) string { got = a; return "" }}))
	if got.Version != "HTTP/1.1" || got.Status != "200" || got.Reason != "Very Well" || got.Framing != "chunked" ||
		got.Chunks != 2 || string(got.Body) != "hello" || len(got.Fields) != 1 || !strings.HasSuffix(string(got.Raw), "0\r\n\r\n") {
		t.Errorf("got %+v", got)
	}
}

// What we take for an answer, a lenient client takes for the same answer.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(helloAnswer))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=\"b\"\r\nhi\r\n0\r\nX: y\r\n\r\n"))
	f.Add([]byte("HTTP/1.0 404 \r\nA:\r\n\r\nbody"))
	f.Fuzz(func(t *testing.T, got []byte) {
		w := &wire{got: got, room: maxBesides, end: io.EOF}
		reply, wrong := w.answer(false, false, hang)
		if wrong != nil {
			if wrong.at < 0 || wrong.at > len(got) || wrong.wrong == "" {
				t.Errorf("of %q: %+v", got, wrong)
			}
			return
		}
		reader := bufio.NewReader(bytes.NewReader(reply.Raw))
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("%q is an answer, and net/http says %v", reply.Raw, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || !bytes.Equal(body, reply.Body) || fmt.Sprintf("%03d", response.StatusCode) != reply.Status {
			t.Errorf("%q is %s, %q; net/http says %d, %q, %v", reply.Raw, reply.Status, reply.Body, response.StatusCode, body, err)
		}
	})
}
