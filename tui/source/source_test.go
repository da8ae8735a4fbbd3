package source_test

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/steps"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
	"barewire/tui/source"
)

// line returns the one line of a place.
func line(t *testing.T, place source.Place) string {
	t.Helper()
	lines := source.Lines(place, 0)
	if len(lines) != 1 {
		t.Fatalf("Lines(%v, 0) = %q, want one line", place, lines)
	}
	return strings.TrimSpace(lines[0])
}

func TestWhere(t *testing.T) {
	for _, test := range []struct{ key, file, want string }{
		{"REQUEST_METHOD", "environ.go", `environ["REQUEST_METHOD"] = line.Method`},
		{"PATH_INFO", "environ.go", `environ["PATH_INFO"] = decode(line.Path)`},
		{"SERVER_PORT", "environ.go", `environ["SERVER_PORT"] = `},
		{"wsgi.input", "environ.go", `environ["wsgi.input"] = input`},
		{"CONTENT_LENGTH", "fields.go", `environ["CONTENT_LENGTH"] = `},
		{"CONTENT_TYPE", "fields.go", `add(environ, "CONTENT_TYPE", `},
		{"HTTP_COOKIE", "fields.go", `add(environ, "HTTP_COOKIE", `},
		{"HTTP_HOST", "fields.go", `add(environ, variable(field.Name)`},
		{"HTTP_X_REQUEST_ID", "fields.go", `add(environ, variable(field.Name)`},
	} {
		t.Run(test.key, func(t *testing.T) {
			place := source.Where(test.key)
			if got := line(t, place); place.File != "steps/07_environ/"+test.file || !strings.HasPrefix(got, test.want) {
				t.Errorf("Where(%s) is %v, %s, want %s in %s", test.key, place, got, test.want, test.file)
			}
		})
	}
}

// Whatever step 07 makes has a place, and the line there names it.
func TestWhereKnowsAll(t *testing.T) {
	made := make(wsgi.Environ)
	environ.Fill(made, environ.Request{
		Line:    requestline.Line{Method: "POST", Target: "/", Path: "/", Version: "HTTP/1.1"},
		Fields:  []headers.Field{{Name: "Host", Value: "h"}, {Name: "Cookie", Value: "a=b"}, {Name: "Content-Type", Value: "text/plain"}, {Name: "Content-Length", Value: "0"}},
		Framing: body.Framing{},
		Errors:  io.Discard,
	})
	for key := range made {
		name := `"` + key + `"`
		if key == "HTTP_HOST" {
			name = "variable(" // as of all fields without one of their own
		}
		if got := line(t, source.Where(key)); !strings.Contains(got, name) {
			t.Errorf("Where(%s) is the line %s", key, got)
		}
	}
}

func TestStep(t *testing.T) {
	for number, want := range map[int]string{
		1:  "01_listen/listen.go func Accept(",
		2:  "02_read/head.go func Head(",
		3:  "03_requestline/requestline.go func Parse(",
		4:  "04_headers/headers.go func Parse(",
		5:  "05_body/framing.go func Frame(",
		6:  "06_wsgi/wsgi.go type Application func(",
		7:  "07_environ/environ.go func Fill(",
		8:  "08_call/answer.go func Application(",
		9:  "09_response/writer.go func (w *Writer) Body(",
		10: "10_keepalive/keepalive.go func Persist(",
	} {
		place := source.Step(number)
		if got := place.File + " " + line(t, place); !strings.HasPrefix(got, "steps/"+want) {
			t.Errorf("Step(%d) is %s, want %s", number, got, want)
		}
	}
}

func TestPacket(t *testing.T) {
	for number, want := range map[int]string{
		1: "steps/01_listen/listen.go func Accept(",
		2: "server/uwsgi/packet.go func Packet(",
		3: "server/uwsgi/line.go func Line(",
		4: "server/uwsgi/line.go func Variables(",
		5: "server/uwsgi/body.go func Frame(",
		7: "server/uwsgi/environ.go func Fill(",
		8: "steps/08_call/answer.go func Application(",
	} {
		place := source.Packet(number)
		if got := place.File + " " + line(t, place); !strings.HasPrefix(got, want) {
			t.Errorf("Packet(%d) is %s, want %s", number, got, want)
		}
	}
}

