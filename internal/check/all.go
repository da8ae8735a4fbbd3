package check

import (
	"slices"
	"sync"
)

// All returns the checks of all steps, in order. Step 06 has none: it is types,
// of which no socket tells.
func All() []*Check { return slices.Clone(made()) }

// made makes the checks when they are asked for, and once: some say megabytes.
var made = sync.OnceValue(func() (all []*Check) {
	for _, step := range [][]Check{
		step01(), step02(), step03(), step04(), step05(), step05Chunks(), step05App(),
		step07(), step07App(), step08(), step08App(), step09(), step09App(), step10(), step10App(),
	} {
		for i := range step {
			all = append(all, &step[i])
		}
	}
	return all
})

// Of returns the checks of one step.
func Of(step int) []*Check {
	return slices.DeleteFunc(All(), func(check *Check) bool { return check.Step() != step })
}

// Find returns the check with an ID, nil if there is none.
func Find(id string) *Check {
	for _, check := range All() {
		if check.ID == id {
			return check
		}
	}
	return nil
}
