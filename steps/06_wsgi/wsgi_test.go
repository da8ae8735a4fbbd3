package wsgi_test

import (
	"io"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
)

func TestEnvironText(t *testing.T) {
	environ := wsgi.Environ{
		"PATH_INFO":    "/hello",
		"SCRIPT_NAME":  "",
		"wsgi.version": [2]int{1, 0},
		"nil":          nil,
	}
	tests := []struct {
		name, key, want string
	}{
		{"a text", "PATH_INFO", "/hello"},
		{"an empty text", "SCRIPT_NAME", ""},
		{"no such key", "QUERY_STRING", ""},
		{"a value that is no text", "wsgi.version", ""},
		{"nil", "nil", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := environ.Text(test.key); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.key, got, test.want)
			}
		})
	}
	if got := wsgi.Environ(nil).Text("PATH_INFO"); got != "" {
		t.Errorf("Text of a nil Environ = %q, want nothing", got)
	}
}

// input is an Input that reads a text; it is the smallest there is.
type input struct{ *strings.Reader }

func (input) ReadLine(int) ([]byte, error) { return []byte("a line"), nil }

func (input) Lines(yield func([]byte, error) bool) { yield([]byte("a line"), nil) }

// What the accessors return is the very thing that the server put in.
func TestEnvironAccessors(t *testing.T) {
	var log strings.Builder
	body := input{strings.NewReader("name=ada")}
	wrap := func(file io.ReadCloser, blockSize int) wsgi.Body {
		return wsgi.File{Reader: file, Closer: file, BlockSize: blockSize}
	}
	environ := wsgi.Environ{
		"wsgi.input":        body,
		"wsgi.errors":       &log,
		"wsgi.file_wrapper": wsgi.FileWrapper(wrap),
	}
	if got := environ.Input(); got != wsgi.Input(body) {
		t.Errorf("Input() = %v, want %v", got, body)
	}
	if _, err := environ.Errors().Write([]byte("a word to the operator")); err != nil || log.String() != "a word to the operator" {
		t.Errorf("Errors() wrote %q, %v", log.String(), err)
	}
	file := io.NopCloser(strings.NewReader("text"))
	if got, want := environ.FileWrapper()(file, 7), (wsgi.File{Reader: file, Closer: file, BlockSize: 7}); got != wsgi.Body(want) {
		t.Errorf("FileWrapper()(file, 7) = %v, want %v", got, want)
	}
}
