package requestline

import (
	"net/netip"
	"strings"
)

// IsAuthority tells whether text is a host with an optional port, as the Host
// field and an absolute-form target hold it. User information ("user@host") is
// no part of either. RFC 9110 §4.2.4
//
//	authority = host [ ":" port ]               RFC 3986 §3.2, without userinfo
//	host      = IP-literal / IPv4address / reg-name
//	port      = *DIGIT
func IsAuthority(text string) bool {
	host, port := text, ""
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']') + 1
		host, port = text[:end], text[end:]
		if port != "" && port[0] != ':' {
			return false
		}
		return isIPLiteral(host) && isPort(strings.TrimPrefix(port, ":"))
	}
	if colon := strings.IndexByte(text, ':'); colon >= 0 {
		host, port = text[:colon], text[colon+1:]
	}
	return host != "" && isRegName(host) && isPort(port)
}

// isIPLiteral takes an IPv6 address in its brackets. The grammar also has an
// IPvFuture, which nobody has met yet.
//
//	IP-literal = "[" ( IPv6address / IPvFuture ) "]"   RFC 3986 §3.2.2
func isIPLiteral(host string) bool {
	addr, err := netip.ParseAddr(host[1 : len(host)-1])
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// isRegName takes a name or an IPv4 address, which has the same letters.
//
//	reg-name = *( unreserved / pct-encoded / sub-delims )   RFC 3986 §3.2.2
func isRegName(host string) bool {
	for i := range len(host) {
		c := host[i]
		if c == '%' && !isEscape(host[i:]) {
			return false
		}
		if !isAlphanumeric(c) && strings.IndexByte("-._~!$&'()*+,;=%", c) < 0 {
			return false
		}
	}
	return true
}

// isPort takes up to five digits that name a TCP port; none at all is the
// default port. RFC 3986 §3.2.3
func isPort(port string) bool {
	number := 0
	for i := range len(port) {
		if !isDigit(port[i]) || i == 5 {
			return false
		}
		number = 10*number + int(port[i]-'0')
	}
	return number <= 65535
}
