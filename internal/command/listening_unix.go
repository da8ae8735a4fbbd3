//go:build unix

package command

import (
	"os"
	"syscall"
)

// isListening tells whether a file is a socket that takes connections.
func isListening(file *os.File) bool {
	raw, err := file.SyscallConn()
	if err != nil {
		return false
	}
	listening := 0
	asked := raw.Control(func(fd uintptr) {
		// 0 too where it fails, for then it is no socket.
		listening, _ = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ACCEPTCONN)
	})
	return asked == nil && listening != 0
}
