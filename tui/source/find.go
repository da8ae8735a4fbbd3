package source

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"sync"

	"barewire/server/uwsgi"
	"barewire/steps"
)

// Where the steps are in the repository, and what takes the place of some for uwsgi.
const (
	folder  = "steps/"
	packets = "server/uwsgi/"
)

// mains has for each step what it is about.
var mains = map[int]struct{ file, name string }{
	1:  {"01_listen/listen.go", "Accept"},
	2:  {"02_read/head.go", "Head"},
	3:  {"03_requestline/requestline.go", "Parse"},
	4:  {"04_headers/headers.go", "Parse"},
	5:  {"05_body/framing.go", "Frame"},
	6:  {"06_wsgi/wsgi.go", "Application"},
	7:  {"07_environ/environ.go", "Fill"},
	8:  {"08_call/answer.go", "Application"},
	9:  {"09_response/writer.go", "Body"},
	10: {"10_keepalive/keepalive.go", "Persist"},
}

// packetMains has those that are others for a packet of uwsgi.
var packetMains = map[int]struct{ file, name string }{
	2: {"packet.go", "Packet"},
	3: {"line.go", "Line"},
	4: {"line.go", "Variables"},
	5: {"body.go", "Frame"},
	7: {"environ.go", "Fill"},
}

// places is what there is to find.
type places struct {
	steps     map[int]Place
	packets   map[int]Place    // where they are others than the steps
	variables map[string]Place // by name; "HTTP_" for the fields without one of their own
	headers   map[string]Place // by name, in small letters
	status    Place
}

// found reads the source when something is looked for, and only once.
var found = sync.OnceValue(func() places {
	p := places{make(map[int]Place), make(map[int]Place), make(map[string]Place), make(map[string]Place), Place{}}
	for number, main := range mains {
		p.steps[number] = declared(folder+main.file, main.name)
	}
	for number, main := range packetMains {
		p.packets[number] = declared(packets+main.file, main.name)
	}
	inspect(folder+"07_environ/environ.go", p.findVariable)
	inspect(folder+"07_environ/fields.go", p.findVariable)
	inspect(folder+"09_response/head.go", p.findHeader)
	return p
})

// declared finds the function or the type of that name.
func declared(file, name string) (place Place) {
	inspect(file, func(node ast.Node, at Place) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if node.Name.Name == name {
				place = at
			}
		case *ast.TypeSpec:
			if node.Name.Name == name {
				place = at
			}
		}
		return true
	})
	return place
}

// findVariable knows the ways in which step 07 sets a variable: environ[key] = value,
// add(environ, key, …), and add(environ, variable(name), …) for all other fields.
func (p *places) findVariable(node ast.Node, at Place) bool {
	switch node := node.(type) {
	case *ast.IfStmt:
		return false // what stands there happens to few requests
	case *ast.AssignStmt:
		if element, is := node.Lhs[0].(*ast.IndexExpr); is && isNamed(element.X, "environ") {
			if key, is := literal(element.Index); is {
				p.variables[key] = at
			}
		}
	case *ast.CallExpr:
		if isNamed(node.Fun, "add") {
			if key, is := literal(node.Args[1]); is {
				p.variables[key] = at
			}
			if made, is := node.Args[1].(*ast.CallExpr); is && isNamed(made.Fun, "variable") {
				p.variables["HTTP_"] = at
			}
		}
	}
	return true
}

// findHeader knows how step 09 writes the status, append(buf, answer.Status...), and a
// line of its own, appendField(buf, name, value).
func (p *places) findHeader(node ast.Node, at Place) bool {
	call, is := node.(*ast.CallExpr)
	if !is || !isNamed(call.Fun, "append") && !isNamed(call.Fun, "appendField") {
		return true
	}
	if selector, is := call.Args[1].(*ast.SelectorExpr); is && isNamed(selector.X, "answer") && selector.Sel.Name == "Status" {
		p.status = at
	}
	if name, is := literal(call.Args[1]); is && isNamed(call.Fun, "appendField") {
		p.headers[strings.ToLower(name)] = at
	}
	return true
}

// inspect visits the syntax of a file, from the outside in.
func inspect(file string, visit func(node ast.Node, at Place) bool) {
	text, err := read(file)
	if err != nil {
		panic(err) // a file was renamed: every test of this package says so
	}
	files := token.NewFileSet()
	syntax, err := parser.ParseFile(files, file, text, parser.SkipObjectResolution)
	if err != nil {
		panic(err) // not Go, and yet it was compiled
	}
	ast.Inspect(syntax, func(node ast.Node) bool {
		return node != nil && visit(node, Place{file, files.Position(node.Pos()).Line})
	})
}

// read returns the text of a file, as the repository names it.
func read(file string) ([]byte, error) {
	if name, is := strings.CutPrefix(file, packets); is {
		return uwsgi.Source.ReadFile(name)
	}
	return steps.Source.ReadFile(strings.TrimPrefix(file, folder))
}

// isNamed tells whether an expression is just a name, this one.
func isNamed(expression ast.Expr, name string) bool {
	ident, is := expression.(*ast.Ident)
	return is && ident.Name == name
}

// literal returns the text that an expression is or begins with.
func literal(expression ast.Expr) (text string, is bool) {
	if sum, is := expression.(*ast.BinaryExpr); is {
		return literal(sum.X)
	}
	basic, is := expression.(*ast.BasicLit)
	if !is || basic.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(basic.Value)
	return text, err == nil
}
