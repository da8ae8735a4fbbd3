package body_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

var limits = body.Limits{Bytes: 100, Line: 40, Trailer: 60}

// noError is the verdict on what is not refused.
const noError = "no error"

// verdict puts an error into a word: the status, if it is a refusal.
func verdict(err error) string {
	var refusal *refuse.Error
	switch {
	case err == nil:
		return noError
	case errors.As(err, &refusal):
		return refusal.Status
	}
	return err.Error()
}

// describe puts what Frame returns into words.
func describe(framing body.Framing, err error) string {
	length := fmt.Sprintf("%d bytes", framing.Length)
	switch {
	case err != nil:
		return verdict(err)
	case framing.Chunked:
		length = "chunks"
	}
	if framing.Continue {
		return length + " after 100"
	}
	return length
}

func TestFrame(t *testing.T) {
	const bad = refuse.BadRequest
	tests := []struct {
		name  string
		lines string
		now   string // the verdict in HTTP/1.1 and later
		old   string // the verdict in HTTP/1.0
	}{
		{"no body", "Host: h\r\n", "0 bytes", "0 bytes"},

		// Content-Length
		{"a length", "Content-Length: 5\r\n", "5 bytes", "5 bytes"},
		{"a name in small letters", "content-length: 5\r\n", "5 bytes", "5 bytes"},
		{"length 1", "Content-Length: 1\r\n", "1 bytes", "1 bytes"},
		{"length 0", "Content-Length: 0\r\n", "0 bytes", "0 bytes"},
		{"zeros first", "Content-Length: 005\r\n", "5 bytes", "5 bytes"},
		{"as long as it may be", "Content-Length: 100\r\n", "100 bytes", "100 bytes"},
		{"one byte longer", "Content-Length: 101\r\n", refuse.ContentTooLarge, refuse.ContentTooLarge},
		{"2^63-1", "Content-Length: 9223372036854775807\r\n", refuse.ContentTooLarge, refuse.ContentTooLarge},
		{"2^63", "Content-Length: 9223372036854775808\r\n", refuse.ContentTooLarge, refuse.ContentTooLarge},
		{"2^64+5, which looks like 5 to some", "Content-Length: 18446744073709551621\r\n", refuse.ContentTooLarge, refuse.ContentTooLarge},
		{"a hundred digits", "Content-Length: " + strings.Repeat("9", 100) + "\r\n", refuse.ContentTooLarge, refuse.ContentTooLarge},
		{"no digits", "Content-Length:\r\n", bad, bad},
		{"a plus", "Content-Length: +5\r\n", bad, bad},
		{"a minus", "Content-Length: -5\r\n", bad, bad},
		{"minus zero", "Content-Length: -0\r\n", bad, bad},
		{"hex", "Content-Length: 0x5\r\n", bad, bad},
		{"a letter", "Content-Length: 5a\r\n", bad, bad},
		{"an underscore", "Content-Length: 1_0\r\n", bad, bad},
		{"a fraction", "Content-Length: 5.0\r\n", bad, bad},
		{"an exponent", "Content-Length: 5e1\r\n", bad, bad},
		{"a space inside", "Content-Length: 5 5\r\n", bad, bad},
		{"digits of another script", "Content-Length: \u0665\r\n", bad, bad},

		// More than one
		{"equal ones", "Content-Length: 5\r\nContent-Length: 5\r\n", "5 bytes", "5 bytes"},
		{"equal ones in one field", "Content-Length: 5, 5,5 ,\t5\r\n", "5 bytes", "5 bytes"},
		{"different ones", "Content-Length: 5\r\nContent-Length: 6\r\n", bad, bad},
		{"different ones, the first 0", "Content-Length: 0\r\nContent-Length: 5\r\n", bad, bad},
		{"different ones, the second 0", "Content-Length: 5\r\nContent-Length: 0\r\n", bad, bad},
		{"different ones in one field", "Content-Length: 5, 6\r\n", bad, bad},
		{"different ones, the second huge", "Content-Length: 5\r\nContent-Length: 18446744073709551621\r\n", bad, bad},
		{"a comma last", "Content-Length: 5,\r\n", bad, bad},
		{"a comma first", "Content-Length: ,5\r\n", bad, bad},
		{"a good one and a bad one", "Content-Length: 5\r\nContent-Length: x\r\n", bad, bad},

		// Transfer-Encoding
		{"chunked", "Transfer-Encoding: chunked\r\n", "chunks", bad},
		{"chunked in capitals", "TRANSFER-ENCODING: CHUNKED\r\n", "chunks", bad},
		{"chunked among empty elements", "Transfer-Encoding: , chunked ,\r\n", "chunks", bad},
		{"chunked twice", "Transfer-Encoding: chunked, chunked\r\n", bad, bad},
		{"chunked with the Kelvin sign", "Transfer-Encoding: chun\u212aed\r\n", bad, bad},
		{"chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", bad, bad},
		{"chunked before and after", "Transfer-Encoding: chunked, gzip, chunked\r\n", bad, bad},
		{"chunked, but not last", "Transfer-Encoding: chunked, gzip\r\n", bad, bad},
		{"chunked, but not in the last field", "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", bad, bad},
		{"never chunked", "Transfer-Encoding: gzip\r\n", bad, bad},
		{"identity", "Transfer-Encoding: identity\r\n", bad, bad},
		{"identity after chunked", "Transfer-Encoding: chunked, identity\r\n", bad, bad},
		{"nearly chunked", "Transfer-Encoding: xchunked\r\n", bad, bad},
		{"chunked with a parameter", "Transfer-Encoding: chunked;q=1\r\n", bad, bad},
		{"chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n", bad, bad},
		{"no coding", "Transfer-Encoding:\r\n", bad, bad},
		{"gzip and chunked", "Transfer-Encoding: gzip, chunked\r\n", refuse.NotImplemented, bad},
		{"gzip and chunked in two fields", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", refuse.NotImplemented, bad},
		{"a coding that nobody knows", "Transfer-Encoding: x-rot13, chunked\r\n", refuse.NotImplemented, bad},

		// Both
		{"a coding and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", bad, bad},
		{"a length and a coding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", bad, bad},
		{"length 0 and a coding", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", bad, bad},
		{"a length and no coding after all", "Content-Length: 5\r\nTransfer-Encoding:\r\n", bad, bad},

		// Expect
		{"100-continue", "Content-Length: 5\r\nExpect: 100-continue\r\n", "5 bytes after 100", "5 bytes"},
		{"100-continue first", "Expect: 100-continue\r\nContent-Length: 5\r\n", "5 bytes after 100", "5 bytes"},
		{"100-Continue", "Content-Length: 5\r\nexpect: 100-Continue\r\n", "5 bytes after 100", "5 bytes"},
		{"100-continue twice", "Content-Length: 5\r\nExpect: 100-continue, 100-continue\r\n", "5 bytes after 100", "5 bytes"},
		{"100-continue for chunks", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "chunks after 100", bad},
		{"100-continue for nothing", "Expect: 100-continue\r\n", "0 bytes", "0 bytes"},
		{"100-continue for 0 bytes", "Content-Length: 0\r\nExpect: 100-continue\r\n", "0 bytes", "0 bytes"},
		{"an empty expectation", "Content-Length: 5\r\nExpect: ,\r\n", "5 bytes", "5 bytes"},
		{"an empty expectation behind another", "Content-Length: 5\r\nExpect: 100-continue\r\nExpect:\r\n", "5 bytes after 100", "5 bytes"},
		{"100-continue with the Kelvin sign", "Content-Length: 5\r\nExpect: 100-\u212aontinue\r\n", refuse.ExpectationFailed, "5 bytes"},
		{"another expectation", "Content-Length: 5\r\nExpect: x\r\n", refuse.ExpectationFailed, "5 bytes"},
		{"another expectation without a body", "Expect: x\r\n", refuse.ExpectationFailed, "0 bytes"},
		{"another expectation beside it", "Content-Length: 5\r\nExpect: 100-continue, x\r\n", refuse.ExpectationFailed, "5 bytes"},
		{"a parameter", "Content-Length: 5\r\nExpect: 100-continue;x=1\r\n", refuse.ExpectationFailed, "5 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fields, err := headers.Parse([]byte(test.lines), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range []struct{ version, want string }{{"HTTP/1.0", test.old}, {"HTTP/1.1", test.now}, {"HTTP/1.2", test.now}} {
				framing, err := body.Frame(in.version, fields, limits)
				if got := describe(framing, err); got != in.want {
					t.Errorf("Frame(%s, %+q) = %+v, %v, want %s", in.version, test.lines, framing, err, in.want)
				}
			}
		})
	}
}

func TestFrameRefusalsShowTheBytes(t *testing.T) {
	tests := []struct{ lines, want string }{
		{"Content-Length: 5x\r\n", "5x"},
		{"Content-Length: 5, 6\r\n", "5, 6"},
		{"Content-Length: 101\r\n", ""},
		{"Transfer-Encoding: gzip\r\n", "gzip"},
		{"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "gzip, chunked"},
		{"Transfer-Encoding: chunked, chunked\r\n", "chunked, chunked"},
		{"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "chunked"},
		{"Expect: 100-continue, pay\r\n", "pay"},
	}
	for _, test := range tests {
		fields, err := headers.Parse([]byte(test.lines), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = body.Frame("HTTP/1.1", fields, limits)
		var refusal *refuse.Error
		if !errors.As(err, &refusal) || refusal.Got != test.want || refusal.Rule == "" || !strings.HasPrefix(refusal.Section, "RFC ") {
			t.Errorf("Frame(%q) = %v, want a rule, an RFC section and the bytes %q", test.lines, err, test.want)
		}
	}
}
