package export_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"barewire/apps/echo"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/export"
	"barewire/tui/history"

	"github.com/google/go-cmp/cmp"
)

// A kind checks a value of JSON.
type kind func(value any) error

func text(value any) error {
	if _, is := value.(string); !is {
		return fmt.Errorf("got %v, want text", value)
	}
	return nil
}

func word(value any) error {
	if value == "" {
		return errors.New("got no text")
	}
	return text(value)
}

func boolean(value any) error {
	if _, is := value.(bool); !is {
		return fmt.Errorf("got %v, want true or false", value)
	}
	return nil
}

// whole is a whole number, or -1 for what is not known.
func whole(value any) error {
	if number, is := value.(float64); !is || number < -1 || number != math.Trunc(number) {
		return fmt.Errorf("got %v, want a number of bytes", value)
	}
	return nil
}

func milliseconds(value any) error {
	if number, is := value.(float64); !is || number < 0 {
		return fmt.Errorf("got %v, want milliseconds", value)
	}
	return nil
}

func date(value any) error {
	_, err := time.Parse(time.RFC3339, fmt.Sprint(value))
	return err
}

func address(value any) error {
	at, err := url.Parse(fmt.Sprint(value))
	if err == nil && (at.Scheme == "" || at.Host == "") {
		err = fmt.Errorf("got %v, want a whole URL", value)
	}
	return err
}

func one(of ...string) kind {
	return func(value any) error {
		for _, text := range of {
			if value == text {
				return nil
			}
		}
		return fmt.Errorf("got %v, want one of %q", value, of)
	}
}

func list(each kind) kind {
	return func(value any) error {
		values, is := value.([]any)
		if !is {
			return fmt.Errorf("got %v, want a list", value)
		}
		for i, value := range values {
			if err := each(value); err != nil {
				return fmt.Errorf("[%d]%w", i, err)
			}
		}
		return nil
	}
}

// An object is a table of names; those that end with ? may be missing, and no
// others may be there.
type object map[string]kind

func (o object) check(value any) error {
	values, is := value.(map[string]any)
	if !is {
		return fmt.Errorf("got %v, want an object", value)
	}
	for name := range values {
		if o[name] == nil && o[name+"?"] == nil {
			return fmt.Errorf(".%s is no name of HAR", name)
		}
	}
	for name, check := range o {
		name, optional := strings.CutSuffix(name, "?")
		value, has := values[name]
		if !has && optional {
			continue
		}
		if !has {
			return fmt.Errorf(".%s is missing", name)
		}
		if err := check(value); err != nil {
			return fmt.Errorf(".%s: %w", name, err)
		}
	}
	return nil
}

// archive is HAR 1.2, as far as it concerns us.
var (
	pair   = object{"name": text, "value": text, "comment?": text}.check
	cookie = object{
		"name": text, "value": text, "path?": text, "domain?": text, "expires?": date,
		"httpOnly?": boolean, "secure?": boolean, "comment?": text,
	}.check
	request = object{
		"method": word, "url": address, "httpVersion": word, "cookies": list(cookie), "headers": list(pair),
		"queryString": list(pair), "headersSize": whole, "bodySize": whole, "comment?": text,
		"postData?": object{"mimeType": text, "text": text, "_encoding?": one("base64"), "comment?": text}.check,
	}.check
	response = object{
		"status": whole, "statusText": text, "httpVersion": text, "cookies": list(cookie), "headers": list(pair),
		"redirectURL": text, "headersSize": whole, "bodySize": whole, "comment?": text,
		"content": object{
			"size": whole, "compression?": whole, "mimeType": text, "text?": text, "encoding?": one("base64"), "comment?": text,
		}.check,
	}.check
	entry = object{
		"pageref?": text, "startedDateTime": date, "time": milliseconds, "request": request, "response": response,
		"cache":            object{}.check,
		"timings":          object{"send": milliseconds, "wait": milliseconds, "receive": milliseconds}.check,
		"serverIPAddress?": one("127.0.0.1"), "connection?": word, "comment?": text,
	}.check
	archive = object{"log": object{
		"version": one("1.2"), "creator": object{"name": one("barewire"), "version": one("v1"), "comment?": text}.check,
		"entries": list(entry), "comment?": text,
	}.check}.check
)

