package docs_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A rule is a row of the tables in conformance.md.
type rule struct{ section, level, text, place, proof string }

var (
	partOfRFC = regexp.MustCompile(`^## (RFC \d+) §(\d+)\b`)
	levels    = regexp.MustCompile(`^(MUST|SHOULD)( NOT)?(, (MUST|SHOULD)( NOT)?)*$|^ought$`)
	aTest     = regexp.MustCompile("`(\\w+)\\.((?:Test|Fuzz|Example)\\w*)(?:/([^`]+))?`")
)

// TestConformance looks up every place and every test that conformance.md names.
func TestConformance(t *testing.T) {
	text, err := os.ReadFile("conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := 0
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		part = "## " + part
		for line := range strings.Lines(part) {
			if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| § |") {
				rules++
			}
		}
		for _, complaint := range nonconforming(part) {
			t.Error(complaint)
		}
	}
	if rules < 150 {
		t.Errorf("the page has %d rules, want all", rules)
	}
	for _, complaint := range disordered(string(text)) {
		t.Error(complaint)
	}
}

// disordered tells which headings do not come in the order of their RFC.
func disordered(text string) (complaints []string) {
	var rfcs []string
	last := 0
	for line := range strings.Lines(text) {
		heading := partOfRFC.FindStringSubmatch(line)
		if heading == nil {
			continue
		}
		number, _ := strconv.Atoi(heading[2])
		switch {
		case !slices.Contains(rfcs, heading[1]):
			rfcs = append(rfcs, heading[1])
		case rfcs[len(rfcs)-1] != heading[1] || number <= last:
			complaints = append(complaints, fmt.Sprintf("%s §%d stands too late", heading[1], number))
		}
		last = number
	}
	return complaints
}

// nonconforming tells what is wrong with the table behind a heading.
func nonconforming(part string) (complaints []string) {
	heading := partOfRFC.FindStringSubmatch(part)
	last := ""
	for line := range strings.Lines(part) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| § |") {
			continue
		}
		complain := func(format string, args ...any) {
			complaints = append(complaints, fmt.Sprintf(format, args...)+": "+strings.TrimSpace(line))
		}
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "| "), " |"), " | ")
		if heading == nil || len(cells) != 5 {
			complain("a rule has five cells, under a heading that names a part of an RFC")
			continue
		}
		r := rule{cells[0], cells[1], cells[2], cells[3], cells[4]}
		if first, _, _ := strings.Cut(r.section, "."); first != heading[2] {
			complain("§%s does not belong to §%s", r.section, heading[2])
		}
		if compareSections(last, r.section) > 0 {
			complain("§%s stands behind §%s", r.section, last)
		}
		last = r.section
		if !levels.MatchString(r.level) {
			complain("%q is no level", r.level)
		}
		for _, complaint := range r.unproved() {
			complain("%s", complaint)
		}
	}
	return complaints
}

// compareSections compares two sections, number by number.
func compareSections(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return cmp.Compare(x, y)
	})
}

// unproved tells what the row of a rule lacks: a place that exists and a test that
// does, or a reason. A reason may name a test, too: of what happens instead.
func (r rule) unproved() (complaints []string) {
	tests := aTest.FindAllStringSubmatch(r.proof, -1)
	switch {
	case r.text == "" || r.proof == "":
		return []string{"the rule is not said, or nothing is said of it"}
	case r.place == "–" && aTest.ReplaceAllString(r.proof, "") == "":
		return []string{"a rule that is not kept has a reason"}
	case r.place != "–":
		complaints = misplaced(r.place)
	}
	if r.place != "–" && len(tests) == 0 && !strings.HasPrefix(r.proof, "not tested: ") {
		complaints = append(complaints, "a rule that is kept has a test, or says why not")
	}
	if named := strings.Count(r.proof, "`") / 2; named != len(tests) {
		complaints = append(complaints, fmt.Sprintf("%d of %d names are tests", len(tests), named))
	}
	for _, test := range tests {
		if !hasTest(test[1], test[2], test[3]) {
			complaints = append(complaints, "there is no test "+test[0])
		}
	}
	return complaints
}

