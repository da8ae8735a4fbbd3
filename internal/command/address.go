package command

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const defaultAddr = "127.0.0.1:8888"

// An address is a flag that takes host:port.
type address string

func (a *address) String() string { return string(*a) }
func (a *address) Type() string   { return "host:port" }

func (a *address) Set(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return err
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return err
	}
	*a = address(text)
	return nil
}

// A listening address is a flag of whoever listens, which takes unix:/path too.
type listening struct{ address }

// onUnix begins the address of a Unix socket, as nginx writes it.
const onUnix = "unix:"

func (l *listening) Type() string  { return "host:port|unix:path" }
func (l *listening) takes() string { return "host:port, such as " + defaultAddr + ", or unix:/path" }

func (l *listening) Set(text string) error {
	switch path, ok := strings.CutPrefix(text, onUnix); {
	case ok && path == "":
		return errors.New("a socket has a path")
	case ok:
		l.address = address(text)
		return nil
	}
	return l.address.Set(text)
}

// quoted is the address as a shell wants it: to some, [::1] is a pattern.
func (a address) quoted() string {
	if strings.Contains(string(a), "[") {
		return "'" + string(a) + "'"
	}
	return string(a)
}

// listenAt opens the socket. When its port is taken it says which command
// would work.
func listenAt(addr address, world World, command *cobra.Command, app app) (net.Listener, error) {
	if path, ok := strings.CutPrefix(string(addr), onUnix); ok {
		return listenUnix(path)
	}
	listener, err := net.Listen("tcp", string(addr))
	var unknown *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		if free, freeErr := freePort(addr); freeErr == nil {
			err = fmt.Errorf("%s is already in use; this works: %s", addr, sameAt(free, world, command, app))
		}
	case errors.Is(err, syscall.EADDRNOTAVAIL) || errors.As(err, &unknown):
		return nil, fmt.Errorf("%s is no address of this machine", addr)
	}
	if err != nil {
		return nil, failure{err}
	}
	warnOfOthers(listener.Addr(), world)
	return listener, nil
}

// listenUnix opens a Unix socket. The file of a server that ended without removing it
// is in the way; then nobody answers at it, and it is replaced. Closing the listener
// removes it.
func listenUnix(path string) (net.Listener, error) {
	listener, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EADDRINUSE) {
		conn, dialErr := net.Dial("unix", path)
		info, statErr := os.Lstat(path)
		switch {
		case dialErr == nil:
			_ = conn.Close()
			return nil, failure{fmt.Errorf("%s is already in use: another server listens there", path)}
		case statErr == nil && info.Mode().Type() != os.ModeSocket:
			return nil, failure{fmt.Errorf("%s is a file already, and no socket", path)}
		case errors.Is(dialErr, syscall.ECONNREFUSED):
			if err = os.Remove(path); err == nil {
				listener, err = net.Listen("unix", path)
			}
		}
	}
	if err != nil {
		return nil, failure{err}
	}
	return listener, nil
}

// warnOfOthers says so when not only this machine reaches the address. The default
// is one that no other does: here one serves what is not finished yet.
func warnOfOthers(addr net.Addr, world World) {
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		fmt.Fprintf(world.Err, "barewire: other machines can reach this server too, at port %d\n", tcp.Port)
	}
}

// freePort finds the same address with a port that is free.
func freePort(addr address) (address, error) {
	host, _, err := net.SplitHostPort(string(addr))
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return address(net.JoinHostPort(host, port)), err
}

// sameAt is the command that was given, whole, with another address.
func sameAt(addr address, world World, command *cobra.Command, app app) string {
	words := []string{world.Name, "serve", app.name, "--addr", addr.quoted()}
	command.Flags().Visit(func(flag *pflag.Flag) {
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			for _, value := range list.GetSlice() {
				words = append(words, "--"+flag.Name, value)
			}
		} else if flag.Name != "addr" {
			words = append(words, "--"+flag.Name, flag.Value.String())
		}
	})
	return strings.Join(words, " ")
}

// url is what to type into curl; a server that listens everywhere is reached
// at 127.0.0.1 too.
func url(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String()) // of a TCP listener: it has both
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
