package uwsgi

import (
	"errors"
	"fmt"
	"strconv"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

// Frame finds the length of the body. There are no chunks: a proxy takes those of the
// client apart, and waits for the last one, before it can say how long they are.
//
//	CONTENT_LENGTH = "" | 1*digit   RFC 3875 §4.1.2
func Frame(_ string, variables []headers.Field, limits body.Limits) (body.Framing, error) {
	for _, variable := range variables {
		if variable.Name != "CONTENT_LENGTH" || variable.Value == "" {
			continue
		}
		length, err := strconv.ParseUint(variable.Value, 10, 63)
		switch {
		case errors.Is(err, strconv.ErrSyntax):
			return body.Framing{}, refuse.Because(refuse.BadRequest, "CONTENT_LENGTH is decimal digits, or empty", "RFC 3875 §4.1.2", []byte(variable.Value))
		case int64(length) > limits.Bytes: // of a number too large for it, the largest
			return body.Framing{}, refuse.Because(refuse.ContentTooLarge, fmt.Sprintf("a body has at most %d bytes here", limits.Bytes), "RFC 9110 §15.5.14", nil)
		}
		return body.Framing{Length: int64(length)}, nil
	}
	return body.Framing{}, nil
}
