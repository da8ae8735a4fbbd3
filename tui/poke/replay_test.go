package poke_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/tui/poke"
)

// pieces shows the writes of a script, with | between two. A half close is a !.
func pieces(script []poke.Move) string {
	var out strings.Builder
	for i, move := range script {
		switch {
		case move.HalfClose:
			out.WriteString("!")
		case move.Wait > 0:
			out.WriteString("|")
		case len(move.Say) == 0 || i > 0 && script[i-1].Wait == 0:
			out.WriteString("(no piece of its own)")
		default:
			out.Write(move.Say)
		}
	}
	return out.String()
}

func TestCuts(t *testing.T) {
	type cuts [][2]string
	tests := []struct {
		name    string
		request string
		want    cuts
	}{
		{"a request with a body", "GET / X\r\nA: b\r\n\r\nxyz", cuts{
			{"byte by byte", "G|E|T| |/| |X|\r|\n|A|:| |b|\r|\n|\r|\n|x|y|z"},
			{"before every CRLF", "GET / X|\r\nA: b|\r\n|\r\nxyz"},
			{"inside every CRLF", "GET / X\r|\nA: b\r|\n\r|\nxyz"},
			{"after every CRLF", "GET / X\r\n|A: b\r\n|\r\n|xyz"},
			{"inside the request line", "GET| / X\r\nA: b\r\n\r\nxyz"},
			{"before the empty line", "GET / X\r\nA: b\r\n|\r\nxyz"},
			{"inside the empty line", "GET / X\r\nA: b\r\n\r|\nxyz"},
			{"head now, body later", "GET / X\r\nA: b\r\n\r\n|xyz"},
			{"the last byte later", "GET / X\r\nA: b\r\n\r\nxy|z"},
			{"whole, and a half close behind it", "GET / X\r\nA: b\r\n\r\nxyz!"},
		}},
		{"without a body nothing is left for later", "G\r\n\r\n", cuts{
			{"byte by byte", "G|\r|\n|\r|\n"},
			{"before every CRLF", "G|\r\n|\r\n"},
			{"inside every CRLF", "G\r|\n\r|\n"},
			{"after every CRLF", "G\r\n|\r\n"},
			{"before the empty line", "G\r\n|\r\n"},
			{"inside the empty line", "G\r\n\r|\n"},
			{"the last byte later", "G\r\n\r|\n"},
			{"whole, and a half close behind it", "G\r\n\r\n!"},
		}},
		{"without a line end only bytes can be cut", "ab", cuts{
			{"byte by byte", "a|b"},
			{"the last byte later", "a|b"},
			{"whole, and a half close behind it", "ab!"},
		}},
		{"a packet has no lines, its body aside", "\x00\r\n\r\n", cuts{
			{"byte by byte", "\x00|\r|\n|\r|\n"},
			{"the last byte later", "\x00\r\n\r|\n"},
			{"whole, and a half close behind it", "\x00\r\n\r\n!"},
		}},
		{"of one byte there is only the end", "a", cuts{
			{"whole, and a half close behind it", "a!"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got cuts
			for _, cut := range poke.Cuts([]byte(test.request)) {
				got = append(got, [2]string{cut.Name, pieces(cut.Script)})
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("Cuts(%q) =\n%q\nwant\n%q", test.request, got, test.want)
			}
		})
	}
}

// A large request is cut so often and no oftener, and comes whole all the same.
func TestCutsAreBounded(t *testing.T) {
	request := bytes.Repeat([]byte("line\r\n"), 10_000)
	for _, cut := range poke.Cuts(request) {
		var wait time.Duration
		for _, move := range cut.Script {
			wait += move.Wait
		}
		if !bytes.Equal(said(cut.Script), request) {
			t.Errorf("%s: not the same bytes", cut.Name)
		}
		if len(cut.Script) > 2*500+1 || wait > 10*time.Second {
			t.Errorf("%s: %d moves, %v of waiting", cut.Name, len(cut.Script), wait)
		}
	}
}

// To a right server a request is the same, however it is cut.
func TestCutsChangeNothing(t *testing.T) {
	address := serve(t, hello.App, time.Minute)
	for name, request := range map[string]string{
		"a GET":     "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"a form":    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nname=ada",
		"in chunks": "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nname=ada\r\n0\r\n\r\n",
		"refused":   "GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n",
	} {
		status := "200 OK"
		if name == "refused" {
			status = "400 Bad Request"
		}
		for _, cut := range append(poke.Cuts([]byte(request)), poke.Cut{Name: "whole", Script: poke.Whole([]byte(request))}) {
			t.Run(name+"/"+cut.Name, func(t *testing.T) {
				t.Parallel()
				script := cut.Script
				if !script[len(script)-1].HalfClose {
					script = append(slices.Clone(script), poke.Move{HalfClose: true})
				}
				if outcome, got := ask(t, address, script); !slices.Equal(got, []string{status}) {
					t.Errorf("came back %q, %q, want %s", got, outcome.Bytes(), status)
				}
			})
		}
	}
}
