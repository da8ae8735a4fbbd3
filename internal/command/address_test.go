package command

import (
	"net"
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for _, test := range []struct {
		text   string
		valid  bool
		quoted string
	}{
		{"127.0.0.1:8888", true, "127.0.0.1:8888"},
		{"localhost:0", true, "localhost:0"},
		{":8888", true, ":8888"},
		{"[::1]:8888", true, "'[::1]:8888'"},
		{"[fe80::1%eth0]:80", true, "'[fe80::1%eth0]:80'"},
		{"", false, ""},
		{"8888", false, ""},
		{"localhost", false, ""},
		{"::1", false, ""},
		{"[::1]", false, ""},
		{"[::1:80", false, ""},
		{":65536", false, ""},
		{":-1", false, ""},
		{":nosuch", false, ""},
		{"http://127.0.0.1:8888", false, ""},
	} {
		a := address("before")
		err := a.Set(test.text)
		switch {
		case (err == nil) != test.valid:
			t.Errorf("Set(%q) = %v, want valid: %v", test.text, err, test.valid)
		case test.valid && (a.String() != test.text || a.quoted() != test.quoted):
			t.Errorf("after Set(%q), it is %s, quoted %s; want quoted %s", test.text, a, a.quoted(), test.quoted)
		case !test.valid && a.String() != "before":
			t.Errorf("Set(%q) changed it to %q", test.text, a)
		}
	}
}

func TestWarnOfOthers(t *testing.T) {
	for _, test := range []struct {
		ip   string
		want string
	}{
		{"127.0.0.1", ""},
		{"127.8.8.8", ""},
		{"::1", ""},
		{"0.0.0.0", "barewire: other machines can reach this server too, at port 80\n"},
		{"::", "barewire: other machines can reach this server too, at port 80\n"},
		{"192.0.2.1", "barewire: other machines can reach this server too, at port 80\n"},
		{"fe80::1", "barewire: other machines can reach this server too, at port 80\n"},
	} {
		var said strings.Builder
		warnOfOthers(&net.TCPAddr{IP: net.ParseIP(test.ip), Port: 80}, World{Err: &said})
		if said.String() != test.want {
			t.Errorf("at %s, it says %q, want %q", test.ip, said.String(), test.want)
		}
	}
}

func TestURL(t *testing.T) {
	for _, test := range []struct {
		ip   string
		want string
	}{
		{"127.0.0.1", "http://127.0.0.1:80"},
		{"192.0.2.1", "http://192.0.2.1:80"},
		{"0.0.0.0", "http://127.0.0.1:80"},
		{"::", "http://127.0.0.1:80"},
		{"::1", "http://[::1]:80"},
	} {
		if got := url(&net.TCPAddr{IP: net.ParseIP(test.ip), Port: 80}); got != test.want {
			t.Errorf("url(%s) = %s, want %s", test.ip, got, test.want)
		}
	}
}
