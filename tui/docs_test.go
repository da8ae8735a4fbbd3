package tui

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"barewire/tui/filter"

	"github.com/charmbracelet/bubbles/key"
)

// TestPage looks up each key and tries each filter that docs/screen.md names.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../docs/screen.md")
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, group := range groups {
		for _, binding := range group.Keys {
			for _, name := range shown(binding) {
				known[name] = true
			}
		}
	}
	spans := regexp.MustCompile("`([^`\n]+)`")
	keys := 0
	for _, span := range spans.FindAllStringSubmatch(string(text), -1) {
		if name := span[1]; len([]rune(name)) == 1 && !strings.Contains("<>✓✗·|!*", name) || name == "tab" || name == "space" {
			if keys++; !known[name] {
				t.Errorf("the screen has no key %s", name)
			}
		}
	}
	if keys < 20 {
		t.Errorf("the page names %d keys", keys)
	}
	_, about, _ := strings.Cut(string(text), "`f` filters the list:")
	about, _, _ = strings.Cut(about, "Any other word")
	filters := 0
	for _, span := range spans.FindAllStringSubmatch(about, -1) {
		if len(span[1]) == 1 {
			continue // what joins them
		}
		filters++
		parsed, err := filter.Parse(span[1])
		if err != nil || strings.HasPrefix(parsed.String(), "text:") {
			t.Errorf("filter.Parse(%q) = %v, %v", span[1], parsed, err)
		}
	}
	if filters < 7 {
		t.Errorf("the page shows %d filters", filters)
	}
}

// shown returns the names of a key as the page writes them.
func shown(binding key.Binding) (names []string) {
	for _, name := range binding.Keys() {
		names = append(names, map[string]string{" ": "space", "left": "←", "right": "→"}[name], name)
	}
	return names
}
