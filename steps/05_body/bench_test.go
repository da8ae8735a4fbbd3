package body_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
)

var benchLimits = body.Limits{Bytes: 1 << 30, Line: 256, Trailer: 8 << 10}

func BenchmarkFrame(b *testing.B) {
	requests := []struct {
		name   string
		fields []headers.Field
	}{
		{"no body", []headers.Field{{Name: "Host", Value: "x"}}},
		{"Content-Length", []headers.Field{{Name: "Host", Value: "x"}, {Name: "Content-Length", Value: "5"}}},
		{"chunked", []headers.Field{{Name: "Host", Value: "x"}, {Name: "Transfer-Encoding", Value: "chunked"}}},
	}
	for _, test := range requests {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := body.Frame("HTTP/1.1", test.fields, benchLimits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReader reads a body of 1 MiB through 64 KiB.
func BenchmarkReader(b *testing.B) {
	const size = 1 << 20
	bodies := []struct {
		name    string
		framing body.Framing
		wire    string
	}{
		{"Content-Length", body.Framing{Length: size}, strings.Repeat("x", size)},
		{"chunks of 4 KiB", body.Framing{Chunked: true}, strings.Repeat(fmt.Sprintf("1000\r\n%s\r\n", strings.Repeat("x", 4<<10)), size>>12) + "0\r\n\r\n"},
		{"chunks of 16 bytes", body.Framing{Chunked: true}, strings.Repeat("10\r\n0123456789abcdef\r\n", size>>4) + "0\r\n\r\n"},
	}
	for _, test := range bodies {
		b.Run(test.name, func(b *testing.B) {
			client := strings.NewReader("")
			r := bufio.NewReader(client)
			block := make([]byte, 64<<10)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				client.Reset(test.wire)
				input := body.NewReader(r, io.Discard, test.framing, benchLimits)
				for {
					if _, err := input.Read(block); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
