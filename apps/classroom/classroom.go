// Package classroom is a board: who of a class has come how far.
//
// Learners send it the results of their checks, if they like to, with
// barewire check --report URL --as NAME. Whoever opens the page sees a row for
// each learner and a column for each step. A step is done when all its core
// checks hold.
//
// The board is kept in memory, and ends with the server. It asks for no
// password: who can reach it can write on it, under any name. That is enough
// for one room, and too little for anything else.
//
// A report is JSON, {"learner": NAME, "results": [{"id": ID, "passed": BOOL}, …]}.
// Other members are ignored, so the objects that barewire check --json prints
// can stand in it as they are. What a report does not name stays as it was.
//
//	curl -H 'Content-Type: application/json' -d '{"learner":"ada","results":[{"id":"03.4","passed":true}]}' 'http://127.0.0.1:8888/report'
//	curl 'http://127.0.0.1:8888/'
//	curl 'http://127.0.0.1:8888/board.json'
//
// Read this file, then report.go and show.go.
package classroom

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	wsgi "barewire/steps/06_wsgi"
)

// cores is how many core checks each step has; they are the first ones, NN.1 and
// so on. Step 06 is types, and given.
var cores = [...]int{1: 5, 2: 5, 3: 5, 4: 5, 5: 5, 6: 0, 7: 5, 8: 4, 9: 5, 10: 5}

// A Board remembers results. The zero value is an empty one.
type Board struct {
	Now func() time.Time // the clock; nil for that of the machine

	mutex    sync.Mutex // requests are answered at the same time
	learners map[string]*learner
}

// A learner is a row of the board.
type learner struct {
	passed map[string]bool // by the ID of the check
	last   time.Time       // of the reports
}

// App is one board, for all who ask.
var App = new(Board).Call

// Call answers a request.
func (b *Board) Call(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	route, known := routes[environ.Text("PATH_INFO")]
	if !known {
		return refuse(start, "404 Not Found", "The board is at /, as JSON at /board.json, and takes reports at /report.")
	}
	method := environ.Text("REQUEST_METHOD")
	if method == "HEAD" { // a GET whose body the server leaves out
		method = "GET"
	}
	if method != route.method {
		return refuse(start, "405 Method Not Allowed", "This path takes "+route.method+" alone.", [2]string{"Allow", route.allow})
	}
	return route.answer(b, environ, start)
}

var routes = map[string]struct {
	method, allow string
	answer        func(*Board, wsgi.Environ, wsgi.StartResponse) wsgi.Body
}{
	"":            {"GET", "GET, HEAD", (*Board).show}, // mounted at a prefix, and asked for without the slash
	"/":           {"GET", "GET, HEAD", (*Board).show},
	"/board.json": {"GET", "GET, HEAD", (*Board).showJSON},
	"/report":     {"POST", "POST", (*Board).take},
}

// refuse answers with a sentence.
func refuse(start wsgi.StartResponse, status, sentence string, headers ...[2]string) wsgi.Body {
	start(status, append(headers, [2]string{"Content-Type", "text/plain; charset=utf-8"}))
	return wsgi.Text(sentence + "\n")
}

// A row is how far one learner has come, at one moment.
type row struct {
	Learner string          `json:"learner"`
	Last    time.Time       `json:"last"`    // report, in UTC
	Core    map[string]int  `json:"core"`    // checks that hold, by step: "03"
	Of      map[string]int  `json:"of"`      // how many there are
	Results map[string]bool `json:"results"` // by check: "03.4"
}

// rows returns the board, by name. They are copies: who shows them takes time,
// and the reports go on.
func (b *Board) rows() []row {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	rows := make([]row, 0, len(b.learners))
	for name, learner := range b.learners {
		r := row{Learner: name, Last: learner.last.UTC(), Core: map[string]int{}, Of: map[string]int{}, Results: maps.Clone(learner.passed)}
		for step := 1; step < len(cores); step++ {
			r.Of[column(step)] = cores[step]
			for k := 1; k <= cores[step]; k++ {
				if learner.passed[checkID(step, k)] {
					r.Core[column(step)]++
				}
			}
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Learner, b.Learner) })
	return rows
}
