package classroom_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"barewire/apps/classroom"
	"barewire/internal/apptest"
)

// A class reports at the same time, and looks at the board meanwhile.
func TestManyAtOnce(t *testing.T) {
	url, _ := apptest.Serve(t, new(classroom.Board).Call)
	var class sync.WaitGroup
	for i := range 20 {
		class.Add(1)
		go func() {
			defer class.Done()
			for k := 1; k <= 5; k++ {
				report := of(fmt.Sprintf("learner %02d", i), true, fmt.Sprint("03.", k))
				if status, text := ask(t, "POST", url+"/report", report); status != 204 || text != "" {
					t.Errorf("%s is answered %d %q", report, status, text)
				}
				if status, _ := ask(t, "GET", url+"/board.json", ""); status != 200 {
					t.Errorf("the board is answered %d", status)
				}
			}
		}()
	}
	class.Wait()
	_, text := ask(t, "GET", url+"/", "")
	if lines, done := strings.Count(text, "\n"), strings.Count(text, "✓"); lines != 21 || done != 20 {
		t.Errorf("the board has %d lines and %d signs, want 21 and 20:\n%s", lines, done, text)
	}
}

// Too much is refused on the wire too, and the server lives on.
func TestTooMuchOnTheWire(t *testing.T) {
	url, _ := apptest.Serve(t, new(classroom.Board).Call)
	if status, text := ask(t, "POST", url+"/report", strings.Repeat(" ", 256<<10+1)); status != 413 || text != "A report has at most 262144 bytes.\n" {
		t.Errorf("too much is answered %d %q", status, text)
	}
	if status, _ := ask(t, "POST", url+"/report", of("ada", true)); status != 204 {
		t.Errorf("the next report is answered %d", status)
	}
}

// ask sends a request, and returns the status and the whole body.
func ask(t *testing.T, method, url, report string) (status int, text string) {
	request, err := http.NewRequest(method, url, bytes.NewReader([]byte(report)))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(all)
}
