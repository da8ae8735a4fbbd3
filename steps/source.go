// Package steps holds the source of the ten steps, as the program that runs was
// built from it: the screen shows the line that made a value, and a learner's
// workspace is cut from these files, on a machine that may have no other copy.
//
// It stands above the steps because go:embed cannot look upward: a file embeds
// what lies in its own folder or below, and nothing else.
package steps

import "embed"

// Source has the Go files of the steps, of their demos and of refuse, with their
// tests. Names begin below this folder: 07_environ/fields.go.
//
//go:embed refuse/*.go [0-9][0-9]_*/*.go [0-9][0-9]_*/demo/*.go
var Source embed.FS
