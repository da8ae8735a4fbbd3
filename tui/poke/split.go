package poke

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"mvdan.cc/sh/v3/syntax"
)

// Split cuts a line into words as a shell would, without being one. What needs
// a shell is refused: variables, pipes, a second command, files to write to. In
// quotes the same signs are text.
//
// ? * [ { and ~ stay as they are: in a URL they mean themselves, and a shell
// would leave most of them alone too.
func Split(line string) ([]string, error) {
	if at := strings.IndexFunc(line, isControl); at >= 0 {
		return nil, fmt.Errorf("this line holds the control character %q, which nobody types", []rune(line[at:])[0])
	}
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	var wrong syntax.ParseError
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("a shell could not read this line: %s", wrong.Text)
	case err != nil:
		return nil, err
	case len(file.Stmts) == 0:
		return nil, errors.New("this line is empty")
	}
	statement := file.Stmts[0]
	call, isCall := statement.Cmd.(*syntax.CallExpr)
	switch {
	case statement.Background:
		return nil, needsShell("&")
	case statement.Negated:
		return nil, needsShell("!")
	case len(statement.Redirs) > 0:
		return nil, needsShell(statement.Redirs[0].Op.String())
	case !isCall:
		return nil, needsShell(sign(statement.Cmd))
	case len(call.Assigns) > 0:
		return nil, errors.New("a variable before a command needs a shell, and there is none here")
	case len(file.Stmts) > 1 || statement.Semicolon.IsValid():
		return nil, needsShell(";")
	}
	var words []string
	for _, word := range call.Args {
		text, err := text(word.Parts, escaped)
		if err != nil {
			return nil, err
		}
		words = append(words, text)
	}
	return words, nil
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\n' }

func needsShell(sign string) error {
	return fmt.Errorf("%s means something to a shell, and there is none here; put it in single quotes", sign)
}

// sign names a command that is more than words.
func sign(command syntax.Command) string {
	switch command := command.(type) {
	case *syntax.BinaryCmd:
		return command.Op.String()
	case *syntax.Subshell:
		return "("
	}
	return "the first word"
}

// A backslash makes the next sign text: outside quotes any, in double quotes
// these. Between single quotes it is itself.
var (
	escaped       = regexp.MustCompile(`\\(?s:(.))`)
	escapedQuoted = regexp.MustCompile("\\\\([$`\"\\\\])")
)

// text joins the parts of a word.
func text(parts []syntax.WordPart, escaped *regexp.Regexp) (string, error) {
	var out strings.Builder
	for _, part := range parts {
		dollar := false
		switch part := part.(type) {
		case *syntax.Lit:
			out.WriteString(escaped.ReplaceAllString(part.Value, "$1"))
		case *syntax.SglQuoted:
			dollar = part.Dollar
			out.WriteString(part.Value)
		case *syntax.DblQuoted:
			dollar = part.Dollar
			inner, err := text(part.Parts, escapedQuoted)
			if err != nil {
				return "", err
			}
			out.WriteString(inner)
		case *syntax.CmdSubst:
			if part.Backquotes {
				return "", needsShell("`")
			}
			dollar = true
		case *syntax.ParamExp, *syntax.ArithmExp:
			dollar = true
		default:
			return "", needsShell("(")
		}
		if dollar {
			return "", needsShell("$")
		}
	}
	return out.String(), nil
}
