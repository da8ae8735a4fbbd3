package wsgi

import (
	"fmt"
	"strings"
	"unicode"
)

// Repr returns the value of an environ key as Python's repr shows it: 'text',
// True, (1, 0). A program can read that back; a terminal can show it, for no
// byte of it is a control byte. Things that are no values are shown by their
// key, as <wsgi.input>.
//
// Python's text is the bytes in latin-1, each byte a character, so that is what
// is shown: the two bytes of a UTF-8 é are 'Ã©'. PEP 3333, "Unicode Issues"
func Repr(key string, value any) string {
	switch value := value.(type) {
	case string:
		return reprText(value)
	case bool:
		if value {
			return "True"
		}
		return "False"
	case int:
		return fmt.Sprint(value)
	case [2]int:
		return fmt.Sprintf("(%d, %d)", value[0], value[1])
	case []string:
		return reprTuple(value)
	}
	return "<" + key + ">"
}

// reprTuple shows texts as a tuple; Python writes one of length one with a
// comma, to tell it from a text in parentheses.
func reprTuple(texts []string) string {
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = reprText(text)
	}
	if len(shown) == 1 {
		return "(" + shown[0] + ",)"
	}
	return "(" + strings.Join(shown, ", ") + ")"
}

// reprText quotes text with ', or with " where that saves escapes.
func reprText(text string) string {
	quote := byte('\'')
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = '"'
	}
	var out strings.Builder
	out.WriteByte(quote)
	for i := range len(text) {
		switch c := text[i]; {
		case c == quote || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '\t':
			out.WriteString(`\t`)
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\r':
			out.WriteString(`\r`)
		case unicode.IsPrint(rune(c)):
			out.WriteRune(rune(c))
		default:
			fmt.Fprintf(&out, `\x%02x`, c)
		}
	}
	out.WriteByte(quote)
	return out.String()
}
