package uwsgi

import "embed"

// Source has the Go files of this package.
//
//go:embed *.go
var Source embed.FS
