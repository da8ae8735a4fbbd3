package check

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"time"
	"unicode/utf8"
)

// A Result is what came of a check.
type Result struct {
	Check    *Check
	Addr     string // of the server
	Passed   bool
	Skipped  string        // why the check was not run, "" if it was
	On       int           // the connection that Sent, Got and Ended are of: the failing one
	Sent     []byte        // what we said on it
	Got      []byte        // what came back on it; of much that came, the part around At
	Before   int           // how many bytes came before that part
	After    int           // and behind it
	At       int           // where in Got the first wrong byte is, or would be; -1 for nowhere
	Expected string        // in one line
	Wrong    string        // in one sentence
	Cut      string        // how it was cut when it failed, "" for whole
	Seed     int           // of the random cuts that failed, 0 for others
	Ended    string        // "closed", "reset", "still open after 300 ms", …
	Alive    bool          // the server lived on
	Took     time.Duration // all ways of saying it together
}

// longestGot is how many bytes of what came back are kept: reports hold each result
// that failed to their end, and one server may fail all of them with floods.
const longestGot = 64 << 10

// clip keeps of what came back the part around the first wrong byte.
func (r *Result) clip() {
	if rest := len(r.Got) - longestGot; rest > 0 {
		r.Before = min(max(0, r.At-longestGot/2), rest)
		r.After = rest - r.Before
		r.Got = bytes.Clone(r.Got[r.Before : r.Before+longestGot])
		r.At = max(-1, r.At-r.Before)
	}
}

// longestJSON is how many bytes of a side stand in JSON.
const longestJSON = 64 << 10

// MarshalJSON writes a result for programs. Bytes that are no UTF-8 are written
// as "base64:" and their base64, as in the JSON trace.
func (r Result) MarshalJSON() ([]byte, error) {
	var at *int
	if r.At >= 0 {
		inAll := r.Before + r.At
		at = &inAll
	}
	return json.Marshal(struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Section  string `json:"section"`
		Core     bool   `json:"core"`
		Stricter bool   `json:"stricter"`
		Passed   bool   `json:"passed"`
		Skipped  string `json:"skipped,omitempty"`
		On       int    `json:"connection"`
		Sent     string `json:"sent,omitempty"`
		Got      string `json:"got,omitempty"`
		GotFrom  int    `json:"got_from,omitempty"`
		GotBytes int    `json:"got_bytes"`
		At       *int   `json:"at,omitempty"`
		Expected string `json:"expected,omitempty"`
		Wrong    string `json:"wrong,omitempty"`
		Cut      string `json:"cut,omitempty"`
		Seed     int    `json:"seed,omitempty"`
		Ended    string `json:"ended,omitempty"`
		Alive    bool   `json:"alive"`
		TookMS   int64  `json:"took_ms"`
	}{
		r.Check.ID, r.Check.Name, r.Check.Section, r.Check.Core, r.Check.Stricter,
		r.Passed, r.Skipped, r.On, jsonText(r.Sent), jsonText(r.Got), r.Before, r.Before + len(r.Got) + r.After, at,
		r.Expected, r.Wrong, r.Cut, r.Seed, r.Ended, r.Alive, r.Took.Milliseconds(),
	})
}

func jsonText(b []byte) string {
	b = b[:min(len(b), longestJSON)]
	if utf8.Valid(b) {
		return string(b)
	}
	return "base64:" + base64.StdEncoding.EncodeToString(b)
}
