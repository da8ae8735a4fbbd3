package trace_test

import (
	"bytes"
	"reflect"
	"testing"

	"barewire/server"
	"barewire/server/trace"
)

func TestHeadLines(t *testing.T) {
	tests := []struct {
		name, head string
		want       []string
	}{
		{"nothing", "", nil},
		{"lines", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", []string{"GET / HTTP/1.1\r\n", "Host: x\r\n", "\r\n"}},
		{"a packet", "\x00\x0d\x00\x00\x01\x00A\x02\x00bc\x01\x00D\x00\x00", []string{"\x00\x0d\x00\x00", "\x01\x00A\x02\x00bc", "\x01\x00D\x00\x00"}},
		{"no pair", "\x00\x00\x00\x00", []string{"\x00\x00\x00\x00"}},
		{"a packet that breaks off at once", "\x00\x0d", []string{"\x00\x0d"}},
		{"a value that breaks off", "\x00\x0d\x00\x00\x01\x00A\x09\x00bc", []string{"\x00\x0d\x00\x00", "\x01\x00A\x09\x00bc"}},
		{"a length that breaks off", "\x00\x0d\x00\x00\x01\x00A\x09", []string{"\x00\x0d\x00\x00", "\x01\x00A\x09"}},
		{"a length of 16 bits", "\x00\x06\x01\x00\x01\x00A\x01\x01" + string(make([]byte, 257)), []string{"\x00\x06\x01\x00", "\x01\x00A\x01\x01" + string(make([]byte, 257))}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			lines := trace.HeadLines([]byte(test.head))
			for _, line := range lines {
				got = append(got, string(line))
			}
			if !reflect.DeepEqual(got, test.want) || !bytes.Equal(bytes.Join(lines, nil), []byte(test.head)) {
				t.Errorf("HeadLines(%q) = %q, want %q", test.head, got, test.want)
			}
		})
	}
}

func TestPair(t *testing.T) {
	tests := []struct {
		name, line string
		key, value string
		found      bool
	}{
		{"a pair", "\x01\x00A\x02\x00bc", "A", "bc", true},
		{"no value", "\x01\x00A\x00\x00", "A", "", true},
		{"the beginning", "\x00\x0d\x00\x00", "", "", false},
		{"a value that breaks off", "\x01\x00A\x09\x00bc", "", "", false},
		{"a length that breaks off", "\x01\x00A\x09", "", "", false},
		{"more than a pair", "\x01\x00A\x01\x00bc", "", "", false},
		{"nothing", "", "", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key, value, found := trace.Pair([]byte(test.line))
			if found != test.found || found && (string(key) != test.key || string(value) != test.value) {
				t.Errorf("Pair(%q) = %q, %q, %v, want %q, %q, %v", test.line, key, value, found, test.key, test.value, test.found)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for _, test := range []struct {
		endpoint server.Endpoint
		want     string
	}{
		{server.Endpoint{Host: "127.0.0.1", Port: "53124"}, "127.0.0.1:53124"},
		{server.Endpoint{Host: "::1", Port: "53124"}, "[::1]:53124"},
		{server.Endpoint{Host: "@"}, "a Unix socket"},
		{server.Endpoint{Host: "/run/shop/1"}, "/run/shop/1"},
	} {
		if got := trace.Address(test.endpoint); got != test.want {
			t.Errorf("Address(%v) = %q, want %q", test.endpoint, got, test.want)
		}
	}
}
