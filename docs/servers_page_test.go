package docs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"barewire/internal/check"
)

// rewrite puts what the servers did in place of what the page says of it. What
// was not asked stays as it is.
func rewrite(text string, servers []*foreign) string {
	intro, _ := readForeign(text)
	written := countedRow.ReplaceAllStringFunc(intro, func(row string) string {
		for _, server := range servers {
			if strings.HasPrefix(row, "| "+server.heading+" |") && server.missing == "" {
				return server.counted()
			}
		}
		return row
	})
	for _, server := range servers {
		written += "\n## " + server.rewritten()
	}
	return written
}

// counted is its row of the table: for each step passed, failed, and failed where
// the RFC is milder; a dash where nothing was asked.
func (f *foreign) counted() string {
	row := "| " + f.heading
	for _, step := range []int{1, 2, 3, 4, 5, 7, 8, 9, 10} {
		passed, failed, stricter := 0, 0, 0
		for _, c := range f.ran {
			switch _, wrong := f.wrong[c.ID]; {
			case c.Step() != step:
			case !wrong:
				passed++
			case c.Stricter:
				stricter++
			default:
				failed++
			}
		}
		if passed+failed+stricter == 0 {
			row += " | –"
			continue
		}
		row += fmt.Sprintf(" | %d/%d/%d", passed, failed, stricter)
	}
	return row + " |\n"
}

// rewritten is its section: rows lose the checks that pass, and a check that fails
// and has no row gets one, in the words of the check.
func (f *foreign) rewritten() string {
	if f.missing != "" {
		return f.section
	}
	unsaid := maps.Clone(f.wrong)
	for id := range unsaid {
		if check.Find(id).Stricter {
			delete(unsaid, id)
		}
	}
	section := failedRow.ReplaceAllStringFunc(f.section, func(row string) string {
		parts := failedRow.FindStringSubmatch(row)
		if parts[1] != "" {
			return row
		}
		ids := slices.DeleteFunc(strings.Fields(parts[2]), func(id string) bool {
			_, failed := unsaid[id]
			delete(unsaid, id)
			return !failed
		})
		if len(ids) == 0 {
			return ""
		}
		return "- " + strings.Join(ids, " ") + ": " + parts[3] + "\n"
	})
	for _, c := range f.ran {
		if wrong, is := unsaid[c.ID]; is {
			section += "- " + c.ID + ": " + wrong + "\n"
		}
	}
	return section
}

// TestRewrite proves that the page changes with what a server does.
func TestRewrite(t *testing.T) {
	page := "# Title\n\n| server | 01 |\n|---|---|\n| old 1.2 | 1/1/1 |\n| gone 3.4 | 5/6/7 |\n" +
		"\n## old 1.2\n\n- 04.2 04.3: it does not look at Host\n  at all\n- 04.4: why\n- either way 10.15: a race\n" +
		"\n## gone 3.4\n\n- 04.2: as before\n"
	_, servers := readForeign(page)
	old, gone := servers[0], servers[1]
	if !old.either["10.15"] || old.either["04.2"] || len(servers) != 2 {
		t.Fatalf("read %+v", servers)
	}
	gone.missing = "it is not installed"
	for _, id := range []string{"04.2", "04.3", "04.4", "04.5", "04.6"} {
		old.ran = append(old.ran, check.Find(id))
	}
	old.wrong = map[string]string{"04.2": "the status is 200", "04.5": "a stricter one", "04.6": "the status is 204"}
	want := "# Title\n\n| server | 01 |\n|---|---|\n| old 1.2 | – | – | – | 2/2/1 | – | – | – | – | – |\n| gone 3.4 | 5/6/7 |\n" +
		"\n## old 1.2\n\n- 04.2: it does not look at Host\n  at all\n- either way 10.15: a race\n- 04.6: the status is 204\n" +
		"\n## gone 3.4\n\n- 04.2: as before\n"
	if diff := cmp.Diff(want, rewrite(page, servers)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
