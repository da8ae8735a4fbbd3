package history

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestReasons finds a few words for every rule that steps 02 to 05 refuse with, and
// no words for what no step says.
func TestReasons(t *testing.T) {
	const room = 33 // columns of the list, on a screen of 120
	used := make(map[string]bool)
	files, err := filepath.Glob("../../steps/0[2-9]_*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no steps", err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "mistake.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			literal, is := node.(*ast.BasicLit)
			if !is || literal.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(literal.Value)
			text = numbers.ReplaceAllString(strings.ReplaceAll(text, "%d", "0"), "0")
			if _, is := briefly[text]; is {
				used[text] = true
			}
			return true
		})
		ast.Inspect(file, func(node ast.Node) bool {
			rule := ruleOf(node)
			if rule == "" || filepath.Base(filepath.Dir(path)) >= "08" {
				return true
			}
			if brief := reason(strings.ReplaceAll(rule, "%d", "7")); brief == rule || utf8.RuneCountInString(brief) > room {
				t.Errorf("%s: %q is not put in a few words", path, rule)
			}
			return true
		})
	}
	for rule := range briefly {
		if !used[rule] {
			t.Errorf("no step says %q", rule)
		}
	}
}

// ruleOf returns the rule that a call of bad or refuse.Because states, "" for any
// other node.
func ruleOf(node ast.Node) string {
	call, is := node.(*ast.CallExpr)
	if !is {
		return ""
	}
	var rule ast.Expr
	switch f := call.Fun.(type) {
	case *ast.Ident:
		if f.Name != "bad" {
			return ""
		}
		rule = call.Args[0]
	case *ast.SelectorExpr:
		if f.Sel.Name != "Because" {
			return ""
		}
		rule = call.Args[1]
	}
	if sprintf, is := rule.(*ast.CallExpr); is {
		rule = sprintf.Args[0]
	}
	literal, is := rule.(*ast.BasicLit)
	if !is {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value)
	return text
}
