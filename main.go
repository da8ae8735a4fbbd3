// Barewire is a web server to learn from: a bare TCP socket goes in, a server
// in the manner of Python's WSGI comes out, and each step between the two is a
// package that is read in one sitting. See README.md.
package main

import (
	"os"

	"barewire/internal/command"
)

func main() {
	os.Exit(command.Main(os.Args[1:], command.System()))
}
