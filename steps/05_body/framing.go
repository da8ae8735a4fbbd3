package body

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
)

// Limits bound one body.
type Limits struct {
	Bytes   int64 // bytes of content
	Line    int   // bytes of the line before a chunk, extensions included
	Trailer int   // bytes of the trailer section, and by how many extensions may outweigh the content
}

// A Framing tells where a request's body ends.
type Framing struct {
	Length   int64 // bytes of content, when the body is not chunked
	Chunked  bool  // it comes in chunks, and no one knows how many
	Continue bool  // the client sends it only after 100 Continue
}

// Frame reads the framing out of the fields of a request.
//
// A framing that is not certain is refused, and after a refusal the connection
// cannot be used further: where the next request begins is just what nobody
// knows. RFC 9112 §6.3
func Frame(version string, fields []headers.Field, limits Limits) (Framing, error) {
	var framing Framing
	length, codings, coded := int64(-1), []string(nil), false
	for _, field := range fields {
		var err error
		switch {
		case field.Is("Content-Length"):
			length, err = contentLength(field.Value, length, limits.Bytes)
		case field.Is("Transfer-Encoding"):
			codings, coded = slices.AppendSeq(codings, headers.Elements(field.Value)), true
		case field.Is("Expect") && version != "HTTP/1.0":
			// HTTP/1.0 knew no interim answers. RFC 9110 §10.1.1
			var expected bool
			expected, err = expectation(field.Value)
			framing.Continue = framing.Continue || expected
		}
		if err != nil {
			return framing, err
		}
	}
	switch {
	case coded && version == "HTTP/1.0":
		return framing, bad("HTTP/1.0 has no Transfer-Encoding", "RFC 9112 §6.1", strings.Join(codings, ", "))
	case coded && length >= 0:
		return framing, bad("a request has Transfer-Encoding or Content-Length, not both", "RFC 9112 §6.1", strings.Join(codings, ", "))
	case coded:
		framing.Chunked = true
		return framing, checkCodings(codings)
	case length > 0:
		framing.Length = length
	default:
		framing.Continue = false // no body, so nothing to wait for
	}
	return framing, nil
}

// contentLength reads one Content-Length, which must repeat what an earlier
// one said; -1 stands for none.
//
//	Content-Length = 1*DIGIT   RFC 9110 §8.6, which lets "5, 5" pass for 5
func contentLength(value string, earlier, limit int64) (int64, error) {
	for element := range strings.SplitSeq(value, ",") {
		length, err := strconv.ParseUint(strings.Trim(element, " \t"), 10, 63)
		switch {
		case errors.Is(err, strconv.ErrSyntax):
			return 0, bad("Content-Length is decimal digits", "RFC 9110 §8.6", value)
		case earlier >= 0 && earlier != int64(length):
			return 0, bad("a request has one length", "RFC 9112 §6.3", value)
		}
		earlier = int64(length) // of a number too large for it, the largest
	}
	if earlier > limit {
		return 0, tooLarge(limit)
	}
	return earlier, nil
}

// checkCodings takes chunked, alone. Any other list that ends with chunked is
// well framed, but we cannot decode it. RFC 9112 §6.1, §6.3
func checkCodings(codings []string) error {
	list := strings.Join(codings, ", ")
	isChunked := func(coding string) bool { return headers.EqualFold(coding, "chunked") }
	last := len(codings) - 1
	switch {
	case last < 0 || !isChunked(codings[last]):
		return bad("the last transfer coding of a request is chunked", "RFC 9112 §6.3", list)
	case slices.ContainsFunc(codings[:last], isChunked):
		return bad("a body is chunked once", "RFC 9112 §6.1", list)
	case last > 0:
		return refuse.Because(refuse.NotImplemented, "this server decodes no transfer coding but chunked", "RFC 9112 §6.1", []byte(list))
	}
	return nil
}

// expectation takes 100-continue, the only expectation there is.
//
//	Expect = #expectation   RFC 9110 §10.1.1
func expectation(value string) (expected bool, err error) {
	for element := range headers.Elements(value) {
		expected = true
		if !headers.EqualFold(element, "100-continue") {
			return false, refuse.Because(refuse.ExpectationFailed, "the one thing to expect is 100-continue", "RFC 9110 §10.1.1", []byte(element))
		}
	}
	return expected, nil
}

// tooLarge refuses a body over the limit.
func tooLarge(limit int64) error {
	return refuse.Because(refuse.ContentTooLarge, fmt.Sprintf("a body has at most %d bytes here", limit), "RFC 9110 §15.5.14", nil)
}

// bad refuses with 400, as most of this step's refusals do.
func bad(rule, section, got string) error {
	return refuse.Because(refuse.BadRequest, rule, section, []byte(got))
}
