package requestline

import "strings"

// SplitLine is method, target, version = line.split(). Python's split, and Go's
// Fields, take any run of any white space for one space. So it lets pass what
// another server refuses or reads otherwise, and that is how a request is
// smuggled past the one that was to check it.
func SplitLine(line []byte) (Line, error) {
	words := strings.Fields(string(line))
	if len(words) != 3 {
		return Line{}, bad("a request line has three words", "RFC 9112 §3", string(line))
	}
	request := Line{Method: words[0], Target: words[1], Version: words[2]}
	if err := checkVersion(request.Version); err != nil {
		return request, err
	}
	return request, parseTarget(&request)
}
