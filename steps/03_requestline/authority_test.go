package requestline_test

import (
	"testing"

	requestline "barewire/steps/03_requestline"
)

func TestIsAuthority(t *testing.T) {
	tests := []struct {
		name string
		text string
		want bool
	}{
		{"a name", "localhost", true},
		{"a name with dots", "www.example.org", true},
		{"a name in capitals", "LOCALHOST", true},
		{"a name with a port", "localhost:8888", true},
		{"an IPv4 address", "127.0.0.1", true},
		{"an IPv4 address with a port", "127.0.0.1:8888", true},
		{"an IPv6 address", "[::1]", true},
		{"an IPv6 address with a port", "[2001:db8::1]:8888", true},
		{"an IPv6 address that ends as IPv4 does", "[::ffff:127.0.0.1]", true},
		{"every byte a name may have", "azAZ09-._~!$&'()*+,;=", true},
		{"an escape", "%41%c3%A4", true},
		{"an empty port", "h:", true},
		{"an empty port behind brackets", "[::1]:", true},
		{"the last port", "h:65535", true},
		{"port 0", "h:0", true},
		{"a port of five digits", "h:00080", true},

		{"nothing", "", false},
		{"a port alone", ":80", false},
		{"a port too large", "h:65536", false},
		{"a port of six digits", "h:000080", false},
		{"a port that would overflow", "h:18446744073709551696", false},
		{"a port with a sign", "h:+80", false},
		{"a port with a letter", "h:8o", false},
		{"two ports", "h:80:80", false},
		{"a user", "ada@h", false},
		{"a user and a password", "ada:1@h", false},
		{"a path", "h/x", false},
		{"a query", "h?x", false},
		{"a fragment", "h#x", false},
		{"a space", "a b", false},
		{"a comma and a space", "a, b", false},
		{"a tab", "a\tb", false},
		{"a control byte", "h\x01", false},
		{"a byte from 0x80", "h\xe4", false},
		{"quotes", `"h"`, false},
		{"a backslash", `h\x`, false},
		{"a bad escape", "h%4", false},
		{"a bad escape, first digit", "h%g0", false},
		{"a bad escape, second digit", "h%0g", false},
		{"an IPv6 address without brackets", "::1", false},
		{"a bracket without its end", "[::1", false},
		{"a bracket without its beginning", "::1]", false},
		{"two brackets first", "[[::1]", false},
		{"two brackets last", "[::1]]", false},
		{"two pairs of brackets", "[[::1]]", false},
		{"a bracket inside a name", "h[1]", false},
		{"nothing in brackets", "[]", false},
		{"a name in brackets", "[localhost]", false},
		{"an IPv4 address in brackets", "[127.0.0.1]", false},
		{"an IPv6 address with a zone", "[fe80::1%25eth0]", false},
		{"a later kind of address", "[v1.x]", false},
		{"text behind the bracket", "[::1]x", false},
		{"digits behind the bracket", "[::1]80", false},
		{"a bad port behind the bracket", "[::1]:x", false},
		{"two colons behind the bracket", "[::1]::80", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := requestline.IsAuthority(test.text); got != test.want {
				t.Errorf("IsAuthority(%q) = %v, want %v", test.text, got, test.want)
			}
		})
	}
}