// hasTest tells whether a package declares a test, and has its row, if one is named:
// a text to the letter in the file of the test.
func hasTest(pkg, test, row string) bool {
	for _, folder := range []string{"../", "../steps/", "../internal/"} {
		files, _ := filepath.Glob(filepath.Join(folder, pkg, "*_test.go"))
		for _, file := range files {
			if slices.Contains(declared(file), test) {
				return row == "" || slices.Contains(texts(file), row)
			}
		}
	}
	return false
}

// texts returns the string literals of a file of Go.
func texts(path string) (texts []string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, _ := strconv.Unquote(literal.Value) // the parser has seen to it
			texts = append(texts, text)
		}
		return true
	})
	return texts
}

// TestNonconforming proves that each complaint can be made.
func TestNonconforming(t *testing.T) {
	const (
		place = "[framing.go](../steps/05_body/framing.go) `Frame`"
		proof = "`05_body.TestFrame/a length`"
	)
	for _, test := range []struct{ rows, want string }{
		{"| 6.1 | MUST | a rule | " + place + " | " + proof + " |", ""},
		{"| 6.1 | MUST NOT, SHOULD | a rule | – | a reason |", ""},
		{"| 6 | ought | a rule | " + place + " | not tested: a reason |", ""},
		{"| 6.9 | MUST | a rule | – | a reason |\n| 6.10 | MUST | a rule | – | a reason |\n| 6.10.1 | MUST | a rule | – | a reason |", ""},
		{"| 6.1 | MUST | a rule | – |", "a rule has five cells"},
		{"| 7.1 | MUST | a rule | – | a reason |", "§7.1 does not belong to §6"},
		{"| 6.2 | MUST | a rule | – | a reason |\n| 6.1 | MUST | a rule | – | a reason |", "§6.1 stands behind §6.2"},
		{"| 6.10 | MUST | a rule | – | a reason |\n| 6.9 | MUST | a rule | – | a reason |", "§6.9 stands behind §6.10"},
		{"| 6.1 | MAY | a rule | – | a reason |", `"MAY" is no level`},
		{"| 6.1 | MUST | a rule | – |  |", "the rule is not said, or nothing is said of it"},
		{"| 6.1 | MUST | a rule | – | " + proof + " |", "a rule that is not kept has a reason"},
		{"| 6.1 | MUST | a rule | – | a reason, and " + proof + " |", ""},
		{"| 6.1 | MUST | a rule | " + place + " | a reason |", "a rule that is kept has a test, or says why not"},
		{"| 6.1 | MUST | a rule | [f](../steps/05_body/flaming.go) `Frame` | " + proof + " |", "there is no ../steps/05_body/flaming.go"},
		{"| 6.1 | MUST | a rule | [f](../steps/05_body/framing.go) `Flame` | " + proof + " |", "declares no Flame"},
		{"| 6.1 | MUST | a rule | " + place + " | `05_body.TestFlame` |", "there is no test `05_body.TestFlame`"},
		{"| 6.1 | MUST | a rule | " + place + " | `05_body.TestFrame/a lenght` |", "there is no test `05_body.TestFrame/a lenght`"},
		{"| 6.1 | MUST | a rule | " + place + " | `06_body.TestFrame` |", "there is no test `06_body.TestFrame`"},
		{"| 6.1 | MUST | a rule | " + place + " | " + proof + ", `TestFrame` |", "1 of 2 names are tests"},
	} {
		got := strings.Join(nonconforming("## RFC 9112 §6 Body\n\n| § | level |\n|---|---|\n"+test.rows+"\n"), "; ")
		if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s\ngives %q, want %q", test.rows, got, test.want)
		}
	}
	for _, test := range []struct{ text, want string }{
		{"## RFC 9112 §9 A\n## RFC 9112 §10 B\n", ""},
		{"## RFC 9112 §9 A\n## RFC 9110 §2 B\n## RFC 9110 §3 C\n", ""},
		{"## RFC 9112 §3 A\n## RFC 9112 §2 B\n", "RFC 9112 §2 stands too late"},
		{"## RFC 9112 §3 A\n## RFC 9112 §3 B\n", "RFC 9112 §3 stands too late"},
		{"## RFC 9112 §3 A\n## RFC 9110 §2 B\n## RFC 9112 §4 C\n", "RFC 9112 §4 stands too late"},
	} {
		if got := strings.Join(disordered(test.text), "; "); got != test.want {
			t.Errorf("%q gives %q, want %q", test.text, got, test.want)
		}
	}
}