func TestStatus(t *testing.T) {
	place := source.Status()
	if got, want := line(t, place), "buf = append(buf, answer.Status...)"; got != want || place.File != "steps/09_response/head.go" {
		t.Errorf("Status is %v, %s, want %s", place, got, want)
	}
}

func TestHeader(t *testing.T) {
	for name, want := range map[string]string{
		"Date":              `"Date", date`,
		"server":            `"Server", "barewire"`,
		"Content-Length":    `"Content-Length", strconv`,
		"Transfer-Encoding": `"Transfer-Encoding", "chunked"`,
		"Connection":        `"Connection", connection`,
	} {
		place := source.Header(name)
		if got := line(t, place); place.File != "steps/09_response/head.go" || !strings.HasPrefix(got, "buf = append") || !strings.Contains(got, want) {
			t.Errorf("Header(%s) is %v, %s, want %s in it", name, place, got, want)
		}
	}
}

// Whatever step 09 adds has a place.
func TestHeaderKnowsAll(t *testing.T) {
	for _, framing := range []response.Framing{response.Chunked, response.ByLength} {
		head := response.AppendHead(nil, &call.Answer{Status: "200 OK", Length: -1}, framing, 5, response.Date(time.Unix(0, 0)), "close")
		_, fields, _ := strings.Cut(strings.TrimSpace(string(head)), "\r\n")
		for field := range strings.SplitSeq(fields, "\r\n") {
			name, _, _ := strings.Cut(field, ":")
			if got := line(t, source.Header(name)); !strings.Contains(got, `"`+name) {
				t.Errorf("Header(%s) is the line %s", name, got)
			}
		}
	}
}

func TestNowhere(t *testing.T) {
	for name, place := range map[string]source.Place{
		"a variable of the server's":      source.Where("barewire.note"),
		"a variable of a middleware's":    source.Where("session"),
		"no variable":                     source.Where(""),
		"a header of the application's":   source.Header("Content-Type"),
		"a word that step 09 also writes": source.Header("HTTP/1.1 "),
		"step 0":                          source.Step(0),
		"step 11":                         source.Step(11),
	} {
		if place != (source.Place{}) {
			t.Errorf("%s is made at %v, want nowhere", name, place)
		}
		if lines := source.Lines(place, 3); lines != nil {
			t.Errorf("%s has the lines %q, want none", name, lines)
		}
	}
}

func TestLines(t *testing.T) {
	text, err := os.ReadFile("../../steps/refuse/refuse.go")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(text), "\t", "    "), "\n"), "\n")
	for _, test := range []struct {
		name         string
		line, around int
		want         []string
	}{
		{"one line", 12, 0, all[11:12]},
		{"lines around it", 12, 2, all[9:14]},
		{"the first", 1, 2, all[:3]},
		{"the last", len(all), 2, all[len(all)-3:]},
		{"more than there are", 12, 10000, all},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := source.Lines(source.Place{File: "steps/refuse/refuse.go", Line: test.line}, test.around); !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestPlaceString(t *testing.T) {
	if got, want := (source.Place{File: "steps/07_environ/environ.go", Line: 31}).String(), "steps/07_environ/environ.go:31"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The embedded files are all those of the steps, byte for byte.
func TestSourceIsWhole(t *testing.T) {
	var want []string
	for _, pattern := range []string{"../../steps/*/*.go", "../../steps/*/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 10 {
			t.Fatalf("%s finds %d files, %v", pattern, len(files), err)
		}
		want = append(want, files...)
	}
	count := 0
	err := fs.WalkDir(steps.Source, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			count++
		}
		return err
	})
	if err != nil || count != len(want) {
		t.Errorf("%d files are embedded, %v, want %d", count, err, len(want))
	}
	for _, file := range want {
		name := filepath.ToSlash(strings.TrimPrefix(filepath.Clean(file), filepath.Join("..", "..", "steps")+string(filepath.Separator)))
		onDisk, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if embedded, err := steps.Source.ReadFile(name); err != nil || string(embedded) != string(onDisk) {
			t.Errorf("%s is embedded otherwise, %v", name, err)
		}
	}
}
