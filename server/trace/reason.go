package trace

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"barewire/server"
)

// because gives the reason why something came to nothing, under the line that
// it is about. An error passes through several hands; it is told once.
func (t *Text) because(x *exchange, reason string) {
	if reason == "" || reason == x.told {
		return
	}
	x.told = reason
	for line := range strings.Lines(reason) {
		for _, wire := range wrap("    ", line) {
			t.tell(x, row{wire, wrong, note{}})
		}
	}
}

// wrap breaks a line between its words.
func wrap(indent, line string) (lines []string) {
	wire := indent
	for word := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), " ") {
		if wire != indent {
			word = " " + word
		}
		if wire != indent && utf8.RuneCountInString(wire+word) > lineWidth {
			lines = append(lines, wire)
			wire, word = indent, word[1:]
		}
		wire += word
	}
	return append(lines, wire)
}

// ruleOf is the reason for a refusal, where the bytes are in sight that broke
// the rule, or for another error.
func ruleOf(refused *server.Refusal, err string) string {
	if refused == nil {
		return err
	}
	return fmt.Sprintf("%s (%s)", refused.Rule, refused.Section)
}

// reasonOf is ruleOf with these bytes.
func reasonOf(refused *server.Refusal, err string) string {
	reason := ruleOf(refused, err)
	if refused != nil && len(refused.Got) > 0 {
		reason += fmt.Sprintf(", got %q", refused.Got)
	}
	return reason
}
