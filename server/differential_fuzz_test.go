package server_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"barewire/server"
	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

// A difference is a kind of request that we and Go's server, the judge, may treat
// differently. Whatever is not in the list has to be read alike: two servers in a
// row that read one request differently are what smugglers live on.
type difference struct {
	name    string
	reason  string // why, and where it is written
	rule    string // what our refusal says, "" when we serve
	judge   string // what the judge's says, "" when it serves
	of      func(in string) bool
	example string
}

// differences is all that may differ. Where we refuse and the judge serves, we keep
// to the letter for the sake of whoever stands before us. Where it is the other way
// round, the rule lets us choose, or lets us serve what the judge has no need for.
var differences = []difference{
	// We refuse. Lines, step 02.
	{
		name:    "a bare LF",
		reason:  "RFC 9112 §2.2 allows it as a line end; but then the proxy before us may have seen one line where we see two",
		rule:    "a line ends with CRLF",
		of:      like(`(?:^|[^\r])\n`),
		example: "GET / HTTP/1.1\nHost: h\r\n\r\n",
	},
	{
		name:    "a NUL in a chunk extension",
		reason:  "RFC 9110 §5.5 calls it dangerous; the judge cuts extensions off unseen",
		rule:    "no line holds a NUL byte",
		of:      like(`\r\n[0-9A-Fa-f]+[ \t]*;[^\r\n]*\x00`),
		example: postChunks + "1;\x00\r\na\r\n0\r\n\r\n",
	},

	// The request line, step 03.
	{
		name:    "a major version other than 1",
		reason:  "RFC 9110 §15.6.6; the judge's server refuses it one layer higher",
		rule:    "this server speaks HTTP/1.0 and HTTP/1.1",
		of:      like(`^[^\r\n]* HTTP/[02-9]\.[0-9]\r\n`),
		example: "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
	},
	{
		name:    "the target * for another method than OPTIONS",
		reason:  "RFC 9112 §3.2.4; the judge leaves it to the handler",
		rule:    "the target * is for OPTIONS only",
		of:      like(`^[^ ]+ \* `),
		example: "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "a tunnel",
		reason:  "RFC 9110 §15.6.2; the judge's handler might be a proxy",
		rule:    "this server is no proxy",
		of:      like(`^CONNECT `),
		example: "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "a tunnel to nowhere",
		reason:  "RFC 9112 §3.2.3; the judge takes a path too, which net/rpc needs",
		rule:    "the target of CONNECT is a host, a colon and a port",
		of:      like(`^CONNECT `),
		example: "CONNECT /rpc HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "a fragment, quotes and angle brackets in a target",
		reason:  "RFC 3986 §3.3, §3.4; to the judge they are bytes like others",
		rule:    `a target holds none of " < > #`,
		of:      like(`^[^ ]+ [^ ]*["<>#]`),
		example: "GET /#x HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "bytes from 0x80 in a target",
		reason:  "RFC 3986 §2.1; the judge encodes them",
		rule:    "a target is printable ASCII",
		of:      like(`^[^ ]+ [^ ]*[^\x00-\x7f]`),
		example: "GET /\xe4 HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "a bad escape where the judge decodes nothing",
		reason:  "RFC 3986 §2.1; the judge looks at a query only when it is parsed",
		rule:    "two hex digits follow a percent sign",
		of:      like(`^[^ ]+ (?:[^ ?]*\?|[^ /:]+:)[^ ]*%`),
		example: "GET /?% HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "https",
		reason:  "RFC 9110 §7.4; the judge leaves it to the handler",
		rule:    "what https names is served over TLS only",
		of:      like(`^[^ ]+ (?i:https)://`),
		example: "GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "another scheme",
		reason:  "RFC 9112 §3.2; the judge leaves it to the handler",
		rule:    "a target begins with / or http://",
		of:      like(`^[^ ]+ [A-Za-z][-+.A-Za-z0-9]*:`),
		example: "GET mailto:ada HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "a URI with a user, with a port that is none, or without a host",
		reason:  "RFC 9110 §4.2.1, §4.2.4; the judge leaves it to the handler",
		rule:    "a URI names a host and perhaps a port, and no user",
		of:      like(`^[^ ]+ (?i:http)://(?:[ /?:]|[^ /?]*@|[^ /?]*:[0-9]{5})`),
		example: "GET http://ada@h/ HTTP/1.1\r\nHost: h\r\n\r\n",
	},

	// The fields, step 04.
	{
		name:    "white space before the colon",
		reason:  "RFC 9112 §5.1 wants a 400; the judge's server looks at names one layer higher",
		rule:    "no white space stands between a field's name and its colon",
		of:      like(`\r\n[^:\r\n]* :`),
		example: "GET / HTTP/1.1\r\nHost: h\r\nX : 1\r\n\r\n",
	},
	{
		name:    "a space inside a name",
		reason:  "RFC 9110 §5.1; the judge's server looks at names one layer higher",
		rule:    "a field name is a token",
		of:      like(`\r\n[^:\r\n]* [^:\r\n]*:`),
		example: "GET / HTTP/1.1\r\nHost: h\r\nX Y: 1\r\n\r\n",
	},
	{
		name:    "a folded line",
		reason:  "RFC 9112 §5.2 lets a server refuse it or unfold it",
		rule:    "a line that begins with white space",
		of:      like(`\r\n[ \t]`),
		example: "GET / HTTP/1.1\r\nHost: h\r\n a\r\n\r\n",
	},
	{
		name:    "no Host",
		reason:  "RFC 9112 §3.2; the judge's server looks at Host one layer higher",
		rule:    "a request in HTTP/1.1 has a Host field",
		of:      unlike(`^(?:[^\r\n]+\r\n)*(?i:host):`),
		example: "GET / HTTP/1.1\r\n\r\n",
	},
	{
		name:    "a Host that is none",
		reason:  "RFC 9112 §3.2; the judge's server looks at Host one layer higher (and we ask FuzzIsAuthority)",
		rule:    "Host is a host and perhaps a port",
		of:      like(`\r\n(?i:host):[ \t]*[^ \t\r\n]`),
		example: "GET / HTTP/1.1\r\nHost: ada@h\r\n\r\n",
	},

	// The body, step 05.
	{
		name:    "a coding and a length",
		reason:  "RFC 9112 §6.1 lets a server refuse them or believe the coding",
		rule:    "a request has Transfer-Encoding or Content-Length, not both",
		of:      all(like(`\r\n(?i:transfer-encoding):`), like(`\r\n(?i:content-length):`)),
		example: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	},
	{
		name:    "a coding in HTTP/1.0",
		reason:  "RFC 9112 §6.1 calls the framing faulty; the judge ignores the coding",
		rule:    "HTTP/1.0 has no Transfer-Encoding",
		of:      all(like(`^[^\r\n]* HTTP/1\.0\r\n`), like(`\r\n(?i:transfer-encoding):`)),
		example: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
	},
	{
		name:    "an expectation that we do not know",
		reason:  "RFC 9110 §10.1.1; the judge's server looks at it one layer higher",
		rule:    "the one thing to expect is 100-continue",
		of:      like(`\r\n(?i:expect):`),
		example: "GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n",
	},
	{
		name:    "chunk extensions that are none",
		reason:  "RFC 9112 §7.1.1; the judge cuts them off unseen, and white space with them",
		rule:    "after the size of a chunk come extensions",
		of:      like(`\r\n[0-9A-Fa-f]+[; \t]`),
		example: postChunks + "1;=\r\na\r\n0\r\n\r\n",
	},
	{
		name:    "more than a bound of ours",
		reason:  "RFC 9110 §4.1, §5.4, §15.5.14, RFC 9112 §3, §7.1.1; the judge has its own",
		rule:    " at most ",
		of:      func(in string) bool { return len(in) > 250 },
		example: postChunks + "1;" + strings.Repeat("a", 300) + "\r\na\r\n0\r\n\r\n",
	},

	// The judge refuses.
	{
		name:    "an empty line in front",
		reason:  "RFC 9112 §2.2 advises to skip one",
		judge:   "malformed HTTP request",
		of:      like(`^\r\n`),
		example: "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "one length, said twice in one field",
		reason:  "RFC 9110 §8.6 allows to take it for one",
		judge:   "bad Content-Length",
		of:      like(`\r\n(?i:content-length):[^\r\n]*[0-9][ \t]*,`),
		example: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\na",
	},
	{
		name:    "one length, written in two ways",
		reason:  "RFC 9110 §8.6 speaks of the same value; the judge compares letters",
		judge:   "multiple Content-Length headers",
		of:      like(`\r\n(?i:content-length):[^\r\n]*\r\n(?s:.*\r\n)?(?i:content-length):`),
		example: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 01\r\n\r\na",
	},
	{
		name:    "a list of codings with empty elements",
		reason:  "RFC 9110 §5.6.1 wants them ignored",
		judge:   "unsupported transfer encoding",
		of:      like(`\r\n(?i:transfer-encoding):[^\r\n]*,`),
		example: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n",
	},
	{
		name:    "a list of codings in two fields, one of them empty",
		reason:  "RFC 9110 §5.3 makes one list of them, §5.6.1 wants empty elements ignored",
		judge:   "too many transfer encodings",
		of:      like(`\r\n(?i:transfer-encoding):[^\r\n]*\r\n(?s:.*\r\n)?(?i:transfer-encoding):`),
		example: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n",
	},
	{
		name:    "an announced trailer that must not be one",
		reason:  "RFC 9110 §6.5.1 forbids to send it; we drop every trailer",
		judge:   "bad trailer key",
		of:      like(`\r\n(?i:trailer):`),
		example: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n",
	},
	{
		name:    "a host with escapes",
		reason:  "RFC 3986 §3.2.2 allows them; the judge wants them of bytes from 0x80 only",
		judge:   "invalid URL escape",
		of:      like(`^[^ ]+ (?i:http)://[^ /?]*%[0-7]`),
		example: "GET http://%41/ HTTP/1.1\r\nHost: h\r\n\r\n",
	},
	{
		name:    "a chunk size of more than 16 digits",
		reason:  "RFC 9112 §7.1 bounds the number, not its zeros",
		judge:   "http chunk length too large",
		of:      like(`\r\n0[0-9A-Fa-f]{16}`),
		example: postChunks + "00000000000000001\r\na\r\n0\r\n\r\n",
	},
	{
		name:    "more than a bound of the judge's",
		reason:  "RFC 9112 §7.1.1, §7.1.2 want bounds; ours are others",
		judge:   "suspiciously long trailer",
		of:      func(in string) bool { return len(in) > 4000 },
		example: postChunks + "0\r\n" + strings.Repeat("X: "+strings.Repeat("a", 1000)+"\r\n", 5) + "\r\n",
	},
	{
		name:    "chunks with more around them than in them, behind a large one",
		reason:  "RFC 9112 §7.1.1 wants a bound; ours counts all the content so far, the judge's each chunk alone",
		judge:   "chunked encoding contains too much non-data",
		of:      func(in string) bool { return len(in) > 16<<10 },
		example: postChunks + "4e20\r\n" + strings.Repeat("a", 20_000) + "\r\n" + strings.Repeat("1;"+strings.Repeat("a", 200)+"\r\na\r\n", 100) + "0\r\n\r\n",
	},

	// Both serve.
	{
		name:    "a host with escapes of bytes from 0x80",
		reason:  "RFC 3986 §3.2.2; HTTP_HOST is the text as it was sent, the judge decodes it",
		of:      like(`^[^ ]+ (?i:http)://[^ /?]*%[89A-Fa-f]`),
		example: "GET http://%c3%a4/ HTTP/1.1\r\nHost: h\r\n\r\n",
	},
}

