package headers_test

import (
	"bufio"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	read "barewire/steps/02_read"
	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
)

// served is the verdict on what is not refused.
const served = "served"

// verdict puts an error into a word: the status, if it is a refusal.
func verdict(err error) string {
	var refusal *refuse.Error
	switch {
	case err == nil:
		return served
	case errors.As(err, &refusal):
		return refusal.Status
	}
	return err.Error()
}

func TestParse(t *testing.T) {
	type fields = []headers.Field
	tests := []struct {
		name  string
		lines string
		want  fields
	}{
		{"no field", "\r\n", nil},
		{"no line at all", "", nil},
		{"one field", "Host: h\r\n\r\n", fields{{"Host", "h"}}},
		{"more fields, in order", "B: 1\r\nA: 2\r\nC: 3\r\n\r\n", fields{{"B", "1"}, {"A", "2"}, {"C", "3"}}},
		{"without the empty line", "A: 1\r\nB: 2\r\n", fields{{"A", "1"}, {"B", "2"}}},
		{"nothing counts behind the empty line", "A: 1\r\n\r\nB: 2\r\n", fields{{"A", "1"}}},
		{"duplicates stay, in order", "X: 1\r\nY: 2\r\nX: 3\r\n\r\n", fields{{"X", "1"}, {"Y", "2"}, {"X", "3"}}},
		{"even equal ones", "X: 1\r\nX: 1\r\n\r\n", fields{{"X", "1"}, {"X", "1"}}},
		{"names keep their case", "hOsT: h\r\nX-FORWARDED-for: a\r\n\r\n", fields{{"hOsT", "h"}, {"X-FORWARDED-for", "a"}}},
	}
	given := headers.Field{Name: "Given", Value: "before"}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines := []byte(test.lines)
			got, err := headers.Parse(lines, fields{given})
			clear(lines) // the next request will use this memory
			if want := append(fields{given}, test.want...); err != nil || !slices.Equal(got, want) {
				t.Errorf("Parse(%q) = %q, %v, want %q", test.lines, got, err, want)
			}
		})
	}
}

func TestParseUsesTheMemoryItIsGiven(t *testing.T) {
	memory := make([]headers.Field, 0, 10)
	fields, err := headers.Parse([]byte("A: 1\r\nB: 2\r\n\r\n"), memory)
	if err != nil || len(fields) != 2 || &fields[0] != &memory[:1][0] {
		t.Errorf("Parse = %q, %v, want two fields in the given memory", fields, err)
	}
}

func TestParseStopsAtTheFirstBadLine(t *testing.T) {
	const lines = "A: 1\r\nbad\r\nB: 2\r\nworse \r\n\r\n"
	fields, err := headers.Parse([]byte(lines), nil)
	if want := []headers.Field{{Name: "A", Value: "1"}}; verdict(err) != refuse.BadRequest || !slices.Equal(fields, want) {
		t.Errorf("Parse(%q) = %q, %v, want %q and %s", lines, fields, err, want, refuse.BadRequest)
	}
}

