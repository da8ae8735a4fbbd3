package command

import (
	"math"
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
// else the one with the fewest wrong letters. Those may be half of the word; of
// package:Name half of the package, for nearly every Name is App. It returns ""
// if there is none.
func nearest(word string, names []string) string {
	word = bare(word)
	wanted, wantedName, isApp := strings.Cut(word, ":")
	if wanted == "" {
		return ""
	}
	best, fewest := "", math.MaxInt
	for _, name := range names {
		if strings.HasPrefix(bare(name), word) {
			return name
		}
		found, foundName, ok := strings.Cut(bare(name), ":")
		wrong := levenshtein.ComputeDistance(wanted, found)
		if strings.HasPrefix(found, wanted) {
			wrong = 0
		}
		if isApp && !ok || wrong > len(wanted)/2 {
			continue
		}
		if isApp {
			wrong += levenshtein.ComputeDistance(wantedName, foundName)
		}
		if wrong < fewest {
			best, fewest = name, wrong
		}
	}
	return best
}

// bare is a name without what people are careless about.
func bare(name string) string { return strings.ToLower(strings.TrimLeft(name, "-")) }
