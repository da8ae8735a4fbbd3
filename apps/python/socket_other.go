//go:build !unix

package python

import (
	"errors"
	"net"
	"os"
)

var errNoSocketPairs = errors.New("python: workers need socket pairs, which this system does not have")

func socketPair() (net.Conn, *os.File, error) { return nil, nil, errNoSocketPairs }

func receiveFile(net.Conn) (*os.File, error) { return nil, errNoSocketPairs }
