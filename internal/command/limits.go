package command

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"barewire/server"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// bounds are how much strangers may send, and how long they may take.
type bounds struct {
	limits    server.Limits
	deadlines server.Deadlines
	fields    int // header fields of a head
}

// otherLines are the lines of a head that are no header fields: the first and the last.
const otherLines = 2

// newBounds returns those that a server has by itself.
func newBounds() bounds {
	s := server.New(nil)
	return bounds{s.Limits, s.Deadlines, s.Limits.Head.Lines - otherLines}
}

// addTo makes each a flag of a command.
func (b *bounds) addTo(command *cobra.Command) {
	add := func(name string, value pflag.Value, usage string) {
		command.Flags().Var(value, name, usage)
		command.Flags().Lookup(name).Annotations = map[string][]string{strangers: nil}
	}
	add("max-head", newSize(&b.limits.Head.Bytes), "of a head; a larger one is answered with 431")
	add("max-line", newSize(&b.limits.Head.Line), "of a line in it: a longer first one is answered with 414, a longer field with 431")
	add("max-fields", newNumber(&b.fields), "of header fields; more are answered with 431")
	add("max-body", newSize(&b.limits.Body.Bytes), "of a body; a larger one is answered with 413")
	add("max-chunk-line", newSize(&b.limits.Body.Line), "of the line before a chunk, with its extensions; a longer one is answered with 400")
	add("max-trailer", newSize(&b.limits.Body.Trailer), "of the fields behind the last chunk; a larger one is answered with 431")
	add("max-connections", newNumber(&b.limits.Connections), "at one time; further ones wait until one of them ends")
	add("max-requests", newNumber(&b.limits.Requests), "on one connection; the last is answered with Connection: close")
	add("idle-timeout", newDuration(&b.deadlines.Idle), "until a request begins; then the connection is closed")
	add("head-timeout", newDuration(&b.deadlines.Head), "for a whole head; then the answer is 408")
	add("body-timeout", newDuration(&b.deadlines.Body), "to wait for each 16 KiB of a body; then the answer is 408")
	add("write-timeout", newDuration(&b.deadlines.Write), "for each write, of 256 KiB at most; then the connection is closed")
}

// put gives them to a server.
func (b bounds) put(s *server.Server) {
	s.Limits, s.Deadlines = b.limits, b.deadlines
	s.Limits.Head.Lines = b.fields + otherLines
}

// A bound is a flag that takes more than nothing.
type bound[N int | int64 | time.Duration] struct {
	is    *N
	text  string // as it was typed
	kind  string
	wants string // in words
	parse func(text string) (N, error)
}

func (b *bound[N]) String() string { return b.text }
func (b *bound[N]) Type() string   { return b.kind }
func (b *bound[N]) takes() string  { return b.wants }

func (b *bound[N]) Set(text string) error {
	n, err := b.parse(text)
	if err != nil || n <= 0 {
		return errors.Join(err, errors.New("a bound is more than nothing"))
	}
	*b.is, b.text = n, text
	return nil
}

func newNumber(is *int) *bound[int] {
	return &bound[int]{is, strconv.Itoa(*is), "number", "a number above zero", strconv.Atoi}
}

func newDuration(is *time.Duration) *bound[time.Duration] {
	return &bound[time.Duration]{is, is.String(), "duration", "a duration above zero, such as 500ms, 30s or 2m", time.ParseDuration}
}

// newSize returns a bound in bytes. As with nginx, k is 1024, small or not.
func newSize[N int | int64](is *N) *bound[N] {
	return &bound[N]{is, units.BytesSize(float64(*is)), "size", "a size above zero, such as 4096, 64k, 8MiB or 1g", func(text string) (N, error) {
		bytes, err := units.RAMInBytes(text)
		if int64(N(bytes)) != bytes {
			return 0, strconv.ErrRange // where an int has 32 bits
		}
		return N(bytes), err
	}}
}

// strangers is the heading of these flags in the help, and marks them.
const strangers = "Bounds for strangers"

func init() {
	cobra.AddTemplateFunc("flagsUnder", flagsUnder)
}

// underHeadings is a template of cobra for the help, with the flags in two parts: what
// hardly anybody needs stands below what everybody may want.
func underHeadings(template string) string {
	return strings.Replace(template, "{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}",
		`{{flagsUnder "" .}}{{with flagsUnder "`+strangers+`" .}}`+"\n\n"+strangers+":\n{{.}}{{end}}", 1)
}

// flagsUnder returns the lines of the flags with this mark, or of those with none.
func flagsUnder(mark string, command *cobra.Command) string {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	command.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		if _, marked := flag.Annotations[strangers]; marked == (mark == strangers) {
			flags.AddFlag(flag)
		}
	})
	return strings.TrimSuffix(flags.FlagUsages(), "\n")
}
