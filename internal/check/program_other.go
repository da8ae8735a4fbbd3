//go:build !unix

package check

import (
	"os/exec"
	"strconv"
)

// Elsewhere than on Unix there are no process groups. Windows knows who started
// whom, and taskkill ends them all.

func ownGroup(*exec.Cmd) {}

func endGroup(cmd *exec.Cmd) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() } // fails if it has ended
