package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestExcerpts compares every go block with the declaration it is taken from.
// A block that names none is taken for an example, and must be Go at least.
func TestExcerpts(t *testing.T) {
	eachPage(t, func(t *testing.T, p *page) {
		for _, b := range p.blocks {
			if b.language != "go" {
				continue
			}
			from, ok := strings.CutPrefix(b.before, "<!-- from: ")
			if !ok {
				if _, err := parser.ParseFile(token.NewFileSet(), p.path, "package p\n"+p.pieces[b.piece], 0); err != nil {
					t.Error(err)
				}
				continue
			}
			file, name, _ := strings.Cut(strings.TrimSuffix(from, " -->"), " ")
			p.check(t, b, declaration(t, "../"+file, name), func(s string) string { return s })
		}
		p.write(t)
	})
}

// declaration returns the text of a declaration with its comment.
func declaration(t *testing.T, path, name string) string {
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
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
