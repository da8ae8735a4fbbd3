package requestline_test

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	requestline "barewire/steps/03_requestline"
	"barewire/steps/refuse"
)

// aVersion says in one line which versions this server speaks.
var aVersion = regexp.MustCompile(`^HTTP/1\.[0-9]$`)

// FuzzParse checks, for any bytes, that the parts of a line are the line, and
// that a refusal says why.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1", "GET /a%20b?c=%41&d HTTP/1.0", "BREW /{}|?? HTTP/1.9",
		"GET http://h:80/a?b HTTP/1.1", "GET HTTP://[::1] HTTP/1.1", "OPTIONS http://h?q HTTP/1.1",
		"OPTIONS * HTTP/1.1", "OPTIONS http://h HTTP/1.1", "CONNECT h:443 HTTP/1.1", "GET https://h/ HTTP/1.1",
		"", " ", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/2.0", "GET /% HTTP/1.1", "GET http://u@h/ HTTP/1.1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		line, err := requestline.Parse(in)
		if line.Method != "" && (!requestline.IsToken(line.Method) || !strings.HasPrefix(string(in), line.Method)) {
			t.Errorf("Parse(%q) finds the method %q", in, line.Method)
		}
		if err != nil {
			var refusal *refuse.Error
			if !errors.As(err, &refusal) || refusal.Status == "" || refusal.Rule == "" || refusal.Section == "" {
				t.Errorf("Parse(%q) = %v, want a status, a rule and its section", in, err)
			}
			return
		}
		if whole := line.Method + " " + line.Target + " " + line.Version; whole != string(in) {
			t.Errorf("Parse(%q): the parts make %q", in, whole)
		}
		if !aVersion.MatchString(line.Version) {
			t.Errorf("Parse(%q) takes the version %q", in, line.Version)
		}
		if whole := target(line); whole != line.Target {
			t.Errorf("Parse(%q): the parts of the target make %q", in, whole)
		}
		if line.Authority != "" && !requestline.IsAuthority(line.Authority) {
			t.Errorf("Parse(%q) takes the authority %q", in, line.Authority)
		}
		if line.Path != "" && line.Path[0] != '/' || strings.Contains(line.Path, "?") {
			t.Errorf("Parse(%q) finds the path %q", in, line.Path)
		}
		// Step 07 decodes without a further look.
		if _, err := url.PathUnescape(line.Path); err != nil {
			t.Errorf("Parse(%q) takes a path that nobody can decode: %v", in, err)
		}
	})
}

// target puts the target of a line together again.
func target(line requestline.Line) string {
	whole := line.Path
	if strings.Contains(line.Target, "?") {
		whole += "?" + line.Query
	}
	switch {
	case line.Authority != "":
		scheme := line.Target[:len("http://")] // in whatever letters
		if rest := line.Target[len(scheme)+len(line.Authority):]; !strings.HasPrefix(rest, "/") {
			whole = strings.TrimPrefix(whole, "/") // the root, which the target need not name
		}
		return scheme + line.Authority + whole
	case whole == "":
		return "*"
	}
	return whole
}

// anAuthority says in one line what an authority is, but for the addresses in
// brackets and the size of a port.
var anAuthority = regexp.MustCompile(`^(?:\[([0-9A-Fa-f:.]+)\]|(?:[-._~!$&'()*+,;=0-9A-Za-z]|%[0-9A-Fa-f]{2})+)(?::([0-9]{0,5}))?$`)

// FuzzIsAuthority compares it, for any text, with the grammar said otherwise.
func FuzzIsAuthority(f *testing.F) {
	for _, seed := range []string{
		"h", "h:80", "h:", ":80", "", "h:65536", "h:000080", "127.0.0.1:1", "a%20b", "a%2", "u@h", "h/",
		"[::1]", "[::1]:80", "[::1]80", "[::1", "[]", "[1.2.3.4]", "[::ffff:1.2.3.4]", "[fe80::1%25eth0]", "[v1.x]", "h:80:80",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := false
		if match := anAuthority.FindStringSubmatch(text); match != nil {
			port, _ := strconv.Atoi(match[2]) // none is 0
			want = port <= 65535
			if match[1] != "" {
				want = want && strings.Contains(match[1], ":") && net.ParseIP(match[1]) != nil
			}
		}
		if got := requestline.IsAuthority(text); got != want {
			t.Errorf("IsAuthority(%q) = %t, want %t", text, got, want)
		}
	})
}
