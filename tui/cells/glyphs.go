package cells

import (
	"strconv"
	"strings"
)

// ascii replaces the signs of the screen by those that every terminal has.
var ascii = strings.NewReplacer(
	"│", "|", "┐", ".", "┘", "'", "─", "-", "▸", ">", "✓", "+", "✗", "x", "‖", "=",
	"·", ".", "…", "~", "┄", "-", "␍␊", `\r\n`, "␍", `\r`, "␊", `\n`, "µs", "us", "→", ">", "←", "<", "↑", "^", "↓", "v", "–", "-", "⇤", "<", "§", "#",
)

// toASCII spells out every rune that is not ASCII, and has no sign in its place.
func toASCII(text string) string {
	if isPlain(text) {
		return text
	}
	var spelt strings.Builder
	for _, r := range ascii.Replace(text) {
		if r < 0x80 {
			spelt.WriteRune(r)
		} else {
			spelt.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return spelt.String()
}
