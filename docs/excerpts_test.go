package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestExcerpts compares every block that names its source with the declaration, or the
// file, it is taken from. A go block that names none is taken for an example, and must
// be Go at least.
func TestExcerpts(t *testing.T) {
	eachPage(t, func(t *testing.T, p *page) {
		rest := make(map[string]string) // of the declarations that are told in pieces
		for _, b := range p.blocks {
			from, ok := strings.CutPrefix(b.before, "<!-- from: ")
			if !ok && b.language != "go" {
				continue
			}
			if !ok {
				if _, err := parser.ParseFile(token.NewFileSet(), p.path, "package p\n"+p.pieces[b.piece], 0); err != nil {
					t.Error(err)
				}
				continue
			}
			from, until, _ := strings.Cut(strings.TrimSuffix(from, " -->"), " until ")
			file, name, _ := strings.Cut(from, " ")
			if rest[from] == "" {
				rest[from] = declaration(t, "../"+file, name)
			}
			var piece string
			if piece, rest[from], ok = cutBefore(rest[from], until); !ok {
				t.Errorf("%s: no line of %s begins with %q here", p.path, from, until)
			}
			p.check(t, b, piece, func(s string) string { return s })
		}
		for from, text := range rest {
			if text != "" {
				t.Errorf("%s does not tell the rest of %s:\n%s", p.path, from, text)
			}
		}
		p.write(t)
	})
}

// cutBefore cuts a declaration before the next line that begins with until, which
// is a statement of its body or stands further left. "" cuts off all of it.
func cutBefore(text, until string) (piece, rest string, found bool) {
	if until == "" {
		return text, "", true
	}
	for line := range strings.Lines(text) {
		if piece != "" && strings.HasPrefix(strings.TrimPrefix(line, "\t"), until) {
			return piece, text[len(piece):], true
		}
		piece += line
	}
	return text, "", false
}

// TestCutBefore proves that a piece ends where it should, and that nothing else
// will do.
func TestCutBefore(t *testing.T) {
	const text = "func f() {\n\tif x {\n\t\treturn\n\t}\n\treturn\n}\n"
	for _, test := range []struct {
		text, until, piece string
		found              bool
	}{
		{text, "", text, true},
		{text, "return", text[:strings.Index(text, "\treturn\n}")], true},
		{text, "}", text[:strings.Index(text, "\t}")], true},
		{text, "func", text, false}, // a piece has a line at least
		{text, "else", text, false},
	} {
		piece, rest, found := cutBefore(test.text, test.until)
		if piece != test.piece || piece+rest != test.text || found != test.found {
			t.Errorf("cutBefore(%q) = %q, %q, %v, want %q, %v", test.until, piece, rest, found, test.piece, test.found)
		}
	}
}

// declaration returns the text of a declaration with its comment; without a name, that
// of the file.
func declaration(t *testing.T, path, name string) string {
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case name == "":
		return string(source)
	case strings.HasSuffix(path, ".py"):
		return definition(t, path, string(source), name)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		var doc *ast.CommentGroup
		found := false
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			doc, found = decl.Doc, decl.Name.Name == name
		case *ast.GenDecl:
			doc = decl.Doc
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					found = found || spec.Name.Name == name
				case *ast.ValueSpec:
					found = found || spec.Names[0].Name == name
				}
			}
		}
		if found {
			start := decl.Pos()
			if doc != nil {
				start = doc.Pos()
			}
			return string(source[files.Position(start).Offset:files.Position(decl.End()).Offset]) + "\n"
		}
	}
	t.Fatalf("%s declares no %s", path, name)
	return ""
}

// definition returns the text of a function or a class of Python, F, or C.F for a
// method, as if it stood at the margin.
func definition(t *testing.T, path, text, name string) string {
	for part := range strings.SplitSeq(name, ".") {
		if text = defined(text, part); text == "" {
			t.Fatalf("%s defines no %s", path, name)
		}
	}
	return text
}

// defined cuts out what def or class begins, with all lines that stand further right.
func defined(text, name string) (found string) {
	begins := regexp.MustCompile(`^( *)(?:def|class) ` + name + `\b`)
	margin, blank := "", ""
	for line := range strings.Lines(text) {
		match := begins.FindStringSubmatch(line)
		switch {
		case found == "" && match != nil:
			margin, found = match[1], strings.TrimPrefix(line, match[1])
		case found == "":
		case strings.TrimSpace(line) == "":
			blank += line
		case !strings.HasPrefix(line, margin+" "):
			return found
		default:
			found += blank + strings.TrimPrefix(line, margin)
			blank = ""
		}
	}
	return found
}

// TestDefined proves that a definition ends where it should.
func TestDefined(t *testing.T) {
	const text = "class A:\n    def f(self):\n        x\n\n        y\n\n    def fg(self):\n        z\n\n\ndef f():\n    w\n"
	for _, test := range []struct{ name, text, want string }{
		{"A", text, text[:strings.Index(text, "\n\n\n")+1]},
		{"f", text, "def f(self):\n    x\n\n    y\n"},
		{"fg", text, "def fg(self):\n    z\n"},
		{"w", text, ""},
	} {
		if got := defined(test.text, test.name); got != test.want {
			t.Errorf("defined(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}
