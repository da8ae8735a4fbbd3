package headers

import (
	"iter"
	"strings"

	requestline "barewire/steps/03_requestline"
	"barewire/steps/refuse"
)

// A Field is one header field.
type Field struct {
	Name  string // as the client spelt it; case does not count, RFC 9110 §5.1
	Value string // without the white space around it; bytes, of no known encoding
}

// Is tells whether the field has this name, in whatever case.
func (f Field) Is(name string) bool { return EqualFold(f.Name, name) }

// EqualFold compares a stranger's word with an ASCII one, whatever the case of
// its letters. Unicode has letters that fold to k and s, the Kelvin sign and the
// long s. They have more bytes, so comparing lengths keeps them out, and with
// them a coding called "chunKed" that only we would take for chunked.
func EqualFold(word, ascii string) bool {
	return len(word) == len(ascii) && strings.EqualFold(word, ascii)
}

// Parse appends the fields in lines to fields. The lines are those of step 02:
// each ends with CRLF, and the last may be the empty one.
func Parse(lines []byte, fields []Field) ([]Field, error) {
	text := string(lines) // all names and values share this memory
	for line := range strings.SplitSeq(text, "\r\n") {
		if line == "" {
			break
		}
		field, err := ParseLine(line)
		if err != nil {
			return fields, err
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// ParseLine reads one field line, given without its CRLF.
//
//	field-line = field-name ":" OWS field-value OWS   RFC 9112 §5
//	field-name = token                                RFC 9110 §5.1
func ParseLine(line string) (Field, error) {
	if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
		return Field{}, bad("a line that begins with white space would continue the one before, which is obsolete", "RFC 9112 §5.2", line)
	}
	name, value, found := strings.Cut(line, ":")
	switch {
	case !found:
		return Field{}, bad("a field is a name, a colon and a value", "RFC 9112 §5", line)
	case strings.HasSuffix(name, " ") || strings.HasSuffix(name, "\t"):
		return Field{}, bad("no white space stands between a field's name and its colon", "RFC 9112 §5.1", name)
	case !requestline.IsToken(name):
		return Field{}, bad("a field name is a token: letters, digits and !#$%&'*+-.^_`|~", "RFC 9110 §5.1", name)
	}
	value = strings.Trim(value, " \t")
	if HasControl(value) {
		return Field{}, bad("a field value holds no control bytes", "RFC 9110 §5.5", value)
	}
	return Field{name, value}, nil
}

// Elements yields the elements of a comma-separated value, without the white
// space around them; empty ones do not count. RFC 9110 §5.6.1
func Elements(value string) iter.Seq[string] {
	return func(yield func(element string) bool) {
		for element := range strings.SplitSeq(value, ",") {
			if element = strings.Trim(element, " \t"); element != "" && !yield(element) {
				return
			}
		}
	}
}

// HasControl tells whether text holds a control byte, other than the tab that
// separates words. Bytes from 0x80 are no control bytes here: RFC 9110 calls
// them obs-text and lets them stand.
//
//	field-vchar = VCHAR / obs-text   RFC 9110 §5.5
func HasControl(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// bad refuses with 400, as all of this step's refusals do.
func bad(rule, section, got string) error {
	return refuse.Because(refuse.BadRequest, rule, section, []byte(got))
}
