package python

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
)

// Python reads what we write: text is latin-1, and Go's own values stay here.
func TestAppendEnviron(t *testing.T) {
	program, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("BAREWIRE_NO_SKIP") != "" {
			t.Fatal("python3 is not installed, and BAREWIRE_NO_SKIP is set")
		}
		t.Skip("python3 is not installed, so nobody reads its marshal format")
	}
	long := strings.Repeat("x", 300)
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"no text", "", "{'k': ''}"},
		{"a text", "/hello", "{'k': '/hello'}"},
		{"a long text", long, "{'k': '" + long + "'}"},
		{"bytes beyond ASCII", "caf\xe9 \xc3\xa9", `{'k': 'caf\xe9 \xc3\xa9'}`},
		{"true", true, "{'k': True}"},
		{"false", false, "{'k': False}"},
		{"a value of Go", [2]int{1, 0}, "{}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			python := exec.Command(program, "-c", "import marshal, sys; print(ascii(marshal.load(sys.stdin.buffer)))")
			python.Stdin = bytes.NewReader(appendEnviron(nil, wsgi.Environ{"k": test.value}, false))
			got, err := python.Output()
			if err != nil || strings.TrimSpace(string(got)) != test.want {
				t.Errorf("Python reads %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

// take takes the values of (b'chunk', 258, None, True, [b'a', b”]).
func take(m *message) (kind string, n int, none, truth bool, list []string) {
	m.count()
	kind, n, none, truth = string(m.bytes()), m.integer(), m.maybe() == nil, m.truth()
	for range m.count() {
		list = append(list, string(m.bytes()))
	}
	return kind, n, none, truth, list
}

const marshalled = "(\x05\x00\x00\x00" + "s\x05\x00\x00\x00chunk" + "i\x02\x01\x00\x00" + "N" + "T" + "[\x02\x00\x00\x00" + "s\x01\x00\x00\x00a" + "s\x00\x00\x00\x00"

func TestMessage(t *testing.T) {
	m := message{rest: []byte(marshalled)}
	kind, n, none, truth, list := take(&m)
	if m.err != nil || kind != "chunk" || n != 258 || !none || !truth || strings.Join(list, "|") != "a|" {
		t.Errorf("took %q %d %v %v %q, %v", kind, n, none, truth, list, m.err)
	}
	for length := range len(marshalled) {
		m := message{rest: []byte(marshalled[:length])}
		if take(&m); m.err == nil {
			t.Errorf("the first %d bytes pass for a message", length)
		}
	}
}

// Whatever a worker sends, reading it ends.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(marshalled))
	f.Add([]byte("(\xff\xff\xff\xff"))
	f.Add([]byte("(\xff\xff\xff\x7fs\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		m := message{rest: frame}
		if _, _, _, _, list := take(&m); len(list) > len(frame) {
			t.Errorf("%d values in %d bytes", len(list), len(frame))
		}
	})
}