const postChunks = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

func like(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

func unlike(pattern string) func(string) bool {
	return func(in string) bool { return !like(pattern)(in) }
}

func all(of ...func(string) bool) func(string) bool {
	return func(in string) bool {
		for _, holds := range of {
			if !holds(in) {
				return false
			}
		}
		return true
	}
}

// allows tells whether a difference covers what was made of in.
func (d difference) allows(in string, ours, theirs error) bool {
	var refusal *refuse.Error
	if errors.As(ours, &refusal) != (d.rule != "") || (theirs != nil) != (d.judge != "") {
		return false
	}
	return (d.rule == "" || strings.Contains(refusal.Rule, d.rule)) &&
		(d.judge == "" || strings.Contains(theirs.Error(), d.judge)) && d.of(in)
}

// A reading is what one server makes of a request.
type reading struct {
	method, target, version, host string
	fields                        http.Header
	content, left                 string
}

// ours reads a request as the server does, with the steps 02 to 05.
func ours(in string) (reading, error) {
	limits := server.New(nil).Limits
	r := bufio.NewReader(strings.NewReader(in))
	head, err := read.Head(r, limits.Head, nil)
	if err != nil {
		return reading{}, err
	}
	first, lines, _ := bytes.Cut(head, []byte("\r\n"))
	line, err := requestline.Parse(first)
	if err != nil {
		return reading{}, err
	}
	fields, err := headers.Parse(lines, nil)
	if err != nil {
		return reading{}, err
	}
	if err := headers.CheckHost(fields, line.Version); err != nil {
		return reading{}, err
	}
	framing, err := body.Frame(line.Version, fields, limits.Body)
	if err != nil {
		return reading{}, err
	}
	content, err := io.ReadAll(body.NewReader(r, io.Discard, framing, limits.Body))
	if err != nil {
		return reading{}, err
	}
	left, _ := io.ReadAll(r) // of a reader in memory: cannot fail
	got := reading{line.Method, line.Target, line.Version, line.Authority, http.Header{}, string(content), string(left)}
	for _, field := range fields {
		got.fields.Add(field.Name, field.Value)
	}
	if got.host == "" {
		got.host = got.fields.Get("Host")
	}
	return got.cleaned(), nil
}

// theirs reads it with net/http.
func theirs(in string) (reading, error) {
	r := bufio.NewReader(strings.NewReader(in))
	request, err := http.ReadRequest(r)
	if err != nil {
		return reading{}, err
	}
	content, err := io.ReadAll(request.Body)
	if err != nil {
		return reading{}, err
	}
	left, _ := io.ReadAll(r) // the same
	got := reading{request.Method, request.RequestURI, request.Proto, request.Host, request.Header, string(content), string(left)}
	return got.cleaned(), nil
}

// cleaned leaves out the fields that the judge has taken out, having looked at
// them, and the one that it adds when Pragma says no-cache.
func (r reading) cleaned() reading {
	for _, name := range []string{"Host", "Content-Length", "Transfer-Encoding", "Trailer"} {
		r.fields.Del(name)
	}
	if r.fields.Get("Pragma") == "no-cache" {
		r.fields.Del("Cache-Control")
	}
	return r
}

// compare reads in by both, and tells what differs, nil when nothing does.
func compare(in string) (different, ourErr, theirErr error) {
	our, ourErr := ours(in)
	their, theirErr := theirs(in)
	a, b := fmt.Sprintf("%q", our), fmt.Sprintf("%q", their)
	switch {
	case (ourErr == nil) != (theirErr == nil):
		different = fmt.Errorf("we say %v, and the judge %v", ourErr, theirErr)
	case ourErr == nil && a != b:
		different = fmt.Errorf("we read\n%s\nand the judge\n%s", a, b)
	}
	return different, ourErr, theirErr
}

// Every difference in the list is one.
func TestDifferences(t *testing.T) {
	for _, d := range differences {
		t.Run(d.name, func(t *testing.T) {
			different, ours, theirs := compare(d.example)
			if different == nil || !d.allows(d.example, ours, theirs) {
				t.Errorf("of %q we say %v and the judge %v, want the difference: %s", d.example, ours, theirs, d.reason)
			}
		})
	}
}

// FuzzRequest reads any bytes by both. What both serve they must read alike, to
// the first byte behind it, and whom only one serves must be in the list.
func FuzzRequest(f *testing.F) {
	for _, d := range differences {
		f.Add(d.example)
	}
	for _, row := range rows() {
		f.Add(row.send + follower)
	}
	for _, more := range []string{
		"POST /a?b=c HTTP/1.1\r\nHost: h:80\r\nA: 1\r\nB: 2\r\na: 3\r\nContent-Length: 5\r\n\r\nhello",
		postChunks + "5;a=\"b\\\"c\"\r\nhello\r\n00\r\nX: 1\r\nY: 2\r\n\r\n",
		"GET http://[::1]:80/a HTTP/1.1\r\nHost: h\r\nPragma: no-cache\r\n\r\n",
		"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	} {
		f.Add(more + follower)
	}
	f.Fuzz(func(t *testing.T, in string) {
		different, ours, theirs := compare(in)
		if different == nil {
			return
		}
		for _, d := range differences {
			if d.allows(in, ours, theirs) {
				return
			}
		}
		t.Errorf("of %q %v", in, different)
	})
}
