package learn

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"barewire/internal/workshop"
	"barewire/tui/over"

	tea "github.com/charmbracelet/bubbletea"
)

// A task is a line of the learner's code to begin at.
type task struct {
	file string // below the workspace, with slashes
	line int
}

func placeOf(fault workshop.Fault) string {
	if fault.File == "" {
		return "not in your files"
	}
	text := fmt.Sprintf("%s:%d", fault.File, fault.Line)
	if fault.Column > 0 {
		text += fmt.Sprintf(":%d", fault.Column)
	}
	return text
}

// edit opens the learner's editor: at what is wrong, or else where the selected
// check is best begun with.
func (m *Model) edit() tea.Cmd {
	place, is := m.task()
	editor := strings.Fields(m.config.Editor)
	switch path := filepath.Join(m.config.Dir, filepath.FromSlash(place.file)); {
	case !is:
		return told("The files of this step are in " + m.steps[m.step-1].Folder + ".")
	case len(editor) == 0:
		return told(fmt.Sprintf("EDITOR is not set; the line is %s:%d", place.file, place.line))
	default:
		return over.Edit(m.config.context(), editor, m.config.Dir, path, place.line, func(err error) tea.Msg {
			return toldMsg{text: err.Error(), wrong: true}
		})
	}
}

// task returns where to begin: the fault that the compiler or a panic named, the
// function that a hint of the selected check names, the one that the chapter names,
// or the first one of the step.
func (m *Model) task() (task, bool) {
	if fault := m.standing(m.step).trouble.fault(); fault != nil {
		return task{fault.File, fault.Line}, true
	}
	functions := m.functions()
	if c := m.selection(); c != nil {
		for _, word := range names.FindAllString(strings.Join(c.Hints[:], " "), -1) {
			if found, is := functions[word]; is {
				return found, true
			}
		}
	}
	if _, after, is := strings.Cut(m.chapter().text, "Your task:"); is {
		for _, word := range names.FindAllString(after[:min(len(after), 400)], -1) {
			if found, is := functions[word]; is {
				return found, true
			}
		}
	}
	var all []task
	for _, found := range functions {
		all = append(all, found)
	}
	if len(all) == 0 {
		return task{}, false
	}
	return slices.MinFunc(all, func(a, b task) int { return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line) }), true
}

// fault returns the first place that is wrong, nil if there is none. A test that
// fails is right: what is to be changed is elsewhere.
func (t *trouble) fault() *workshop.Fault {
	if t == nil {
		return nil
	}
	for i, fault := range t.faults {
		if fault.File != "" && (t.kind == build || !strings.HasSuffix(fault.File, "_test.go")) {
			return &t.faults[i]
		}
	}
	return nil
}

var (
	names    = regexp.MustCompile(`[a-z]*[A-Z]\w+`) // as functions have; cut and bad are words too
	function = regexp.MustCompile(`^func (?:\([^)]*\) )?(\w+)`)
)

// functions finds those of the step as the learner has them now.
func (m *Model) functions() map[string]task {
	folder := m.steps[m.step-1].Folder
	found := make(map[string]task)
	paths, _ := filepath.Glob(filepath.Join(m.config.Dir, filepath.FromSlash(folder), "*.go")) // the pattern is well formed
	for _, path := range paths {
		name := filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil || strings.HasSuffix(name, "_test.go") || name == "given.go" {
			continue // there is nothing to write in it
		}
		for i, line := range strings.Split(string(text), "\n") {
			if match := function.FindStringSubmatch(line); match != nil {
				found[match[1]] = task{folder + "/" + name, i + 1}
			}
		}
	}
	return found
}
