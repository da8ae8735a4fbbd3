//go:build unix

package workshop

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the program the first of a new process group, all of which ends
// when the command is cancelled.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
