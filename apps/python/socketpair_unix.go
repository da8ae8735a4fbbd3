//go:build unix

package python

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// socketPair returns two sockets that are connected: ours, and the one that a
// child gets.
func socketPair() (ours net.Conn, theirs *os.File, err error) {
	// No other child that starts just now may inherit them: a worker would not
	// see our end.
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	file := os.NewFile(uintptr(fds[0]), "socket to a Python worker")
	theirs = os.NewFile(uintptr(fds[1]), "socket of a Python worker")
	ours, err = net.FileConn(file) // has a descriptor of its own
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return ours, theirs, nil
}
