package workshop

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestEmpty(t *testing.T) {
	const source = `// Package x is step 03: What?
package x

import (
	"errors"
	"fmt" // for Print
	"os"

	read "workshop/steps/02_read"
	"workshop/steps/refuse"
)

// ErrX stays.
var ErrX = errors.New("x")

// A T has a field.
type T struct {
	L read.Limits // stays
}

// Print is the task.
//
//	grammar = here   RFC 9112 §3
func Print(err *refuse.Error) { fmt.Println(os.Args, err) } // behind it

// Two says { and } in its comment.
func (t T) Two() (n int, err error) {
	// This comment is the answer.
	defer func() { n = 1 }()
	return len("}"), nil
}
`
	const want = `// Package x is step 03: What?
package x

import (
	"errors"

	read "workshop/steps/02_read"
	"workshop/steps/refuse"
)

// ErrX stays.
var ErrX = errors.New("x")

// A T has a field.
type T struct {
	L read.Limits // stays
}

// Print is the task.
//
//	grammar = here   RFC 9112 §3
func Print(err *refuse.Error) {
	panic("step 03 is not written yet")
} // behind it

// Two says { and } in its comment.
func (t T) Two() (n int, err error) {
	panic("step 03 is not written yet")
}
`
	got, err := empty([]byte(source), 3)
	if err != nil || string(got) != want {
		t.Errorf("empty gives %v and\n%s\nwant\n%s", err, got, want)
	}
}

func TestEmptyImports(t *testing.T) {
	const body = "{\n\tpanic(\"step 12 is not written yet\")\n}\n"
	for _, test := range []struct{ name, source, want string }{
		{"none is needed", "package x\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc F() { fmt.Println(os.Args) }\n", "package x\n\nfunc F() " + body},
		{"one without parentheses", "package x\n\nimport \"fmt\"\n\nfunc F() { fmt.Println() }\n", "package x\n\nfunc F() " + body},
		{"used in a signature", "package x\n\nimport \"io\"\n\nfunc F(r io.Reader) {}\n", "package x\n\nimport \"io\"\n\nfunc F(r io.Reader) " + body},
		{"no function at all", "package x\n\nimport _ \"embed\"\n", "package x\n\nimport _ \"embed\"\n"},
	} {
		got, err := empty([]byte(test.source), 12)
		if err != nil || string(got) != test.want {
			t.Errorf("%s: empty gives %v and %q, want %q", test.name, err, got, test.want)
		}
	}
}

// The emptied files with the bodies and the imports of the reference are the
// reference: nothing else was lost, and nothing came in.
func TestRoundTrip(t *testing.T) {
	empties, wholes := cut(t), cut(t, all()...)
	count := 0
	for name, whole := range wholes {
		if exercise(name) == 0 {
			if !bytes.Equal(empties[name], whole) {
				t.Errorf("%s is given, and not whole", name)
			}
			continue
		}
		if strings.HasSuffix(name, "/doc.go") {
			continue
		}
		count++
		if bytes.Equal(empties[name], whole) {
			t.Errorf("%s is not emptied", name)
		}
		mended := graft(t, empties[name], whole)
		if !bytes.Equal(mended, whole) {
			t.Errorf("%s with its bodies back is\n%s\nwant\n%s", name, mended, whole)
		}
	}
	if count < 15 {
		t.Errorf("%d files have something to write, want all of nine steps", count)
	}
}

// graft puts the bodies and the imports of whole into empty.
func graft(t *testing.T, empty, whole []byte) []byte {
	t.Helper()
	from, parts := pieces(t, whole)
	to, places := pieces(t, empty)
	if len(parts) != len(places) {
		t.Fatalf("%d functions and imports became %d", len(parts), len(places))
	}
	var edits []edit
	for i, place := range places {
		edits = append(edits, edit{place[0], place[1], string(from[parts[i][0]:parts[i][1]])})
	}
	return apply(to, edits)
}

// pieces finds the space between the package clause and what follows the
// imports, and every body.
func pieces(t *testing.T, source []byte) ([]byte, [][2]int) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	offset := func(pos token.Pos) int { return files.Position(pos).Offset }
	head := [2]int{offset(file.Name.End()), offset(file.Name.End())}
	var found [][2]int
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			if decl.Tok == token.IMPORT {
				head[1] = offset(decl.End())
			}
		case *ast.FuncDecl:
			found = append(found, [2]int{offset(decl.Body.Pos()), offset(decl.Body.End())})
		}
	}
	return source, append([][2]int{head}, found...)
}

