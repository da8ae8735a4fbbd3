package requestline

import (
	"strings"

	"barewire/steps/refuse"
)

// parseTarget splits the target of a request into its parts.
//
//	request-target = origin-form / absolute-form / authority-form / asterisk-form   RFC 9112 §3.2
func parseTarget(request *Line) error {
	target := request.Target
	if err := checkBytes(target); err != nil {
		return err
	}
	switch {
	case request.Method == "CONNECT":
		// authority-form = uri-host ":" port   RFC 9112 §3.2.3
		// Here the port may not be empty: the last byte is a digit.
		if !strings.Contains(target, ":") || !isDigit(target[len(target)-1]) || !IsAuthority(target) {
			return bad("the target of CONNECT is a host, a colon and a port", "RFC 9112 §3.2.3", target)
		}
		return refuse.Because(refuse.NotImplemented, "this server is no proxy and opens no tunnels", "RFC 9110 §15.6.2", []byte("CONNECT"))

	case target == "*":
		// asterisk-form = "*"   RFC 9112 §3.2.4
		if request.Method != "OPTIONS" {
			return bad("the target * is for OPTIONS only", "RFC 9112 §3.2.4", request.Method+" *")
		}
		return nil

	case strings.HasPrefix(target, "/"):
		// origin-form = absolute-path [ "?" query ]   RFC 9112 §3.2.1
		request.Path, request.Query, _ = strings.Cut(target, "?")
		return nil
	}
	return parseAbsolute(request)
}

// parseAbsolute takes the host out of an absolute-form target. From here on it
// counts instead of the Host field. RFC 9112 §3.2.2
//
//	absolute-form = absolute-URI                         RFC 9112 §3.2.2
//	http-URI      = "http" "://" authority path-abempty [ "?" query ]   RFC 9110 §4.2.1
func parseAbsolute(request *Line) error {
	scheme, rest, found := strings.Cut(request.Target, "://")
	switch {
	case found && strings.EqualFold(scheme, "https"):
		return refuse.Because(refuse.MisdirectedRequest, "what https names is served over TLS only", "RFC 9110 §7.4", []byte(request.Target))
	case !found || !strings.EqualFold(scheme, "http"):
		return bad("a target begins with / or http://", "RFC 9112 §3.2", request.Target)
	}
	hierarchy, query, _ := strings.Cut(rest, "?")
	authority := hierarchy
	if slash := strings.IndexByte(hierarchy, '/'); slash >= 0 {
		authority = hierarchy[:slash]
	}
	if !IsAuthority(authority) {
		return bad("a URI names a host and perhaps a port, and no user", "RFC 9110 §4.2", request.Target)
	}
	request.Authority, request.Path, request.Query = authority, hierarchy[len(authority):], query
	if request.Path == "" && (request.Method != "OPTIONS" || strings.Contains(rest, "?")) {
		// An empty path means the root, RFC 9110 §4.2.3, but for OPTIONS it is
		// what a proxy makes of *, RFC 9112 §3.2.4.
		request.Path = "/"
	}
	return nil
}

// checkBytes refuses bytes that no target may hold.
//
// The grammar of a path and a query (RFC 3986 §3.3, §3.4) also leaves out
// { } | \ ^ [ ] and the backtick. Browsers and curl send them raw all the same,
// and here they are harmless: nothing cuts a target at them. So they pass.
func checkBytes(target string) error {
	for i := range len(target) {
		switch c := target[i]; {
		case c <= ' ' || c >= 0x7f:
			return bad("a target is printable ASCII; other bytes are percent-encoded", "RFC 3986 §2.1", target[i:])
		case strings.IndexByte(`"<>#`, c) >= 0:
			return bad(`a target holds none of " < > #`, "RFC 3986 §3.3", target[i:])
		case c == '%' && !isEscape(target[i:]):
			return bad("two hex digits follow a percent sign", "RFC 3986 §2.1", target[i:min(i+3, len(target))])
		}
	}
	return nil
}

// isEscape tells whether two hex digits follow the percent sign that text begins
// with.
//
//	pct-encoded = "%" HEXDIG HEXDIG   RFC 3986 §2.1
func isEscape(text string) bool {
	return len(text) >= 3 && isHex(text[1]) && isHex(text[2])
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
