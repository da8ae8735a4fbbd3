package server

import "embed"

// Source has the Go files of the server and of its trace, tests included: a
// learner's workspace gets those that are none. Names begin below this folder:
// trace/text.go.
//
//go:embed *.go trace/*.go
var Source embed.FS
