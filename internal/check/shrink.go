package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds on how long a failing case is made smaller, for each try is a conversation
// with a server, and one that fails by silence takes as long as its limit.
const (
	maxShrinks  = 50
	shrinkLimit = 15 * time.Second
)

// fewestCuts leaves out cuts for as long as the check still fails. It returns the
// last result that failed.
func (target Target) fewestCuts(ctx context.Context, check *Check, places []int, failed Result) Result {
	ends := time.Now().Add(shrinkLimit)
	places = shrink(places, func(fewer []int) bool {
		if time.Now().After(ends) {
			return false
		}
		result := target.once(ctx, check, cutAt(check.Say, fewer))
		if !result.Passed {
			failed = result
		}
		return !result.Passed
	})
	failed.Cut = "behind the bytes " + strings.Trim(strings.ReplaceAll(fmt.Sprint(places), " ", ", "), "[]")
	return failed
}

// shrink leaves out items for as long as the rest still fails: half of them first,
// then quarters, down to one at a time.
func shrink(items []int, stillFails func([]int) bool) []int {
	left := maxShrinks
	for smaller := true; smaller; {
		before := len(items)
		for run := (len(items) + 1) / 2; run > 0; run /= 2 {
			for at := 0; at < len(items) && left > 0; left-- {
				rest := slices.Concat(items[:at], items[min(at+run, len(items)):])
				if stillFails(rest) {
					items = rest
				} else {
					at += run
				}
			}
		}
		smaller = len(items) < before && left > 0
	}
	return items
}
