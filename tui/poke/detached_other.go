//go:build !unix

package poke

import "syscall"

// detached is for systems where a program has no terminal to be taken away from.
var detached *syscall.SysProcAttr