// The lines as step 02 hands them over.
func TestParseAHead(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("GET / HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\nX: body\r\n"))
	head, err := read.Head(r, read.Limits{Line: 100, Lines: 10, Bytes: 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := bytes.Cut(head, []byte("\r\n"))
	fields, err := headers.Parse(lines, nil)
	if want := []headers.Field{{Name: "Host", Value: "h"}, {Name: "Accept", Value: "*/*"}}; err != nil || !slices.Equal(fields, want) {
		t.Errorf("Parse(%q) = %q, %v, want %q", lines, fields, err, want)
	}
}

func TestParseLine(t *testing.T) {
	tests := []struct {
		name string
		line string
		want headers.Field
	}{
		{"a field", "Host: h", headers.Field{Name: "Host", Value: "h"}},
		{"no space after the colon", "Host:h", headers.Field{Name: "Host", Value: "h"}},
		{"white space around the value", "X: \t a b \t ", headers.Field{Name: "X", Value: "a b"}},
		{"white space inside the value", "X: a \t b", headers.Field{Name: "X", Value: "a \t b"}},
		{"an empty value", "X:", headers.Field{Name: "X"}},
		{"white space as the value", "X: \t ", headers.Field{Name: "X"}},
		{"colons inside the value", "X: a:b: c", headers.Field{Name: "X", Value: "a:b: c"}},
		{"a value that begins with a colon", "X::", headers.Field{Name: "X", Value: ":"}},
		{"bytes from 0x80 in the value", "X: \xe4\xc3\xa4\xff", headers.Field{Name: "X", Value: "\xe4\xc3\xa4\xff"}},
		{"a no-break space is no white space", "X: \xa0\xc2\xa0", headers.Field{Name: "X", Value: "\xa0\xc2\xa0"}},
		{"any token is a name", "!#$%&'*+-.^_`|~09azAZ: x", headers.Field{Name: "!#$%&'*+-.^_`|~09azAZ", Value: "x"}},
		{"quotes stay", `X: "a, \"b"`, headers.Field{Name: "X", Value: `"a, \"b"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := headers.ParseLine(test.line); err != nil || got != test.want {
				t.Errorf("ParseLine(%q) = %q, %v, want %q", test.line, got, err, test.want)
			}
		})
	}
}

func TestParseLineRefuses(t *testing.T) {
	tests := []struct {
		name string
		line string
		got  string // the bytes that the refusal shows
	}{
		{"no colon", "Host h", "Host h"},
		{"no name", ": h", ""},
		{"a colon alone", ":", ""},
		{"a space before the colon", "Host : h", "Host "},
		{"a tab before the colon", "Host\t: h", "Host\t"},
		{"a line that begins with a space", " continued", " continued"},
		{"a line that begins with a tab", "\tcontinued", "\tcontinued"},
		{"a field that begins with a space", " X: 1", " X: 1"},
		{"a space inside the name", "Ho st: h", "Ho st"},
		{"brackets in the name", "Host(1): h", "Host(1)"},
		{"a slash in the name", "a/b: h", "a/b"},
		{"a control byte in the name", "Ho\x01st: h", "Ho\x01st"},
		{"a byte from 0x80 in the name", "H\xf6st: h", "H\xf6st"},
		{"a control byte in the value", "X: a\x01b", "a\x01b"},
		{"an escape sequence in the value", "X: \x1b[2J", "\x1b[2J"},
		{"a vertical tab around the value", "X: a\v", "a\v"},
		{"a form feed around the value", "X:\fa", "\fa"},
		{"CR in the value", "X: a\rb", "a\rb"},
		{"CR at the end", "X: a\r", "a\r"},
		{"LF in the value", "X: a\nY: b", "a\nY: b"},
		{"NUL in the value", "X: a\x00b", "a\x00b"},
		{"DEL in the value", "X: a\x7fb", "a\x7fb"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := headers.ParseLine(test.line)
			var refusal *refuse.Error
			if !errors.As(err, &refusal) || refusal.Status != refuse.BadRequest {
				t.Fatalf("ParseLine(%q) = %v, want %s", test.line, err, refuse.BadRequest)
			}
			if refusal.Got != test.got || refusal.Rule == "" || !strings.HasPrefix(refusal.Section, "RFC ") {
				t.Errorf("ParseLine(%q) = %v, want a rule, an RFC section and the bytes %q", test.line, err, test.got)
			}
		})
	}
}

func TestHasControl(t *testing.T) {
	for c := range 256 {
		text := "a" + string([]byte{byte(c)}) + "b"
		if got, want := headers.HasControl(text), c < 0x20 && c != '\t' || c == 0x7f; got != want {
			t.Errorf("HasControl(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestFieldIs(t *testing.T) {
	tests := []struct {
		field, name string
		want        bool
	}{
		{"Host", "Host", true},
		{"hOST", "Host", true},
		{"Content-Length", "content-length", true},
		{"Host", "Hos", false},
		{"Hos", "Host", false},
		{"Ho_st", "Ho-st", false},
		{"\u212aeep", "Keep", false}, // the Kelvin sign, which folds to k
	}
	for _, test := range tests {
		if got := (headers.Field{Name: test.field}).Is(test.name); got != test.want {
			t.Errorf("Field{%+q}.Is(%q) = %v, want %v", test.field, test.name, got, test.want)
		}
	}
}

func TestElements(t *testing.T) {
	for _, test := range []struct {
		value string
		want  []string
	}{
		{"", nil},
		{"close", []string{"close"}},
		{"x-foo, close", []string{"x-foo", "close"}},
		{"x-foo,close", []string{"x-foo", "close"}},
		{" ,\t, x-foo \t,, close ,", []string{"x-foo", "close"}},
		{"a b, c", []string{"a b", "c"}},
	} {
		if got := slices.Collect(headers.Elements(test.value)); !slices.Equal(got, test.want) {
			t.Errorf("Elements(%q) = %q, want %q", test.value, got, test.want)
		}
	}
	for element := range headers.Elements("a, b") {
		if element != "a" {
			t.Errorf("after break, Elements goes on with %q", element)
		}
		break
	}
}

func TestEqualFold(t *testing.T) {
	for _, test := range []struct {
		word, ascii string
		want        bool
	}{
		{"chunked", "chunked", true},
		{"CHUNKed", "chunked", true},
		{"chunk", "chunked", false},
		{"", "", true},
		{"chun\u212aed", "chunked", false}, // the Kelvin sign
		{"clo\u017fe", "close", false},     // the long s
		{"\u212a--", "k----", false},       // as many bytes
	} {
		if got := headers.EqualFold(test.word, test.ascii); got != test.want {
			t.Errorf("EqualFold(%+q, %q) = %v, want %v", test.word, test.ascii, got, test.want)
		}
	}
}
