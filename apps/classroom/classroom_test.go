package classroom_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/classroom"
	"barewire/internal/apptest"
	"barewire/internal/check"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

// board is an empty one whose clock stands still.
func board() *classroom.Board {
	return &classroom.Board{Now: func() time.Time { return time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC) }}
}

// post sends a report as JSON.
func post(b *classroom.Board, report string) apptest.Answer {
	return apptest.Run(b.Call, wsgi.Environ{
		"REQUEST_METHOD": "POST",
		"PATH_INFO":      "/report",
		"CONTENT_TYPE":   "application/json",
		"wsgi.input":     apptest.Input(body.Framing{Length: int64(len(report))}, report),
	})
}

// get asks for a path, and returns the text.
func get(t *testing.T, b *classroom.Board, path, accept string) (answer apptest.Answer, text string) {
	t.Helper()
	answer = apptest.Run(b.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_ACCEPT": accept})
	if answer.Err != nil || answer.Status != "200 OK" {
		t.Fatalf("GET %s is answered %q, %v", path, answer.Status, answer.Err)
	}
	return answer, strings.Join(answer.Chunks, "")
}

// of is a report of these checks, all passed or all failed.
func of(learner string, passed bool, ids ...string) string {
	type result struct {
		ID     string `json:"id"`
		Passed bool   `json:"passed"`
	}
	results := []result{}
	for _, id := range ids {
		results = append(results, result{id, passed})
	}
	text, err := json.Marshal(map[string]any{"learner": learner, "results": results})
	if err != nil {
		panic(err) // strings and bools
	}
	return string(text)
}

func TestText(t *testing.T) {
	b := board()
	if _, text := get(t, b, "/", "*/*"); text != "Nobody has reported yet: barewire check --report URL --as NAME\n" {
		t.Errorf("the empty board is %q", text)
	}
	for _, report := range []string{
		of("bob", true, "01.1", "01.2", "03.1", "03.2", "03.3"),
		of("bob", false, "03.4", "04.9"),
		of("ada", true, "01.1", "01.2", "01.3", "01.4", "01.5", "10.7"),
		of("zoë", true),
	} {
		if got := post(b, report); got.Err != nil || got.Status != "204 No Content" || strings.Join(got.Chunks, "") != "" {
			t.Fatalf("%s is answered %q %q, %v", report, got.Status, got.Chunks, got.Err)
		}
	}
	const want = `
learner  01        02  03        04        05  06     07  08  09  10        last report
ada      ✓                                     given              core 0/5  2026-03-31 12:54:48 UTC
bob      core 2/5      core 3/5  core 0/5      given                        2026-03-31 12:54:48 UTC
zoë                                            given                        2026-03-31 12:54:48 UTC
`
	answer, text := get(t, b, "/", "*/*")
	if "\n"+text != want {
		t.Errorf("the board is\n%s\nwant%s", text, want)
	}
	if !slices.Contains(answer.Headers, [2]string{"Content-Type", "text/plain; charset=utf-8"}) {
		t.Errorf("the headers of the text are %q", answer.Headers)
	}

	// What held once can fail again.
	post(b, of("ada", false, "01.5"))
	if _, text := get(t, b, "", ""); !strings.Contains(text, "\nada      core 4/5 ") {
		t.Errorf("after a step back the board is\n%s", text)
	}
}

// The cells count those checks that are core.
func TestCores(t *testing.T) {
	b := board()
	for step := 1; step <= 10; step++ {
		var core, others []string
		for _, c := range check.Of(step) {
			if c.Core {
				core = append(core, c.ID)
			} else {
				others = append(others, c.ID)
			}
		}
		if len(core) > 0 {
			post(b, of("all", true, core...))
			post(b, of("all but one", true, append(others, core[1:]...)...))
		}
	}
	var got struct {
		Learners []struct{ Core, Of map[string]int }
	}
	_, text := get(t, b, "/board.json", "")
	if err := json.Unmarshal([]byte(text), &got); err != nil || len(got.Learners) != 2 {
		t.Fatalf("the board is %q, %v", text, err)
	}
	for step := 1; step <= 10; step++ {
		name := fmt.Sprintf("%02d", step)
		all, less := got.Learners[0], got.Learners[1]
		if all.Core[name] != all.Of[name] || less.Core[name] != max(0, less.Of[name]-1) {
			t.Errorf("step %s has %d and %d of %d", name, all.Core[name], less.Core[name], all.Of[name])
		}
	}
	if _, text := get(t, b, "/", ""); strings.Count(text, "✓") != 9 {
		t.Errorf("who passed all has not nine signs:\n%s", text)
	}
}

func TestHTML(t *testing.T) {
	b := board()
	post(b, of(`<b>"ada"&`, true, "03.1"))
	answer, text := get(t, b, "/", "text/html,application/xhtml+xml,*/*;q=0.8")
	if !slices.Contains(answer.Headers, [2]string{"Content-Type", "text/html; charset=utf-8"}) {
		t.Errorf("the headers of the page are %q", answer.Headers)
	}
	for _, want := range []string{
		`<meta http-equiv="refresh" content="5">`, "<th>01</th>", "<th>10</th>",
		"<td>&lt;b&gt;&#34;ada&#34;&amp;</td>", "<td>core 1/5</td>", "<td>2026-03-31 12:54:48 UTC</td>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s:\n%s", want, text)
		}
	}
	for _, wrong := range []string{"<b>", "<script"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the page has %s:\n%s", wrong, text)
		}
	}
}

