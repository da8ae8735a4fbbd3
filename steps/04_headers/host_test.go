package headers_test

import (
	"testing"

	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
)

func TestCheckHost(t *testing.T) {
	const bad = refuse.BadRequest
	tests := []struct {
		name  string
		lines string
		now   string // the verdict in HTTP/1.1 and later
		old   string // the verdict in HTTP/1.0
	}{
		{"a name", "Host: localhost\r\n", served, served},
		{"a name and a port", "Host: localhost:8888\r\n", served, served},
		{"an IPv4 address", "Host: 127.0.0.1:8888\r\n", served, served},
		{"an IPv6 address", "Host: [::1]:8888\r\n", served, served},
		{"the field's name in small letters", "host: h\r\n", served, served},
		{"among other fields", "A: 1\r\nHost: h\r\nB: 2\r\n", served, served},
		{"an empty one, for a URI without a host", "Host:\r\n", served, served},

		{"none", "\r\n", bad, served},
		{"none among other fields", "X-Host: h\r\nHosts: h\r\n", bad, served},

		{"two", "Host: a\r\nHost: b\r\n", bad, bad},
		{"two equal ones", "Host: h\r\nHost: h\r\n", bad, bad},
		{"two in different spelling", "Host: h\r\nX: 1\r\nHOST: h\r\n", bad, bad},
		{"two empty ones", "Host:\r\nHost:\r\n", bad, bad},
		{"two in one", "Host: a, b\r\n", bad, bad},
		{"an invalid one before a good one", "Host: a b\r\nHost: h\r\n", bad, bad},

		{"a user", "Host: ada@h\r\n", bad, bad},
		{"a bracket without its end", "Host: [::1\r\n", bad, bad},
		{"a bracket without its beginning", "Host: ::1]\r\n", bad, bad},
		{"a name in brackets", "Host: [h]\r\n", bad, bad},
		{"a port with letters", "Host: h:http\r\n", bad, bad},
		{"a port too large", "Host: h:65536\r\n", bad, bad},
		{"a port alone", "Host: :80\r\n", bad, bad},
		{"a URI", "Host: http://h/\r\n", bad, bad},
		{"a path", "Host: h/x\r\n", bad, bad},
		{"a space", "Host: a b\r\n", bad, bad},
		{"bytes from 0x80", "Host: h\xf6st\r\n", bad, bad},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fields, err := headers.Parse([]byte(test.lines), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range []struct{ version, want string }{{"HTTP/1.0", test.old}, {"HTTP/1.1", test.now}, {"HTTP/1.2", test.now}} {
				err := headers.CheckHost(fields, in.version)
				if got := verdict(err); got != in.want {
					t.Errorf("CheckHost(%q, %s) = %v, want %s", test.lines, in.version, err, in.want)
				}
			}
		})
	}
}
