package poke_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/hello"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/poke"
)

// needCurl skips a test where its peer is missing.
func needCurl(t *testing.T) {
	t.Helper()
	t.Setenv("NO_PROXY", "*") // the server is here
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("BAREWIRE_NO_SKIP") != "" {
			t.Fatal("curl is not installed, and BAREWIRE_NO_SKIP is set")
		}
		t.Skip("curl, the peer of this test, is not installed")
	}
}

// inOrder tells whether the text has all of these, one behind the other.
func inOrder(text []byte, parts ...string) bool {
	for _, part := range parts {
		at := bytes.Index(text, []byte(part))
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

func TestCurl(t *testing.T) {
	needCurl(t)
	url := "http://" + serve(t, hello.App, time.Minute)
	tests := []struct {
		name string
		line string
		exit int
		want []string // parts of what is printed, in order
	}{
		{"both sides, and the body between the right lines", "curl -d name=ada " + url + "/hello", 0,
			[]string{"> POST /hello HTTP/1.1\r\n", "< HTTP/1.1 200 OK\r\n", "Hello, ada!\n", "left intact"}},
		{"a line without a URL asks the server", "curl -d name=eve", 0,
			[]string{"> POST / HTTP/1.1\r\n", "Hello, eve!\n"}},
		{"the word alone asks it too", "curl", 0,
			[]string{"> GET / HTTP/1.1\r\n", "Hello, world!\n"}},
		{"no word goes through a shell", "curl -d 'name=$(id)|`id`' " + url, 0,
			[]string{"Hello, $(id)|`id`!\n"}},
		{"a HEAD", "curl -I " + url, 0,
			[]string{"> HEAD / HTTP/1.1\r\n", "< HTTP/1.1 200 OK\r\n"}},
		{"an error status is an answer", "curl -H Host: " + url, 0,
			[]string{"< HTTP/1.1 400 Bad Request\r\n"}},
		{"it does not wait for a terminal to type on", "curl -d @- " + url, 0,
			[]string{"Hello, world!\n"}},
		{"nobody is there", "curl http://127.0.0.1:1/", 7,
			[]string{"curl: (7)"}},
		{"an option that there is not", "curl --bad-option", 2,
			[]string{"--bad-option"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			words, err := poke.Split(test.line)
			if err != nil {
				t.Fatal(err)
			}
			output, err := poke.Curl(context.Background(), words, url)
			if err != nil || output.Exit != test.exit {
				t.Errorf("Curl = %v, exit status %d, want %d", err, output.Exit, test.exit)
			}
			if !inOrder(output.Text, test.want...) || output.Size != int64(len(output.Text)) {
				t.Errorf("it printed %d bytes\n%s\nwant in it %q", output.Size, output.Text, test.want)
			}
			const ours = 4 // curl -sSvN -w REPORT
			if got := output.Args; !slices.Equal(got[:2], []string{"curl", "-sSvN"}) || !slices.Equal(got[ours:ours+len(words)-1], words[1:]) {
				t.Errorf("%q was run, want %q in it", output.Args, words[1:])
			}
		})
	}
}

// curl tells which connections it used, and what it was asked to tell is not seen.
func TestCurlTellsConnections(t *testing.T) {
	needCurl(t)
	address := serve(t, hello.App, time.Minute)
	url := "http://" + address
	for _, test := range []struct {
		name  string
		words []string
		exit  int
		want  []string // the other ends
	}{
		{"one", []string{"curl", url}, 0, []string{address}},
		{"two URLs", []string{"curl", url, url}, 0, []string{address, address}},
		{"--next", []string{"curl", url, "--next", url + "/b", "-:", url}, 0, []string{address, address, address}},
		{"none was made", []string{"curl", "http://127.0.0.1:1/"}, 7, []string{""}},
		{"its own -w", []string{"curl", "-w", "%{http_code}", url}, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			output, err := poke.Curl(context.Background(), test.words, url)
			if err != nil || output.Exit != test.exit {
				t.Fatalf("Curl = %v, exit status %d", err, output.Exit)
			}
			var got []string
			for _, conn := range output.Conns {
				got = append(got, conn.Remote)
				if (conn.Local == "") != (conn.Remote == "") || conn.Local == address {
					t.Errorf("the connection is %+v", conn)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("connected to %q, want %q", got, test.want)
			}
			if regexp.MustCompile(`[A-Z2-7]{26} `).Match(output.Text) || output.Size != int64(len(output.Text)) {
				t.Errorf("it printed %d bytes\n%s", output.Size, output.Text)
			}
		})
	}
}

// Of what is printed the first part is kept, and curl does not get stuck.
func TestCurlIsBounded(t *testing.T) {
	needCurl(t)
	large := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text(strings.Repeat("x", 4<<20))
	}
	output, err := poke.Curl(context.Background(), []string{"curl"}, "http://"+serve(t, large, time.Minute))
	if err != nil || output.Exit != 0 || len(output.Text) != 256<<10 || output.Size < 4<<20 {
		t.Errorf("Curl = %v, exit status %d, %d bytes kept of %d", err, output.Exit, len(output.Text), output.Size)
	}
}

// A curl whose request is held waits, until somebody cancels it.
func TestCurlCancelled(t *testing.T) {
	needCurl(t)
	ctx, cancel := context.WithCancel(context.Background())
	letGo := make(chan struct{})
	held := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		cancel()
		<-letGo
		start("200 OK", nil)
		return wsgi.Text("too late\n")
	}
	url := "http://" + serve(t, held, time.Minute)
	output, err := poke.Curl(ctx, []string{"curl"}, url)
	close(letGo)
	if !errors.Is(err, context.Canceled) || !inOrder(output.Text, "127.0.0.1") {
		t.Errorf("Curl = %v, %q, want %v, and what it had printed", err, output.Text, context.Canceled)
	}
}

func TestCurlRefuses(t *testing.T) {
	for _, words := range [][]string{nil, {"sh", "-c", "curl"}, {"/usr/bin/curl"}, {"Curl"}} {
		_, err := poke.Curl(context.Background(), words, "http://127.0.0.1:1")
		if err == nil || err.Error() != "the line begins with curl: no other program is run here" {
			t.Errorf("Curl(%q) = %v", words, err)
		}
	}
	t.Run("no curl at all", func(t *testing.T) {
		t.Setenv("PATH", "")
		_, err := poke.Curl(context.Background(), []string{"curl"}, "http://127.0.0.1:1")
		if err == nil || err.Error() != "curl is not installed, or not where programs are looked for" {
			t.Errorf("Curl = %v", err)
		}
	})
}
