package classroom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"slices"
	"strings"
	"text/tabwriter"

	wsgi "barewire/steps/06_wsgi"
)

// show answers with the board: a page for browsers, and text for all others.
func (b *Board) show(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	write, contentType := writeText, "text/plain"
	if wantsHTML(environ.Text("HTTP_ACCEPT")) {
		write, contentType = writeHTML, "text/html"
	}
	var board bytes.Buffer
	if err := write(&board, b.rows()); err != nil {
		return wsgi.Fail(err)
	}
	start("200 OK", wsgi.Headers{
		{"Content-Type", contentType + "; charset=utf-8"},
		{"Vary", "Accept"},
		{"Cache-Control", "no-store"},
	})
	return wsgi.List{board.Bytes()}
}

// showJSON answers with the board for programs.
func (b *Board) showJSON(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	text, err := json.Marshal(map[string][]row{"learners": b.rows()})
	if err != nil {
		return wsgi.Fail(err)
	}
	start("200 OK", wsgi.Headers{{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}})
	return wsgi.List{append(text, '\n')}
}

// wantsHTML tells whether a client names HTML. curl takes anything, */*, and
// shows it in a terminal. RFC 9110 §12.5.1
func wantsHTML(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		if mediaType, _, err := mime.ParseMediaType(part); err == nil && mediaType == "text/html" {
			return true
		}
	}
	return false
}

// column is the head of a step's column.
func column(step int) string { return fmt.Sprintf("%02d", step) }

// heads are those of all columns.
func heads() (heads []string) {
	for step := 1; step < len(cores); step++ {
		heads = append(heads, column(step))
	}
	return heads
}

// Cell tells how far a step is, "" for not begun.
func (r row) Cell(step string) string {
	switch core, of := r.Core[step], r.Of[step]; {
	case of == 0:
		return "given"
	case core == of:
		return "✓"
	case core > 0 || r.begun(step):
		return fmt.Sprintf("core %d/%d", core, of)
	}
	return ""
}

// begun tells whether any check of a step was reported.
func (r row) begun(step string) bool {
	for id := range r.Results {
		if strings.HasPrefix(id, step+".") {
			return true
		}
	}
	return false
}

// Reported is the time of the last report. It is UTC, for the server does not
// know where the reader sits.
func (r row) Reported() string { return r.Last.Format("2006-01-02 15:04:05 UTC") }

const nobody = "Nobody has reported yet: barewire check --report URL --as NAME"

func writeText(out *bytes.Buffer, rows []row) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(out, nobody)
		return err
	}
	lines := [][]string{slices.Concat([]string{"learner"}, heads(), []string{"last report"})}
	for _, row := range rows {
		line := []string{row.Learner}
		for _, step := range heads() {
			line = append(line, row.Cell(step))
		}
		lines = append(lines, append(line, row.Reported()))
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		if _, err := fmt.Fprintln(table, strings.Join(line, "\t")); err != nil {
			return err
		}
	}
	return table.Flush()
}

// page escapes what learners chose, as html/template always does.
var page = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width">
<title>The board</title>
<style>
body { font-family: sans-serif; margin: 1em }
table { border-collapse: collapse }
th, td { border: 1px solid; padding: 0.3em 0.6em; text-align: left }
</style>
</head>
<body>
{{if .Rows}}<table>
<tr><th>learner</th>{{range .Heads}}<th>{{.}}</th>{{end}}<th>last report</th></tr>
{{range $row := .Rows}}<tr><td>{{.Learner}}</td>{{range $.Heads}}<td>{{$row.Cell .}}</td>{{end}}<td>{{.Reported}}</td></tr>
{{end}}</table>
{{else}}<p>{{.Nobody}}</p>
{{end}}</body>
</html>
`))

func writeHTML(out *bytes.Buffer, rows []row) error {
	return page.Execute(out, struct {
		Heads  []string
		Rows   []row
		Nobody string
	}{heads(), rows, nobody})
}
