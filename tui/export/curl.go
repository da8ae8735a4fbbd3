package export

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"barewire/server/trace"
	headers "barewire/steps/04_headers"
	"barewire/tui/history"
)

// Curl returns the command that has curl repeat the request to site, such as
// http://127.0.0.1:8888 or unix:/path, from any POSIX shell. To no site, "", it goes
// where it went. What curl sends by itself is left out, but for its version; the order of
// the fields may change.
//
// A request that curl cannot send gives an error, which names the key that sends
// its bytes as they are.
func Curl(x *history.Exchange, site string) (string, error) {
	if trace.IsPacket(x.Head) {
		return "", errors.New("curl speaks no uwsgi; r sends this packet as it is")
	}
	r, err := requestOf(x)
	if site == "" {
		site = r.wentTo(x)
	}
	path, onUnix := strings.CutPrefix(site, "unix:")
	if onUnix {
		site = "http://localhost"
	}
	at, wrong := url.Parse(site)
	if wrong != nil || at.Scheme != "http" || at.Host == "" {
		return "", fmt.Errorf("%q is no address of a server", site)
	}
	if err == errNotKept {
		return "", err
	}
	if err == nil {
		err = curlSends(r)
	}
	if err != nil {
		return "", fmt.Errorf("curl cannot send this request; r sends its bytes as they are: %w", err)
	}
	words := []string{"curl"}
	if onUnix {
		words = append(words, "--unix-socket", Quote(path))
	}
	if r.line.Version == "HTTP/1.0" {
		words = append(words, "--http1.0")
	}
	words = append(words, methodWords(r)...)
	words = append(words, fieldWords(r, strings.TrimSuffix(at.Host, ":80"))...)
	input := ""
	if r.hasBody() {
		var data string
		data, input = contentWords(r.content)
		words = append(words, "--data-binary", data)
	}
	words = append(words, targetWords(r.line.Target, "http://"+at.Host)...)
	return input + strings.Join(words, " "), nil
}

// wentTo returns the site of the server that got the request; of one whose
// connection was not seen from its beginning, the one that the client asked for.
func (r request) wentTo(x *history.Exchange) string {
	switch {
	case x.Server.Port != "":
		return "http://" + net.JoinHostPort(x.Server.Host, x.Server.Port)
	case x.Server.Host != "":
		return "unix:" + x.Server.Host
	}
	host, _ := valueOf(r.fields, "Host")
	return "http://" + host
}

// curlSends says what keeps curl from sending a request that our steps can read.
func curlSends(r request) error {
	if r.line.Version != "HTTP/1.0" && r.line.Version != "HTTP/1.1" {
		return fmt.Errorf("it speaks no %s", r.line.Version)
	}
	if r.line.Method == "HEAD" && r.hasBody() {
		return errors.New("it sends no body with HEAD")
	}
	hosts := 0
	for _, field := range r.fields {
		if field.Is("Host") {
			hosts++
		}
		if !printable(field.Value) {
			return fmt.Errorf("the value of %s has bytes that a command line does not take, %q", field.Name, field.Value)
		}
	}
	if hosts > 1 {
		return errors.New("it sends one Host field")
	}
	return nil
}

// printable tells whether a shell and a terminal take a text as it is.
func printable(text string) bool { return trace.Escape([]byte(text)) == text }

// methodWords name the method, unless it is the one that curl takes by itself.
func methodWords(r request) []string {
	method, usual := r.line.Method, "GET"
	if r.hasBody() {
		usual = "POST"
	}
	switch method {
	case usual:
		return nil
	case "HEAD":
		return []string{"-I"} // with -X, curl would wait for a body
	}
	return []string{"-X", word(method)}
}

