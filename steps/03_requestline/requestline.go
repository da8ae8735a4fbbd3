package requestline

import (
	"bytes"
	"strings"

	"barewire/steps/refuse"
)

// A Line is one request line and what its target says. All text is as the
// client sent it, percent-encoding included.
type Line struct {
	Method  string // "GET"; methods are case-sensitive, RFC 9110 §9.1
	Target  string // "/hello?x=1"
	Version string // "HTTP/1.1"

	Authority string // "host:80", of an absolute-form target only
	Path      string // "/hello"; "" for the target *
	Query     string // "x=1", what follows the first "?"
}

// Parse reads a request line, given without its CRLF. When it refuses, the
// Line still holds the method if there was one: an answer to HEAD has no body,
// whatever else was wrong.
//
//	request-line = method SP request-target SP HTTP-version   RFC 9112 §3
func Parse(line []byte) (Line, error) {
	text := string(line) // every part below shares this memory
	method, rest, _ := strings.Cut(text, " ")
	if !IsToken(method) {
		return Line{}, bad("a method is a token: letters, digits and !#$%&'*+-.^_`|~", "RFC 9110 §9.1", method)
	}
	if bytes.Count(line, []byte(" ")) != 2 {
		return Line{Method: method}, bad("a request line is a method, a target and a version, with exactly one space between them", "RFC 9112 §3", text)
	}
	target, version, _ := strings.Cut(rest, " ")
	request := Line{Method: method, Target: target, Version: version}
	if err := checkVersion(version); err != nil {
		return request, err
	}
	return request, parseTarget(&request)
}

// IsToken tells whether text is a token, the shape of methods, field names and
// many other words of HTTP.
//
//	token = 1*tchar   RFC 9110 §5.6.2
func IsToken(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c)
}

func isDigit(c byte) bool {
	return '0' <= c && c <= '9'
}

// checkVersion takes HTTP/1.0, HTTP/1.1, and any later 1.x: a minor version
// only adds what an older server may ignore. RFC 9110 §2.5
//
//	HTTP-version = HTTP-name "/" DIGIT "." DIGIT   RFC 9112 §2.3
//	HTTP-name    = %s"HTTP"                        so "http" is wrong
func checkVersion(version string) error {
	if len(version) != len("HTTP/1.1") || version[:5] != "HTTP/" ||
		!isDigit(version[5]) || version[6] != '.' || !isDigit(version[7]) {
		return bad(`a version is "HTTP/", a digit, a dot and a digit`, "RFC 9112 §2.3", version)
	}
	if version[5] != '1' {
		return refuse.Because(refuse.VersionUnsupported, "this server speaks HTTP/1.0 and HTTP/1.1", "RFC 9110 §15.6.6", []byte(version))
	}
	return nil
}

// bad refuses with 400, as most of this step's refusals do.
func bad(rule, section, got string) error {
	return refuse.Because(refuse.BadRequest, rule, section, []byte(got))
}