// har makes an archive, checks its form, and returns its entries.
func har(t *testing.T, exchanges []*history.Exchange) (log map[string]any, entries []map[string]any) {
	t.Helper()
	b, err := export.HAR(exchanges, "v1")
	if err != nil {
		t.Fatal(err)
	}
	var decoded map[string]any
	if err := json.Unmarshal(b, &decoded); err != nil {
		t.Fatal(err)
	}
	if err := archive(decoded); err != nil {
		t.Errorf("%v in\n%s", err, b)
	}
	if strings.ContainsRune(string(b), '\ufffd') {
		t.Errorf("bytes were lost in\n%s", b)
	}
	log = decoded["log"].(map[string]any)
	for _, entry := range log["entries"].([]any) {
		entries = append(entries, entry.(map[string]any))
	}
	return log, entries
}

// cookies answers with all that HAR has a place for.
func cookies(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("302 Found", wsgi.Headers{
		{"Content-Type", "text/plain"},
		{"Location", "/there"},
		{"Set-Cookie", "a=b=c; Path=/p; Domain=x; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; HttpOnly"},
		{"Set-Cookie", "d="},
		{"X-Latin", "caf\xe9"},
	})
	return wsgi.List{[]byte("a"), []byte("b\xff")}
}

func TestHAR(t *testing.T) {
	tests := []struct {
		name, request     string
		app               wsgi.Application
		wantReq, wantResp string // in JSON, parts of what is there
	}{
		{
			"a form", "POST /a?b=c&d=%20e+f&g&=h HTTP/1.1\r\nHost: x\r\nCookie: a=b; c=d=e\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nGrü!", echo.App,
			`{"method":"POST","url":"http://x/a?b=c&d=%20e+f&g&=h","httpVersion":"HTTP/1.1","bodySize":5,
			"headersSize":112,
			"cookies":[{"name":"a","value":"b"},{"name":"c","value":"d=e"}],
			"headers":[{"name":"Host","value":"x"},{"name":"Cookie","value":"a=b; c=d=e"},{"name":"Content-Type","value":"text/plain"},{"name":"Content-Length","value":"5"}],
			"queryString":[{"name":"b","value":"c"},{"name":"d","value":" e f"},{"name":"g","value":""},{"name":"","value":"h"}],
			"postData":{"mimeType":"text/plain","text":"Grü!"}}`,
			`{"status":200,"statusText":"OK","httpVersion":"HTTP/1.1","cookies":[],"redirectURL":"","bodySize":15,"content":{"size":5,"mimeType":"text/plain","text":"Grü!"}}`,
		},
		{
			"cookies and chunks", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", cookies,
			`{"url":"http://x/","bodySize":0,"headersSize":27,"queryString":[]}`,
			`{"status":302,"statusText":"Found","redirectURL":"/there",
			"cookies":[{"name":"a","value":"b=c","path":"/p","domain":"x","expires":"2026-10-21T07:28:00Z","httpOnly":true,"secure":true},{"name":"d","value":""}],
			"bodySize":18,"content":{"size":3,"mimeType":"text/plain","text":"YWL/","encoding":"base64"}}`,
		},
		{
			"a whole URL and chunks that are no text", "PUT http://y/a HTTP/1.1\r\nHost: x\r\nX: \xe9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\xff\r\n0\r\n\r\n", echo.App,
			`{"url":"http://y/a","bodySize":11,"postData":{"mimeType":"","text":"/w==","_encoding":"base64"},"headers":[{"name":"Host","value":"x"},{"name":"X","value":"é"},{"name":"Transfer-Encoding","value":"chunked"}]}`,
			`{"content":{"size":1,"mimeType":"application/octet-stream","text":"/w==","encoding":"base64"}}`,
		},
		{
			"HEAD", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", cookies,
			`{"method":"HEAD"}`, `{"status":302,"bodySize":0,"content":{"size":0,"mimeType":"text/plain"}}`,
		},
		{
			"until the end of the connection", "GET / HTTP/1.0\r\nHost: x\r\n\r\n", cookies,
			`{"httpVersion":"HTTP/1.0"}`, `{"bodySize":3,"content":{"size":3,"mimeType":"text/plain","text":"YWL/","encoding":"base64"}}`,
		},
		{
			"100 Continue before", "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", echo.App,
			`{"bodySize":1}`, `{"status":200,"content":{"size":1,"mimeType":"application/octet-stream","text":"x"}}`,
		},
		{
			"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", echo.App,
			`{"url":"http://x"}`, `{"status":200}`,
		},
		{
			"what step 04 refuses", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", echo.App,
			`{"url":"http://x/a","headers":[{"name":"Host","value":"x"},{"name":"Host","value":"y"}]}`, `{"status":400,"statusText":"Bad Request"}`,
		},
		{
			"no answer", "GET / HTTP/1.0\r\nHost: x\r\n\r\n", goes,
			`{"method":"GET"}`, `{"status":0,"statusText":"","httpVersion":"","headers":[],"cookies":[],"headersSize":-1,"bodySize":-1,"content":{"size":0,"mimeType":""}}`,
		},
		{
			"a body that was cut", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + strings.Repeat("x", 2000), echo.App,
			`{"bodySize":2000,"postData":{"mimeType":"","text":"` + strings.Repeat("x", 1000-50) + `","comment":"the first 950 bytes; what follows was not sent, or not kept"}}`, `{"status":200}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, entries := har(t, seen(t, test.app, small, test.request))
			if len(entries) != 1 {
				t.Fatalf("got %d entries, want 1", len(entries))
			}
			contains(t, "request", entries[0]["request"].(map[string]any), test.wantReq)
			contains(t, "response", entries[0]["response"].(map[string]any), test.wantResp)
		})
	}
}

func contains(t *testing.T, what string, got map[string]any, want string) {
	t.Helper()
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	for name, value := range wanted {
		if diff := cmp.Diff(value, got[name]); diff != "" {
			t.Errorf("%s.%s (-want +got):\n%s", what, name, diff)
		}
	}
}

// TestHARLeavesOut checks that no request is made up for broken bytes.
func TestHARLeavesOut(t *testing.T) {
	log, entries := har(t, seen(t, echo.App, small, "GET / H", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"))
	if len(entries) != 1 || log["comment"] != "left out, without a request line: 2" {
		t.Errorf("got %d entries and the comment %q", len(entries), log["comment"])
	}
	log, entries = har(t, nil)
	if len(entries) != 0 || log["comment"] != nil {
		t.Errorf("of nothing, got %v", log)
	}
}

// TestHARTimes has an exchange of known times.
func TestHARTimes(t *testing.T) {
	began := time.Date(2026, 3, 31, 12, 54, 48, 5e6, time.FixedZone("", 2*60*60))
	after := func(ms int) server.Place {
		return server.Place{Conn: 7, Request: 9, At: began.Add(time.Duration(ms) * time.Millisecond)}
	}
	head := server.Bytes("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
	h := history.New(small)
	for _, event := range []server.Event{
		server.Opened{Place: server.Place{Conn: 7, At: began}},
		server.Received{Place: after(0), Bytes: head, Size: len(head)},
		server.Passed{Place: after(1), Step: 2, Head: head},
		server.Sent{Place: after(2), Bytes: server.Bytes("HTTP/1.1 100 Continue\r\n\r\n"), Size: 25},
		server.Received{Place: after(3), Bytes: server.Bytes("x"), Size: 1},
		server.Sent{Place: after(7), Bytes: server.Bytes("HTTP/1.1 200 OK\r\n\r\n"), Size: 19},
		server.Received{Place: after(8), Bytes: server.Bytes("GET"), Size: 3},
		server.Ended{Place: after(15), In: int64(len(head)) + 1, Out: 44, Took: 15 * time.Millisecond},
	} {
		h.Add(event)
	}
	_, entries := har(t, h.Exchanges)
	contains(t, "entry", entries[0], `{"startedDateTime":"2026-03-31T12:54:48.005+02:00","time":15,"timings":{"send":3,"wait":4,"receive":8},"connection":"7","comment":"request 9: 200 OK"}`)
}
