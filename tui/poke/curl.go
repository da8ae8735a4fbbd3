package poke

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A CurlOutput is what came of one curl.
type CurlOutput struct {
	Args []string // as it was run
	Text []byte   // what it printed, on both of its streams, in order: the first 256 KiB
	Size int64    // bytes that it printed
	Exit int      // its exit status; with 0 it had nothing to complain of

	// Conns are the connections that it used last for each URL; nil if it did not
	// tell, for the line asks it to write out something else.
	Conns []Conn
}

// A Conn is a connection, as its client sees it: two host:port. Those of one that
// was never made are "".
type Conn struct{ Local, Remote string }

// curlTime is how long a curl may take. It is long because somebody may hold
// its request meanwhile; it ends with the screen.
const curlTime = 10 * time.Minute

// Curl runs the real curl with these words, of which the first is curl, and with
// -v, so that it shows both sides. A line without a URL asks this one, or at the Unix
// socket that it names; with "" it is left to curl to complain.
//
// No option is refused, not even -o and others that write files. Whoever types
// here could type the same into the next window, with the same rights; and a
// list of forbidden options would be a promise that nobody can keep, for -K
// reads more of them from a file.
//
// An answer that curl does not like is no error, but has an exit status. An
// error tells that curl was not run, or did not come to its end.
func Curl(ctx context.Context, words []string, url string) (CurlOutput, error) {
	if len(words) == 0 || words[0] != "curl" {
		return CurlOutput{}, errors.New("the line begins with curl: no other program is run here")
	}
	if _, err := exec.LookPath("curl"); err != nil {
		return CurlOutput{}, errors.New("curl is not installed, or not where programs are looked for")
	}
	// -sS: no progress meter, but errors. -N: the body as it comes, so that it
	// stands between the right lines.
	report := newReport()
	args := append([]string{"-sSvN"}, report.asked(words[1:])...)
	ctx, cancel := context.WithTimeout(ctx, curlTime)
	defer cancel()
	output, err := run(ctx, args)
	if url != "" && output.Exit == 2 && bytes.Contains(output.Text, []byte("no URL specified")) {
		site := []string{url}
		if path, onUnix := strings.CutPrefix(url, OnUnix); onUnix {
			site = []string{"--unix-socket", path, "http://localhost/"}
		}
		output, err = run(ctx, slices.Concat(args, site))
	}
	report.takeOut(&output)
	return output, err
}

// A report is what curl writes out behind each URL, for us: a word that nobody
// else knows, and the connection. Not every version says that by itself.
type report struct{ word string }

func newReport() report { return report{rand.Text()} }

// asked returns the words with the option that asks for reports. --next forgets
// options, so it is there once more. One of the user's own comes behind, and wins.
func (r report) asked(words []string) (with []string) {
	ask := []string{"-w", r.word + " %{local_ip} %{local_port} %{remote_ip} %{remote_port};"}
	with = append(with, ask...)
	for _, word := range words {
		with = append(with, word)
		if word == "--next" || word == "-:" {
			with = append(with, ask...)
		}
	}
	return with
}

// takeOut takes the reports out of what was printed.
func (r report) takeOut(output *CurlOutput) {
	reported := regexp.MustCompile(r.word + ` (\S*) (\S*) (\S*) (\S*);`)
	for _, found := range reported.FindAllSubmatch(output.Text, -1) {
		conn := Conn{}
		if len(found[3]) > 0 { // the address of the other end
			conn = Conn{
				Local:  net.JoinHostPort(string(found[1]), string(found[2])),
				Remote: net.JoinHostPort(string(found[3]), string(found[4])),
			}
		}
		output.Conns = append(output.Conns, conn)
		output.Size -= int64(len(found[0]))
	}
	output.Text = reported.ReplaceAll(output.Text, nil)
}

func run(ctx context.Context, args []string) (CurlOutput, error) {
	var printed bounded
	curl := exec.CommandContext(ctx, "curl", args...)
	curl.Stdout, curl.Stderr = &printed, &printed // equal, so there is one pipe, and one order
	curl.SysProcAttr = detached
	curl.WaitDelay = time.Second
	err := curl.Run()
	output := CurlOutput{Args: append([]string{"curl"}, args...), Text: printed.kept, Size: printed.size}
	var exit *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return output, fmt.Errorf("curl has not ended in %s, so it was stopped", curlTime)
	case ctx.Err() != nil:
		return output, ctx.Err()
	case errors.As(err, &exit) && exit.Exited():
		output.Exit = exit.ExitCode()
		return output, nil
	}
	return output, err
}

// bounded keeps the first bytes of what is written to it.
type bounded struct {
	kept []byte
	size int64
}

func (b *bounded) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), maxKept-len(b.kept))]...)
	b.size += int64(len(p))
	return len(p), nil
}