// No package variable of a step is computed by a function of its own, and there
// is no init: an emptied one would end every program at once.
func TestStepsCanBeEmptied(t *testing.T) {
	functions := map[string]bool{} // "steps/03_requestline isDigit"
	parsed := map[string]*ast.File{}
	for name, text := range cut(t, all()...) {
		if exercise(name) == 0 {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed[name] = file
		for _, decl := range file.Decls {
			if function, ok := decl.(*ast.FuncDecl); ok {
				functions[folder(name)+function.Name.Name] = true
				if function.Name.Name == "init" {
					t.Errorf("%s has an init", name)
				}
			}
		}
	}
	for name, file := range parsed {
		for _, decl := range file.Decls {
			variables, ok := decl.(*ast.GenDecl)
			if !ok || variables.Tok != token.VAR {
				continue
			}
			ast.Inspect(variables, func(node ast.Node) bool {
				if call, ok := node.(*ast.CallExpr); ok {
					if called, ok := call.Fun.(*ast.Ident); ok && functions[folder(name)+called.Name] {
						t.Errorf("%s has a variable that %s computes: move it to given.go", name, called.Name)
					}
				}
				return true
			})
		}
	}
	if len(functions) < 50 {
		t.Errorf("the steps have %d functions, want all of them", len(functions))
	}
}

func folder(name string) string { return name[:strings.LastIndexByte(name, '/')] + " " }

func TestWhatGoesIntoAWorkspace(t *testing.T) {
	found := cut(t)
	for _, name := range []string{
		"go.mod", "README.md", ".gitignore", "main.go", "apps/hello/hello.go", "apps/stream/stream.go", "apps/check/check.go", "apps/check/check.py",
		"server/server.go", "server/trace/json.go", "steps/refuse/refuse.go", "steps/refuse/refuse_test.go",
		"steps/03_requestline/doc.go", "steps/03_requestline/target.go", "steps/03_requestline/target_test.go", "steps/03_requestline/demo/main.go",
	} {
		if found[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	for name, text := range found {
		switch {
		case strings.Contains(name, "mistake"), strings.HasPrefix(name, "server/") && strings.HasSuffix(name, "_test.go"),
			strings.HasPrefix(name, "apps/") && strings.HasSuffix(name, "_test.go"), name == "server/source.go":
			t.Errorf("%s is no file for a learner", name)
		case bytes.Contains(text, []byte("\"barewire/")):
			t.Errorf("%s imports from barewire", name)
		}
	}
	for _, name := range []string{"steps/02_read/mistake.go", "steps/02_read/mistake_test.go", "server/source.go", "server/run_test.go", "apps/hello/hello_test.go"} {
		if goes(name) {
			t.Errorf("%s goes into a workspace", name)
		}
	}
	if exercise("steps/05_body/given.go") != 0 || exercise("steps/05_body/reader.go") != 5 || exercise("steps/05_body/demo/main.go") != 0 || exercise("steps/06_wsgi/body.go") != 0 {
		t.Error("exercise takes a given file for a task, or a task for a given file")
	}
}

func TestSteps(t *testing.T) {
	if len(Steps()) != 10 {
		t.Fatalf("there are %d steps, want ten", len(Steps()))
	}
	if got, want := Steps()[2], (Step{3, "requestline", "steps/03_requestline", "What do they want?"}); got != want {
		t.Errorf("step 03 is %v, want %v", got, want)
	}
	for i, step := range Steps() {
		if step.Number != i+1 || !strings.HasSuffix(step.Question, "?") {
			t.Errorf("step %d is %v", i+1, step)
		}
	}
}

// What the README shows is what happens.
func TestReadme(t *testing.T) {
	if want := "    panic: " + unwritten(1) + "\n"; !bytes.Contains(readme, []byte(want)) {
		t.Errorf("the README does not show %q", want)
	}
}

func TestGoVersion(t *testing.T) {
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(strings.Split(string(module), "\n"), "go "+goVersion) {
		t.Errorf("our own go.mod does not say go %s", goVersion)
	}
}

// cut is files for a test.
func cut(t *testing.T, whole ...int) map[string][]byte {
	t.Helper()
	found, err := files(whole)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// all are the numbers of the steps.
func all() (numbers []int) {
	for _, step := range Steps() {
		numbers = append(numbers, step.Number)
	}
	return numbers
}
