package command

import (
	"errors"
	"fmt"
	"net"
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
