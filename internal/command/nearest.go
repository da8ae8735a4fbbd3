package command

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// suggest ends a sentence about a wrong word with the right one, or otherwise,
// when none is near, with other advice.
func suggest(word string, names []string, otherwise string) string {
	if name := nearest(word, names); name != "" {
		return "; did you mean " + name + "?"
	}
	return otherwise
}

// nearest returns the name that was meant by a word: one that begins so, or
// else the one with the fewest wrong letters, when those are at most half of
// the word. It returns "" if there is none.
func nearest(word string, names []string) string {
	word = bare(word)
	if word == "" {
		return ""
	}
	best, distance := "", len(word)/2+1
	for _, name := range names {
		if strings.HasPrefix(bare(name), word) {
			return name
		}
		if d := levenshtein.ComputeDistance(word, bare(name)); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// bare is a name without what people are careless about.
func bare(name string) string { return strings.ToLower(strings.TrimLeft(name, "-")) }
