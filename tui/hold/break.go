package hold

import (
	"slices"
	"strings"
)

// A Break is a breakpoint. A request stops before a step when all that the
// breakpoint says is true of it there, and is in the user's hand from then on.
// One that names no step could be true before every step that follows, so it
// stops a request once. The zero Break says nothing and stops none.
type Break struct {
	Step    int    // before this step; 0: before any
	OnError bool   // the step before has failed, and another one comes
	Method  string // "POST"; "": any. Methods are case-sensitive, RFC 9110 §9.1
	Path    string // as it was sent, "/hello", or "/static/*" for all that begins so; "": any
}

// matches tells whether all of it is true of a request before a step. Method and
// path are known behind step 03.
func (b Break) matches(r *request, step int) bool {
	return b != Break{} &&
		(b.Step == 0 || b.Step == step) &&
		(!b.OnError || r.failed) &&
		(b.Method == "" || b.Method == r.method) &&
		(b.Path == "" || samePath(b.Path, r.path))
}

func samePath(pattern, path string) bool {
	if beginning, all := strings.CutSuffix(pattern, "*"); all && strings.HasPrefix(path, beginning) {
		return true
	}
	return pattern == path
}

// meets returns the first breakpoint that stops a request before a step.
func (r *request) meets(breaks []Break, step int) (first Break, met bool) {
	for _, b := range breaks {
		if !b.matches(r, step) || b.Step == 0 && slices.Contains(r.met, b) {
			continue
		}
		if r.met = append(r.met, b); !met {
			first, met = b, true
		}
	}
	return first, met
}

// SetBreaks puts these breakpoints in place of those that were set.
func (g *Gate) SetBreaks(breaks []Break) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.breaks = slices.Clone(breaks)
	g.settle()
	g.tell()
}

// Breaks returns the breakpoints.
func (g *Gate) Breaks() []Break {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return slices.Clone(g.breaks)
}
