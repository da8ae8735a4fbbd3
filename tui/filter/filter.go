// Package filter is the language behind f, which picks exchanges, and the search
// behind /, which finds lines of a page.
//
//	ada                 these letters, anywhere in the request or the answer
//	"hello, ada"        the same with a blank; quotes make text of anything
//	POST                the method; other words as method:purge
//	/hello              the path begins so; /hello* means the same
//	status:404          the status; also status:4xx and status:>=400
//	header:accept       a header of this name, from either side
//	header:accept=json  the same, and its value has these letters
//	body:ada            letters in either body, its chunks joined
//	note:ada            letters in a note, the application's or yours
//	error               a step said no, something broke, or the client left
//	slower:10ms         it took longer than that
//	conn:3              on connection 3
//	no:5                request 5
//	POST error          both of them
//	POST | PUT          one of them; a blank binds closer than |
//	!error              not that
//
// Small letters find capitals too, a capital finds itself only. Headers have no
// case at all, and letters beyond A to Z have none that is known here: they are
// bytes. What is not kept is not found: the far end of a large body, and a file
// that the kernel sent.
//
// Read filter.go first: how a text becomes a [Filter]. Then terms.go, what each
// term looks at, said.go, where its bytes are, and find.go.
package filter

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"barewire/tui/history"

	"github.com/agnivade/levenshtein"
)

// Help is the language on one page: something to type, and what it picks.
var Help = []struct{ Term, Means string }{
	{"ada", "these letters, anywhere in the request or the answer"},
	{`"hello, ada"`, "the same with a blank; quotes make text of anything"},
	{"POST", "the method; other words as method:purge"},
	{"/hello", "the path begins so; /hello* means the same"},
	{"status:404", "the status; also status:4xx and status:>=400"},
	{"header:accept", "a header of this name, from either side"},
	{"header:accept=json", "the same, and its value has these letters"},
	{"body:ada", "letters in either body, its chunks joined"},
	{"note:ada", "letters in a note, the application's or yours"},
	{"error", "a step said no, something broke, or the client left"},
	{"slower:10ms", "it took longer than that"},
	{"conn:3", "on connection 3"},
	{"no:5", "request 5"},
	{"POST error", "both of them"},
	{"POST | PUT", "one of them; a blank binds closer than |"},
	{"!error", "not that"},
}

// A Filter picks exchanges. The zero Filter picks all.
type Filter struct {
	text string
	ways [][]test // it is enough to pass all tests of one way
}

// A test is what a term asks of an exchange.
type test func(*history.Exchange) bool

// Match tells whether the filter picks x.
func (f Filter) Match(x *history.Exchange) bool {
	for _, way := range f.ways {
		if passes(x, way) {
			return true
		}
	}
	return f.ways == nil
}

func passes(x *history.Exchange, way []test) bool {
	for _, test := range way {
		if !test(x) {
			return false
		}
	}
	return true
}

// String returns the text that the filter was made of, without the blanks
// around it.
func (f Filter) String() string { return f.text }

const blanks = " \t\r\n"

// Parse reads a filter; that of an empty text picks all. An error is one
// sentence. It names the place, in characters from 1, and what was perhaps meant.
//
//	filter = way *( "|" way )
//	way    = 1*( *"!" word )
func Parse(text string) (Filter, error) {
	f := Filter{text: strings.Trim(text, blanks)}
	if f.text == "" {
		return f, nil
	}
	var way []test
	for at := 0; ; {
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], blanks))
		if at == len(text) || text[at] == '|' {
			if way == nil {
				return Filter{}, wrong(text, at, "a term is missing; | stands between two")
			}
			f.ways, way = append(f.ways, way), nil
			if at == len(text) {
				return f, nil
			}
			at++
			continue
		}
		word, end, err := nextWord(text, at)
		if err != nil {
			return Filter{}, err
		}
		test, err := word.test()
		if err != nil {
			return Filter{}, wrong(text, at, err)
		}
		way, at = append(way, test), end
	}
}

// wrong is an error about what stands at a place of the text.
func wrong(text string, at int, why any) error {
	return fmt.Errorf("at %d: %v", utf8.RuneCountInString(text[:at])+1, why)
}

// A word is what stands between two blanks.
type word struct {
	text   string // without quotes
	quoted bool   // from its beginning on
	not    bool
}

// nextWord reads the word at a place, and returns where it ends. Quotes count at
// the beginning and where a value begins: don't and {"a":"b"} are words.
func nextWord(text string, at int) (w word, end int, err error) {
	for at < len(text) && text[at] == '!' {
		w.not = !w.not
		at++
	}
	start := at
	for at < len(text) && strings.IndexByte(blanks+"|", text[at]) < 0 {
		opens := at == start || strings.IndexByte(":=", text[at-1]) >= 0 && w.isNamed()
		if !opens || text[at] != '"' && text[at] != '\'' {
			w.text += text[at : at+1]
			at++
			continue
		}
		length := strings.IndexByte(text[at+1:], text[at])
		if length < 0 {
			return w, at, wrong(text, at, "the quote is not closed")
		}
		w.quoted = w.quoted || at == start
		w.text += text[at+1 : at+1+length]
		at += length + len(`""`)
	}
	if at == start {
		return w, at, wrong(text, at, "a term is missing; ! stands before one")
	}
	return w, at, nil
}

// test returns what the word asks.
func (w word) test() (test, error) {
	made, err := w.plain()
	if made == nil || !w.not {
		return made, err
	}
	return func(x *history.Exchange) bool { return !made(x) }, nil
}

// plain returns what the word asks without the ! before it.
func (w word) plain() (test, error) {
	switch {
	case w.text == "":
		return nil, errors.New("there is nothing between the quotes")
	case w.quoted:
		return anywhere(w.text), nil
	case w.isNamed():
		name, value, _ := strings.Cut(w.text, ":")
		return namedTest(name, value)
	case w.text == "error":
		return (*history.Exchange).Wrong, nil
	case IsMethod(w.text):
		return byMethod(w.text), nil
	case w.text[0] == '/':
		return byPath(w.text), nil
	}
	return anywhere(w.text), nil
}

// isNamed tells whether a name and a colon stand at the beginning: 12:54 and
// /a:b are text.
func (w word) isNamed() bool {
	name, _, colon := strings.Cut(w.text, ":")
	letters := strings.Trim(name, capitals+"abcdefghijklmnopqrstuvwxyz") == ""
	return colon && name != "" && letters
}

// namedTest returns what a term like status:404 asks.
func namedTest(name, value string) (test, error) {
	for _, term := range terms {
		if !strings.EqualFold(term.name, name) {
			continue
		}
		if made := term.test(value); made != nil {
			return made, nil
		}
		return nil, fmt.Errorf("%s: wants %s, not %q", term.name, term.wants, value)
	}
	if near := nearest(name); near != "" {
		return nil, fmt.Errorf("there is no term %s:; did you mean %s:?", name, near)
	}
	return nil, fmt.Errorf("there is no term %s:; in quotes it is text", name)
}

// nearest returns the name that has the fewest wrong letters, at most half of
// them, or that begins so; "" if there is none.
func nearest(name string) string {
	name = strings.ToLower(name)
	best, distance := "", len(name)/2+1
	for _, term := range terms {
		if strings.HasPrefix(term.name, name) {
			return term.name
		}
		if d := levenshtein.ComputeDistance(name, term.name); d < distance {
			best, distance = term.name, d
		}
	}
	return best
}
