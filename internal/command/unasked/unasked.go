// Package unasked keeps the terminal from being asked for its background when the
// program begins. Bubble Tea does that from an init, whatever the command is, and
// waits for five seconds on a terminal that does not answer. Only the screens need
// to know, and they ask for themselves.
//
// An init comes in time: of the packages that are ready, the first by import path
// is initialised next (Go specification, "Program initialization"), and the path
// of this one stands before that of Bubble Tea, which needs no less than it.
package unasked

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
