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

// receiveFile receives a file, with the next byte of the socket.
func receiveFile(conn net.Conn) (*os.File, error) {
	rights := make([]byte, syscall.CmsgSpace(4)) // a descriptor has 4 bytes
	_, n, _, _, err := conn.(*net.UnixConn).ReadMsgUnix(make([]byte, 1), rights)
	if err != nil {
		return nil, err
	}
	messages, err := syscall.ParseSocketControlMessage(rights[:n])
	if err != nil || len(messages) != 1 {
		return nil, errGarbled
	}
	descriptors, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(descriptors) != 1 {
		return nil, errGarbled
	}
	return os.NewFile(uintptr(descriptors[0]), "a file of a Python worker"), nil
}
