//go:build !unix

package workshop

import (
	"os/exec"
	"strconv"
)

// ownGroup lets all that the program has started end with it. Windows has no
// process groups, but it knows who started whom.
func ownGroup(command *exec.Cmd) {
	command.Cancel = func() error {
		return exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(command.Process.Pid)).Run()
	}
}
