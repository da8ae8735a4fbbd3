package refuse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"barewire/steps/refuse"
)

func TestError(t *testing.T) {
	tests := []struct {
		name string
		got  string
		want string
	}{
		{"without bytes", "", `400 Bad Request: a rule (RFC 9112 §3)`},
		{"with bytes", "BAD", `400 Bad Request: a rule (RFC 9112 §3), got "BAD"`},
		{"control bytes and escape sequences are quoted", "\x1b[2J\r\n\x00", `400 Bad Request: a rule (RFC 9112 §3), got "\x1b[2J\r\n\x00"`},
		{"so are bytes that are no text", "\xff\xfe", `400 Bad Request: a rule (RFC 9112 §3), got "\xff\xfe"`},
		{"and runes that turn text around", "\u202e", `400 Bad Request: a rule (RFC 9112 §3), got "\u202e"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := refuse.Because(refuse.BadRequest, "a rule", "RFC 9112 §3", []byte(test.got))
			if got := err.Error(); got != test.want {
				t.Errorf("Because(%q).Error() = %s, want %s", test.got, got, test.want)
			}
		})
	}
}

func TestBecauseKeepsABoundedPart(t *testing.T) {
	for _, length := range []int{0, 1, 119, 120, 121, 100_000} {
		err := refuse.Because(refuse.BadRequest, "a rule", "RFC 9112 §3", []byte(strings.Repeat("x", length)))
		if got, want := len(err.Got), min(length, 120); got != want {
			t.Errorf("Because(%d bytes) keeps %d, want %d", length, got, want)
		}
	}
}

// The bytes often lie in a buffer that the next request will use again.
func TestBecauseKeepsACopy(t *testing.T) {
	buffer := []byte("GET /")
	err := refuse.Because(refuse.BadRequest, "a rule", "RFC 9112 §3", buffer)
	copy(buffer, "POST ")
	if err.Got != "GET /" {
		t.Errorf("after the buffer was used again, Got = %q, want %q", err.Got, "GET /")
	}
}

func TestARefusalIsFoundInsideOtherErrors(t *testing.T) {
	var err error = refuse.Because(refuse.HeadTooLarge, "a rule", "RFC 9110 §5.4", nil)
	err = fmt.Errorf("connection 3: %w", err)
	var refusal *refuse.Error
	if !errors.As(err, &refusal) || refusal.Status != refuse.HeadTooLarge {
		t.Errorf("errors.As(%v) found %v, want a refusal with %s", err, refusal, refuse.HeadTooLarge)
	}
}
