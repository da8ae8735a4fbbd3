// Package apps holds the source of those applications that a learner's
// workspace has: the two that the demos serve, and the one that the checks ask.
package apps

import "embed"

// Source has all files of check, hello and stream. Names begin below this
// folder: hello/hello.go.
//
//go:embed check hello stream
var Source embed.FS
