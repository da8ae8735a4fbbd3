package server_test

import (
	"slices"
	"strings"
	"testing"

	"barewire/server"
	requestline "barewire/steps/03_requestline"
	"barewire/steps/refuse"
)

// swap puts another function in the place of a stage. That is how a classic
// mistake is built into a server that knows nothing of it.
func swap(name string, do func(x *server.Exchange) error) func(*server.Server) {
	return func(s *server.Server) {
		i := slices.IndexFunc(s.Pipeline, func(stage server.Stage) bool { return stage.Name == name })
		s.Pipeline[i].Do = do
	}
}

func TestSwappedStage(t *testing.T) {
	const send = "GET   /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" // refused, by rights
	tests := []struct {
		name string
		swap func(*server.Server)
		want string
	}{
		{
			"splits the line as line.split() does",
			swap("requestline", func(x *server.Exchange) error {
				line, _, _ := strings.Cut(string(x.Head), "\r\n")
				words := strings.Fields(line)
				x.Line = requestline.Line{Method: words[0], Path: words[1], Version: words[2]}
				return nil
			}),
			ok + plain + "Content-Length: 20\r\n" + stamp + bye + "\r\nGET \"/hello\" \"\" \"x\"\n",
		},
		{
			"refuses",
			swap("read", func(*server.Exchange) error {
				return refuse.Because("418 I'm a Teapot", "a teapot brews no coffee", "RFC 2324 §2.3.2", []byte("coffee"))
			}),
			refusal{"", "", "418 I'm a Teapot", "02 read", "a teapot brews no coffee", "RFC 2324 §2.3.2", `"coffee"`}.row().want,
		},
		{
			"panics",
			swap("read", func(*server.Exchange) error { panic(errSecret) }),
			failed,
		},
		{
			"fails in a way that is no refusal, so nobody is left to tell",
			swap("read", func(*server.Exchange) error { return errSecret }),
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := start(t, told, test.swap).ask(t, send); got != test.want {
				t.Errorf("the server says\n%q, want\n%q", got, test.want)
			}
		})
	}
	t.Run("another server keeps its own", func(t *testing.T) {
		start(t, told).alive(t)
	})
}
