//go:build unix

package command_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A disk that is full ends the record, with one message, and nothing else: requests
// are answered and shown as before. Here the disk is full for this one process,
// which may make no larger files.
func TestRecordOnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl")
	server := exec.Command("sh", "-c", `ulimit -f 8 && exec "$0" "$@"`,
		"barewire", "hello:App", "--addr", "127.0.0.1:0", "--trace", "plain", "--record", path)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errs, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { _ = server.Process.Kill() })
	defer stuck.Stop()
	reader := bufio.NewReader(out)
	line, err := reader.ReadString('\n')
	url, is := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !is {
		t.Fatalf("the server says %q, %v", line, err)
	}
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(reader)
		shown <- string(text)
	}()
	messages := make(chan string, 10)
	go func() {
		defer close(messages)
		for lines := bufio.NewScanner(errs); lines.Scan(); {
			messages <- lines.Text()
		}
	}()

	asked := 0
	ask := func() {
		asked++
		answer, err := http.Get(fmt.Sprintf("%s/hello?name=%d", url, asked))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if want := fmt.Sprintf("Hello, %d!\n", asked); string(got) != want || err != nil {
			t.Fatalf("the server says %q and %v, want %q", got, err, want)
		}
	}
	var said []string
	for len(said) == 0 {
		if ask(); asked > 1000 {
			t.Fatalf("the disk is full, and after %d requests the server says nothing", asked)
		}
		select {
		case message := <-messages:
			said = append(said, message)
		case <-time.After(10 * time.Millisecond):
		}
	}
	for range 5 {
		ask()
	}
	http.DefaultClient.CloseIdleConnections()
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	text := <-shown
	for message := range messages {
		said = append(said, message)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ends with %v", err)
	}
	if got, want := strings.Join(said, "\n"), fmt.Sprintf(
		"barewire: the record ends here, the server goes on: write %s: file too large\nthe record is %[1]s; barewire open shows it", path); got != want {
		t.Errorf("the server says\n%s\nwant\n%s", got, want)
	}
	if got := strings.Count(text, "< GET /hello?name="); got != asked {
		t.Errorf("the trace shows %d of %d requests", got, asked)
	}

	open, err := exec.Command("barewire", "open", path).CombinedOutput()
	if !strings.Contains(string(open), "< GET /hello?name=1 ") || !strings.Contains(string(open), "ends in the middle") {
		t.Errorf("barewire open says %v and\n%s", err, open)
	}
}
