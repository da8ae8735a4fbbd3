package workshop

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// An edit puts text in place of some bytes of a file.
type edit struct {
	from, to int
	text     string
}

// apply makes all edits, which do not overlap.
func apply(source []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(append(out, source[done:e.from]...), e.text...)
		done = e.to
	}
	return append(out, source[done:]...)
}

// rename makes a file of module barewire one of module workshop.
func rename(source []byte) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var edits []edit
	for _, spec := range file.Imports {
		from := files.Position(spec.Path.Pos()).Offset + len(`"`)
		if strings.HasPrefix(spec.Path.Value, `"barewire/`) {
			edits = append(edits, edit{from, from + len("barewire"), "workshop"})
		}
	}
	source = apply(source, edits)
	// What a comment tells to type runs there too.
	return bytes.ReplaceAll(source, []byte("go run . send"), []byte("barewire send")), nil
}

// unwritten is what a function without its body says.
func unwritten(step int) string { return fmt.Sprintf("step %02d is not written yet", step) }

// empty takes the body of every function, and the imports that nothing else
// needs. All other bytes stay as they are, the comments above all.
func empty(source []byte, step int) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	offset := func(pos token.Pos) int { return files.Position(pos).Offset }
	body := fmt.Sprintf("{\n\tpanic(%q)\n}", unwritten(step))
	var edits []edit
	for _, decl := range file.Decls {
		if function, ok := decl.(*ast.FuncDecl); ok && function.Body != nil {
			edits = append(edits, edit{offset(function.Body.Pos()), offset(function.Body.End()), body})
			function.Body = nil // so that used does not look into it
		}
	}
	if edits == nil {
		return source, nil
	}
	used := usedNames(file)
	for _, decl := range file.Decls {
		imports, ok := decl.(*ast.GenDecl)
		if !ok || imports.Tok != token.IMPORT {
			continue
		}
		unused := slices.DeleteFunc(slices.Clone(imports.Specs), func(spec ast.Spec) bool {
			return used[nameOf(spec.(*ast.ImportSpec))]
		})
		if len(unused) == len(imports.Specs) {
			edits = append(edits, line(source, offset(imports.Pos()), offset(imports.End())))
			continue
		}
		for _, spec := range unused {
			edits = append(edits, line(source, offset(spec.Pos()), offset(spec.End())))
		}
	}
	return format.Source(apply(source, edits)) // for the empty lines that are too many now
}

// usedNames are the names in front of a dot, a package's or not. None shadows
// an import, so this is enough.
func usedNames(file *ast.File) map[string]bool {
	used := make(map[string]bool)
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok {
				used[name.Name] = true
			}
		}
		return true
	})
	return used
}

// nameOf is the name that an import has in its file.
func nameOf(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	imported, _ := strconv.Unquote(spec.Path.Value) // parsed, so it is quoted
	return path.Base(imported)
}

// line is the edit that takes whole lines, those in which something stands.
func line(source []byte, from, to int) edit {
	from = bytes.LastIndexByte(source[:from], '\n') + 1
	if end := bytes.IndexByte(source[to:], '\n'); end >= 0 {
		to += end + 1
	}
	return edit{from, to, ""}
}
