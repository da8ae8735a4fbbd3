package classroom

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	wsgi "barewire/steps/06_wsgi"
)

// Strangers fill the board, so it has an end in each direction.
const (
	maxReport   = 256 << 10 // bytes
	maxLearners = 200
	maxName     = 40 // characters
)

// isCheck matches the ID of a check. There are fewer than a hundred in a step.
var isCheck = regexp.MustCompile(`^(0[1-9]|10)\.[1-9][0-9]?$`)

func checkID(step, k int) string { return fmt.Sprintf("%02d.%d", step, k) }

// A report is what a learner sends.
type report struct {
	Learner string `json:"learner"`
	Results []struct {
		ID     string `json:"id"`
		Passed *bool  `json:"passed"` // nil where it is missing
	} `json:"results"`
}

// take takes a report.
func (b *Board) take(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	// A page of another site can make a browser post here, but not with this
	// type: for that the browser asks first, and is told no.
	if mediaType, _, err := mime.ParseMediaType(environ.Text("CONTENT_TYPE")); err != nil || mediaType != "application/json" {
		return refuse(start, "415 Unsupported Media Type", "A report has Content-Type: application/json.")
	}
	text, err := io.ReadAll(io.LimitReader(environ.Input(), maxReport+1))
	if err != nil {
		return wsgi.Fail(err)
	}
	if len(text) > maxReport {
		return refuse(start, "413 Content Too Large", fmt.Sprintf("A report has at most %d bytes.", maxReport))
	}
	report, err := parse(text)
	if err != nil {
		return refuse(start, "400 Bad Request", "This is no report: "+err.Error()+".")
	}
	if !b.enter(report) {
		return refuse(start, "403 Forbidden", fmt.Sprintf("The board is full: it has room for %d learners.", maxLearners))
	}
	start("204 No Content", nil)
	return wsgi.List{}
}

// parse reads a report, and refuses what would not look well on a board.
func parse(text []byte) (r report, err error) {
	if !utf8.Valid(text) {
		return r, errors.New("it is not UTF-8")
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, errors.New("it is not JSON as the board wants it, {\"learner\": NAME, \"results\": [{\"id\": ID, \"passed\": BOOL}]}")
	}
	r.Learner = strings.TrimSpace(r.Learner)
	hidden := strings.ContainsFunc(r.Learner, func(c rune) bool { return !unicode.IsPrint(c) })
	if n := utf8.RuneCountInString(r.Learner); n < 1 || n > maxName || hidden {
		return r, fmt.Errorf("learner is a name of 1 to %d printable characters", maxName)
	}
	for _, result := range r.Results {
		if !isCheck.MatchString(result.ID) {
			return r, errors.New("an id is a step, a dot and a number, such as 03.4")
		}
		if result.Passed == nil {
			return r, errors.New("each result has passed, true or false")
		}
	}
	return r, nil
}

// enter writes a report on the board, if there is room.
func (b *Board) enter(r report) bool {
	now := time.Now
	if b.Now != nil {
		now = b.Now
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	entry := b.learners[r.Learner]
	if entry == nil {
		if len(b.learners) == maxLearners {
			return false
		}
		if b.learners == nil {
			b.learners = map[string]*learner{}
		}
		entry = &learner{passed: map[string]bool{}}
		b.learners[r.Learner] = entry
	}
	for _, result := range r.Results {
		entry.passed[result.ID] = *result.Passed
	}
	entry.last = now()
	return true
}