func TestJSON(t *testing.T) {
	b := board()
	post(b, of("<ada>", true, "03.1"))
	const want = `{"learners":[{"learner":"\u003cada\u003e","last":"2026-03-31T12:54:48Z","core":{"03":1},` +
		`"of":{"01":5,"02":5,"03":5,"04":5,"05":5,"06":0,"07":5,"08":4,"09":5,"10":5},"results":{"03.1":true}}]}` + "\n"
	if _, text := get(t, b, "/board.json", "text/html"); text != want {
		t.Errorf("the board is\n%s, want\n%s", text, want)
	}
}

// What check --json prints can stand in a report.
func TestResultsAsTheyArePrinted(t *testing.T) {
	b := board()
	result, err := json.Marshal(check.Result{Check: check.Of(3)[0], Passed: true, At: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got := post(b, `{"learner":"ada","results":[`+string(result)+`]}`); got.Status != "204 No Content" {
		t.Errorf("%s is answered %q %q", result, got.Status, got.Chunks)
	}
	if _, text := get(t, b, "/", ""); !strings.Contains(text, "core 1/5") {
		t.Errorf("the board is\n%s", text)
	}
}

func TestRefused(t *testing.T) {
	const name = "This is no report: learner is a name of 1 to 40 printable characters.\n"
	const id = "This is no report: an id is a step, a dot and a number, such as 03.4.\n"
	const form = `This is no report: it is not JSON as the board wants it, {"learner": NAME, "results": [{"id": ID, "passed": BOOL}]}.` + "\n"
	tests := []struct{ report, status, answer string }{
		{"", "400 Bad Request", form},
		{"{", "400 Bad Request", form},
		{"[]", "400 Bad Request", form},
		{`{"learner":1}`, "400 Bad Request", form},
		{`{"learner":"ada","results":{}}`, "400 Bad Request", form},
		{`{"learner":"ada","results":[{"id":"03.4","passed":1}]}`, "400 Bad Request", form},
		{`{"learner":"ada"} {"learner":"bob"}`, "400 Bad Request", form},
		{strings.Repeat("[", 200_000), "400 Bad Request", form},
		{"{\"learner\":\"a\xff\"}", "400 Bad Request", "This is no report: it is not UTF-8.\n"},
		{"{}", "400 Bad Request", name},
		{of(" \t ", true), "400 Bad Request", name},
		{of(strings.Repeat("ü", 41), true), "400 Bad Request", name},
		{of("ada\x1b[2J", true), "400 Bad Request", name},
		{of("ada\nbob", true), "400 Bad Request", name},
		{of("ada\tbob", true), "400 Bad Request", name},
		{of("ada\u202ebob", true), "400 Bad Request", name}, // turns the line around
		{of("ada\u200b", true), "400 Bad Request", name},
		{of("ada", true, "03.4", ""), "400 Bad Request", id},
		{of("ada", true, "3.4"), "400 Bad Request", id},
		{of("ada", true, "00.1"), "400 Bad Request", id},
		{of("ada", true, "11.1"), "400 Bad Request", id},
		{of("ada", true, "03.0"), "400 Bad Request", id},
		{of("ada", true, "03.100"), "400 Bad Request", id},
		{of("ada", true, "03.4\n"), "400 Bad Request", id},
		{of("ada", true, "<b>"), "400 Bad Request", id},
		{`{"learner":"ada","results":[{"id":"03.4"}]}`, "400 Bad Request", "This is no report: each result has passed, true or false.\n"},
		{of("ada", true) + strings.Repeat(" ", 256<<10), "413 Content Too Large", "A report has at most 262144 bytes.\n"},
	}
	b := board()
	for _, test := range tests {
		got := post(b, test.report)
		if text := strings.Join(got.Chunks, ""); got.Err != nil || got.Status != test.status || text != test.answer {
			t.Errorf("%.80q is answered %q %q, %v, want %q %q", test.report, got.Status, text, got.Err, test.status, test.answer)
		}
	}
	if _, text := get(t, b, "/board.json", ""); text != `{"learners":[]}`+"\n" {
		t.Errorf("afterwards the board is %s", text)
	}

	largest := of(strings.Repeat("ü", 40), true)
	if got := post(b, largest+strings.Repeat(" ", 256<<10-len(largest))); got.Status != "204 No Content" {
		t.Errorf("the largest report is answered %q %q", got.Status, got.Chunks)
	}
}

// A browser sends such a type for the page of another site without asking first.
func TestOnlyJSON(t *testing.T) {
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", ";"} {
		got := apptest.Run(board().Call, wsgi.Environ{"REQUEST_METHOD": "POST", "PATH_INFO": "/report", "CONTENT_TYPE": contentType})
		if got.Err != nil || got.Status != "415 Unsupported Media Type" {
			t.Errorf("Content-Type %q is answered %q, %v", contentType, got.Status, got.Err)
		}
	}
}

func TestPathsAndMethods(t *testing.T) {
	for _, test := range []struct{ method, path, status, allow string }{
		{"HEAD", "/", "200 OK", ""},
		{"HEAD", "/board.json", "200 OK", ""},
		{"POST", "/", "405 Method Not Allowed", "GET, HEAD"},
		{"DELETE", "/board.json", "405 Method Not Allowed", "GET, HEAD"},
		{"GET", "/report", "405 Method Not Allowed", "POST"},
		{"HEAD", "/report", "405 Method Not Allowed", "POST"},
		{"OPTIONS", "/report", "405 Method Not Allowed", "POST"},
		{"GET", "/nosuch", "404 Not Found", ""},
		{"GET", "/report/", "404 Not Found", ""},
	} {
		got := apptest.Run(board().Call, wsgi.Environ{"REQUEST_METHOD": test.method, "PATH_INFO": test.path})
		allow := ""
		for _, header := range got.Headers {
			if header[0] == "Allow" {
				allow = header[1]
			}
		}
		if got.Err != nil || got.Status != test.status || allow != test.allow {
			t.Errorf("%s %s is answered %q, Allow %q, %v, want %q, %q", test.method, test.path, got.Status, allow, got.Err, test.status, test.allow)
		}
	}
}

// A report that breaks off is the server's to refuse, and leaves nothing.
func TestBrokenOff(t *testing.T) {
	b := board()
	got := apptest.Run(b.Call, wsgi.Environ{
		"REQUEST_METHOD": "POST", "PATH_INFO": "/report", "CONTENT_TYPE": "application/json; charset=utf-8",
		"wsgi.input": apptest.Input(body.Framing{Length: 100}, of("ada", true)),
	})
	var refusal *refuse.Error
	if !errors.As(got.Err, &refusal) || got.Status != "" {
		t.Errorf("half a report is answered %q, %v, want the refusal of step 05", got.Status, got.Err)
	}
	if _, text := get(t, b, "/board.json", ""); text != `{"learners":[]}`+"\n" {
		t.Errorf("afterwards the board is %s", text)
	}
}

func TestFull(t *testing.T) {
	b := board()
	for i := range 200 {
		if got := post(b, of(fmt.Sprint("learner ", i), true)); got.Status != "204 No Content" {
			t.Fatalf("learner %d is answered %q %q", i, got.Status, got.Chunks)
		}
	}
	if got := post(b, of("ada", true)); got.Status != "403 Forbidden" || !slices.Equal(got.Chunks, []string{"The board is full: it has room for 200 learners.\n"}) {
		t.Errorf("learner 201 is answered %q %q", got.Status, got.Chunks)
	}
	if got := post(b, of("learner 7", true)); got.Status != "204 No Content" {
		t.Errorf("who stands there already is answered %q %q", got.Status, got.Chunks)
	}
}
