//go:build unix

package python

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// socketPair returns two sockets that are connected: ours, and the one that a child
// gets. Reading from ours blocks a thread, and not only a goroutine: there are no
// more of these than workers, and the kernel wakes such a thread directly, which is
// cheaper than by way of Go's poller.
func socketPair() (ours, theirs *os.File, err error) {
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
	return os.NewFile(uintptr(fds[0]), "socket to a Python worker"), os.NewFile(uintptr(fds[1]), "socket of a Python worker"), nil
}

// setPatience says how long a read or a write may take, 0 for as long as it likes.
// Then its error is EAGAIN.
func setPatience(socket *os.File, patience time.Duration) error {
	limit := syscall.NsecToTimeval(patience.Nanoseconds())
	return control(socket, func(fd int) error {
		return errors.Join(
			os.NewSyscallError("setsockopt", syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &limit)),
			os.NewSyscallError("setsockopt", syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &limit)))
	})
}

// hangUp ends what is read at both ends, and closes ours.
func hangUp(socket *os.File) {
	_ = control(socket, func(fd int) error { return syscall.Shutdown(fd, syscall.SHUT_RDWR) }) // it may be over
	_ = socket.Close()
}

// receiveFile receives a file, with the next byte of the socket.
func receiveFile(socket *os.File) (*os.File, error) {
	rights := make([]byte, syscall.CmsgSpace(4)) // a descriptor has 4 bytes
	n := 0
	err := control(socket, func(fd int) error {
		err := error(syscall.EINTR)
		for err == syscall.EINTR {
			_, n, _, _, err = syscall.Recvmsg(fd, make([]byte, 1), rights, 0)
		}
		return os.NewSyscallError("recvmsg", err)
	})
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
	syscall.CloseOnExec(descriptors[0])
	return os.NewFile(uintptr(descriptors[0]), "a file of a Python worker"), nil
}

// control calls a function with the descriptor of a file that is not closed meanwhile.
func control(file *os.File, do func(fd int) error) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	return errors.Join(raw.Control(func(fd uintptr) { err = do(int(fd)) }), err)
}
