//go:build !unix

package python

import (
	"errors"
	"net"
	"os"
)

// socketPair tells that a system without socket pairs has no workers.
func socketPair() (net.Conn, *os.File, error) {
	return nil, nil, errors.New("python: workers need socket pairs, which this system does not have")
}
