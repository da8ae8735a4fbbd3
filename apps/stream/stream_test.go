package stream_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"barewire/apps/stream"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApp(t *testing.T) {
	tests := []struct {
		name   string
		query  string
		status string
		chunks []string
	}{
		{"three lines", "lines=3&pause=0", "200 OK", []string{"line 1 of 3\n", "line 2 of 3\n", "line 3 of 3\n"}},
		{"one line", "lines=1", "200 OK", []string{"line 1 of 1\n"}},
		{"no line at all", "lines=0", "200 OK", nil},
		{"a field of no meaning", "lines=1&x=1", "200 OK", []string{"line 1 of 1\n"}},
		{"too many lines", "lines=1001", "400 Bad Request", []string{"lines is a number from 0 to 1000, not \"1001\".\n"}},
		{"too long a pause", "pause=5001", "400 Bad Request", []string{"pause is a number from 0 to 5000, not \"5001\".\n"}},
		{"less than nothing", "lines=-1", "400 Bad Request", []string{"lines is a number from 0 to 1000, not \"-1\".\n"}},
		{"no number", "lines=", "400 Bad Request", []string{"lines is a number from 0 to 1000, not \"\".\n"}},
		{"a huge number", "lines=99999999999999999999", "400 Bad Request", []string{"lines is a number from 0 to 1000, not \"99999999999999999999\".\n"}},
		{"no form", "lines=1;pause=0", "400 Bad Request", []string{"invalid semicolon separator in query.\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(stream.App, wsgi.Environ{"QUERY_STRING": test.query})
			if got.Err != nil || got.Status != test.status {
				t.Errorf("App answers %q, %v, want %q", got.Status, got.Err, test.status)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if !slices.Equal(got.Chunks, test.chunks) {
				t.Errorf("chunks = %q, want %q", got.Chunks, test.chunks)
			}
		})
	}
}

func TestTenLinesWhenNotAsked(t *testing.T) {
	got := apptest.Run(stream.App, wsgi.Environ{"QUERY_STRING": "pause=0"})
	if len(got.Chunks) != 10 || got.Chunks[9] != "line 10 of 10\n" {
		t.Errorf("chunks = %q, want ten lines", got.Chunks)
	}
}

// TestStartsLate checks that nothing has happened when App returns, that a line
// is made only when it is asked for, and that none is after the last.
func TestStartsLate(t *testing.T) {
	started := 0
	start := func(string, wsgi.Headers, ...error) wsgi.Write {
		started++
		return nil
	}
	body := stream.App(wsgi.Environ{"QUERY_STRING": "lines=3&pause=0"}, start)
	if started != 0 {
		t.Error("App called start_response before its first chunk was asked for")
	}
	var got []string
	for chunk, err := range body.Chunks {
		if err != nil || started != 1 {
			t.Fatalf("at chunk %q: error %v, start_response called %d times, want once", chunk, err, started)
		}
		got = append(got, string(chunk))
		if len(got) == 2 {
			break // the client is gone
		}
	}
	if want := []string{"line 1 of 3\n", "line 2 of 3\n"}; !slices.Equal(got, want) {
		t.Errorf("chunks = %q, want %q", got, want)
	}
}

func TestPausesBetweenLines(t *testing.T) {
	began := time.Now()
	apptest.Run(stream.App, wsgi.Environ{"QUERY_STRING": "lines=3&pause=10"})
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("three lines with two pauses of 10 ms took %v", took)
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, stream.App, "/?lines=2&pause=0")
	if want := "line 1 of 2\nline 2 of 2\n"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleApp() {
	answer := apptest.Run(stream.App, wsgi.Environ{"QUERY_STRING": "lines=3&pause=1"})
	for i, chunk := range answer.Chunks {
		fmt.Printf("chunk %d: %q\n", i+1, chunk)
	}
	// Output:
	// chunk 1: "line 1 of 3\n"
	// chunk 2: "line 2 of 3\n"
	// chunk 3: "line 3 of 3\n"
}
