package workshop

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const maxFaults = 20

// What the compiler says, what a test says, and a line of a stack.
var (
	ofCompiler = regexp.MustCompile(`^([^\s:]+\.go):(\d+)(?::(\d+))?: (.*)$`)
	ofTest     = regexp.MustCompile(`^\s+([^\s:/]+\.go):(\d+): (.*)$`)
	ofStack    = regexp.MustCompile(`\bworkshop/([^\s:]+\.go):(\d+)`)
)

// faults finds the places that an output names, below the workspace. The stack of
// a panic names many, and counts as one.
func faults(output, folder string) (found []Fault) {
	add := func(fault Fault) {
		if len(found) < maxFaults && !slices.Contains(found, fault) {
			found = append(found, fault)
		}
	}
	before, after := output, ""
	panicked := ofPanic.FindStringSubmatchIndex(output)
	if panicked != nil {
		before, after = output[:panicked[0]], output[panicked[0]:]
	}
	for line := range strings.Lines(before) {
		line = strings.TrimRight(line, "\r\n")
		if match := ofCompiler.FindStringSubmatch(line); match != nil {
			add(place(match[1], match[2], match[3], match[4]))
		} else if match := ofTest.FindStringSubmatch(line); match != nil {
			add(place(folder+"/"+match[1], match[2], "", match[3]))
		}
	}
	if panicked != nil {
		text, _, _ := strings.Cut(output[panicked[2]:panicked[3]], " [recovered")
		if names := hanging(output); names != nil {
			text = fmt.Sprintf("%s did not end within %d s", strings.Join(names, ", "), int(testLimit.Seconds()))
		}
		add(ofThePanic(after, folder, text))
	}
	return found
}

// ofThePanic is where in a stack the learner looks first: where it was, if a
// function was not written yet; else in the step that is checked; else in another
// that is theirs.
func ofThePanic(stack, folder, text string) Fault {
	var places []Fault
	for _, match := range ofStack.FindAllStringSubmatch(stack, -1) {
		places = append(places, place(match[1], match[2], "", text))
	}
	isHere := func(f Fault) bool { return exercise(f.File) > 0 && strings.HasPrefix(f.File, folder+"/") }
	isTheirs := func(f Fault) bool { return exercise(f.File) > 0 }
	if i := slices.IndexFunc(places, isHere); i >= 0 && !isUnwritten.MatchString(text) {
		return places[i]
	}
	if i := slices.IndexFunc(places, isTheirs); i >= 0 {
		return places[i]
	}
	return append(places, Fault{Text: text})[0]
}

func place(file, line, column, text string) Fault {
	fault := Fault{File: strings.TrimPrefix(file, "./"), Text: text}
	fault.Line, _ = strconv.Atoi(line)     // digits
	fault.Column, _ = strconv.Atoi(column) // digits, or nothing
	return fault
}
