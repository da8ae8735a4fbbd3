package over

import (
	"context"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Edit opens a line of a file in an editor, given with its arguments, which stands in
// dir, "" for where we are. Most editors know +LINE. It ends with the context, and
// what went wrong becomes a message.
func Edit(ctx context.Context, editor []string, dir, path string, line int, failed func(error) tea.Msg) tea.Cmd {
	command := exec.CommandContext(ctx, editor[0], append(editor[1:], fmt.Sprintf("+%d", line), path)...)
	command.Dir = dir
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) } // so that it can save
	command.WaitDelay = 2 * time.Second
	return tea.ExecProcess(command, func(err error) tea.Msg {
		if err != nil {
			return failed(err)
		}
		return nil
	})
}
