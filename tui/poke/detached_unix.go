//go:build unix

package poke

import "syscall"

// detached takes the terminal away from a program. curl would ask for a password
// there, in the middle of the screen.
var detached = &syscall.SysProcAttr{Setsid: true}