// fieldWords make curl send the fields of the request, and no others.
func fieldWords(r request, host string) (words []string) {
	own := ownFields(r, host)
	for _, mine := range own {
		if _, has := valueOf(r.fields, mine.name); !has && !mine.unsent {
			words = append(words, "-H", Quote(mine.name+":")) // no value: leave it out
		}
	}
	for _, field := range r.fields {
		sent := func(mine ownField) bool { return field.Is(mine.name) && mine.is(r.fields) }
		switch {
		case slices.ContainsFunc(own, sent):
		case field.Value == "":
			words = append(words, "-H", Quote(field.Name+";")) // an empty value
		default:
			words = append(words, "-H", Quote(field.Name+": "+field.Value))
		}
	}
	return words
}

// An ownField is one that curl sends by itself.
type ownField struct {
	name, value string
	unsent      bool // but not with this request
}

func ownFields(r request, host string) []ownField {
	agent, _ := valueOf(r.fields, "User-Agent")
	if !strings.HasPrefix(agent, "curl/") { // else it may be of another version
		agent = "curl/…"
	}
	large := len(r.content) > 1<<20
	return []ownField{
		{"Host", host, false},
		{"User-Agent", agent, false},
		{"Accept", "*/*", false},
		{"Content-Length", strconv.Itoa(len(r.content)), !r.hasBody() || r.chunked},
		{"Content-Type", "application/x-www-form-urlencoded", !r.hasBody()},
		{"Expect", "100-continue", !large},
	}
}

// is tells whether the fields have it as curl sends it: once, and with its value.
func (o ownField) is(fields []headers.Field) bool {
	var values []string
	for _, field := range fields {
		if field.Is(o.name) {
			values = append(values, field.Value)
		}
	}
	return !o.unsent && len(values) == 1 && values[0] == o.value
}

// maxWord is less than what any system takes as one word of a command. Linux
// takes 128 KiB.
const maxWord = 32 << 10

// contentWords return what curl takes for a body, and what to put before it. One that is no plain text comes by way of
// printf, whose escapes every POSIX shell knows; with a leading @ curl would take
// it for the name of a file.
func contentWords(content []byte) (data, input string) {
	text := string(content)
	if printable(text) && !strings.HasPrefix(text, "@") && len(text) <= maxWord {
		return Quote(text), ""
	}
	return "@-", "printf " + printfFormat(content) + " | "
}

// printfFormat returns the format that makes printf print some bytes.
func printfFormat(content []byte) string {
	var out strings.Builder
	for i, c := range content {
		switch {
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\t':
			out.WriteString(`\t`)
		case c == '\\':
			out.WriteString(`\\`)
		case c == '%':
			out.WriteString(`%%`)
		case c < ' ' || c > '~' || c == '\'' || i == 0 && c == '-': // a leading - would be an option
			fmt.Fprintf(&out, `\%03o`, c)
		default:
			out.WriteByte(c)
		}
	}
	return "'" + out.String() + "'"
}

// targetWords name the target. A plain one is the end of the URL; of any other
// curl would change something, and takes it as it is with --request-target.
func targetWords(target, site string) []string {
	path, _, _ := strings.Cut(target, "?")
	if plainTarget.MatchString(target) && !dotSegment.MatchString(path) {
		return []string{Quote(site + target)}
	}
	return []string{"--request-target", Quote(target), Quote(site + "/")}
}

var (
	// plainTarget matches targets without the brackets and braces that curl takes
	// for a pattern, and without what no URL holds.
	plainTarget = regexp.MustCompile(`^/[-A-Za-z0-9._~%!$&'()*+,;=:@/?]*$`)
	// dotSegment matches paths that curl makes shorter. RFC 3986 §5.2.4
	dotSegment = regexp.MustCompile(`(?i)/(\.|%2e){1,2}(/|$)`)
)

// word quotes a word of a command where it must be.
func word(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return Quote(text)
}

var plainWord = regexp.MustCompile(`^[-A-Za-z0-9_]+$`)

// Quote quotes a text for the shell: between single quotes nothing has a meaning,
// but the single quote that ends it.
func Quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
