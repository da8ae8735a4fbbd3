package cgi_test

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"barewire/server/cgi"
	wsgi "barewire/steps/06_wsgi"
)

// FuzzRun lets a parent say anything in the variables, and an application anything
// in its head. What comes out is one head, and what the application reads is no
// more than the parent promised.
func FuzzRun(f *testing.F) {
	for _, path := range []string{"", "/", "/a b\xff", "a"} {
		for _, length := range []string{"", "0", "3", "9", "-1", "+3", "x", "99999999999999999999"} {
			f.Add("POST", path, length, []byte("hello"), "200 OK", "X", "1")
		}
	}
	f.Add("", "/", "", []byte{}, "200 OK", "X", "1")
	f.Add("GE T", "/", "", []byte{}, "200 OK", "X", "1")
	f.Add("HEAD", "/", "", []byte{}, "304 Not Modified", "Content-Length", "5")
	f.Add("GET", "/", "", []byte{}, "200 OK\nX: 1", "X", "1")
	f.Add("GET", "/", "", []byte{}, "404 ", "status", "200 OK")
	f.Add("GET", "/", "", []byte{}, "200 OK", "Location", "/a\n\nb")
	f.Add("GET", "/", "", []byte{}, "200 OK", "content-type", "")
	f.Fuzz(func(t *testing.T, method, path, length string, in []byte, status, name, value string) {
		env := []string{"REQUEST_METHOD=" + method, "PATH_INFO=" + path, "CONTENT_LENGTH=" + length, "HTTP_PROXY=p", "PATH=/bin"}
		called := false
		app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			called = true
			for _, own := range []string{"HTTP_PROXY", "PATH"} {
				if _, found := environ[own]; found {
					t.Errorf("the environ has %s", own)
				}
			}
			body, err := io.ReadAll(environ.Input())
			promised, _ := strconv.Atoi(length) // none is 0
			if !bytes.HasPrefix(in, body) || len(body) > promised || err == nil && len(body) < promised {
				t.Errorf("of %q and the length %q the application reads %q, %v", in, length, body, err)
			}
			if err != nil {
				return wsgi.Fail(err)
			}
			start(status, wsgi.Headers{{name, value}})
			return wsgi.Text("hi\n")
		}
		var out bytes.Buffer
		err := cgi.Run(app, env, bytes.NewReader(in), &out, io.Discard)
		if method == "" {
			if err != cgi.ErrNoRequest || out.Len() > 0 {
				t.Errorf("without a method Run = %v and says %q", err, &out)
			}
			return
		}
		sent := out.String()
		got, headErr := textproto.NewReader(bufio.NewReader(&out)).ReadMIMEHeader()
		if headErr != nil || len(got["Status"]) != 1 {
			t.Fatalf("of %q Run says %q, which is no head: %v", env, sent, headErr)
		}
		if err != nil {
			if code := got.Get("Status")[:1]; code != "4" && code != "5" {
				t.Errorf("of %q Run = %v and says %q", env, err, sent)
			}
			return
		}
		want := textproto.MIMEHeader{"Status": {strings.Trim(status, " \t")}}
		if !strings.EqualFold(name, "Status") { // which is CGI's own here
			want.Set(name, strings.Trim(value, " \t"))
		}
		for _, own := range []string{"Content-Type", "Content-Length"} {
			if _, found := want[own]; !found || own == "Content-Length" {
				delete(got, own)
				delete(want, own)
			}
		}
		if !called || !reflect.DeepEqual(got, want) {
			t.Errorf("start(%q, %s: %q) becomes %q", status, name, value, sent)
		}
	})
}
