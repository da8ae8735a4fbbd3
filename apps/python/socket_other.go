//go:build !unix

package python

import (
	"errors"
	"os"
	"time"
)

var errNoSocketPairs = errors.New("python: workers need socket pairs, which this system does not have")

func socketPair() (ours, theirs *os.File, err error) { return nil, nil, errNoSocketPairs }

func setPatience(*os.File, time.Duration) error { return errNoSocketPairs }

func hangUp(*os.File) {}

func receiveFile(*os.File) (*os.File, error) { return nil, errNoSocketPairs }
