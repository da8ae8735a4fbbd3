package headers_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
)

// aField says in one line what a field line is.
var aField = regexp.MustCompile("^([-!#$%&'*+.^_`|~0-9A-Za-z]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*$")

var fieldSeeds = []string{
	"Host: h", "X:", "X: \t a b\t ", "x-y_z!#$%&'*+.^`|~: 1", "X: \xe4\xff", "X: a:b",
	"", ":", "X", "X : 1", " X: 1", "\tX: 1", "X(1): 1", "X: \x01", "X: \x7f", "X: a\rb", "X: a\nb", "X: \x00",
}

// FuzzParseLine compares it, for any bytes, with the grammar said otherwise.
func FuzzParseLine(f *testing.F) {
	for _, seed := range fieldSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got, err := headers.ParseLine(line)
		match := aField.FindStringSubmatch(line)
		if match == nil {
			var refusal *refuse.Error
			if !errors.As(err, &refusal) || refusal.Status != refuse.BadRequest || refusal.Rule == "" || refusal.Section == "" {
				t.Errorf("ParseLine(%q) = %q, %v, want 400, a rule and its section", line, got, err)
			}
			return
		}
		if want := (headers.Field{Name: match[1], Value: match[2]}); err != nil || got != want {
			t.Errorf("ParseLine(%q) = %q, %v, want %q", line, got, err, want)
		}
	})
}

// FuzzParse checks, for any bytes, that Parse takes line by line what ParseLine
// takes, up to the empty line.
func FuzzParse(f *testing.F) {
	for _, seed := range fieldSeeds {
		f.Add([]byte(seed))
		f.Add([]byte("Host: h\r\n" + seed + "\r\n\r\nX: behind\r\n"))
	}
	given := headers.Field{Name: "Given", Value: "before"}
	f.Fuzz(func(t *testing.T, lines []byte) {
		want, wantErr := []headers.Field{given}, error(nil)
		for line := range strings.SplitSeq(string(lines), "\r\n") {
			if line == "" {
				break
			}
			var field headers.Field
			if field, wantErr = headers.ParseLine(line); wantErr != nil {
				break
			}
			want = append(want, field)
		}
		memory := slices.Clone(lines)
		got, err := headers.Parse(memory, []headers.Field{given})
		clear(memory) // the next request will use it
		if !slices.Equal(got, want) || verdict(err) != verdict(wantErr) {
			t.Errorf("Parse(%q) = %q, %v, want %q, %v", lines, got, err, want, wantErr)
		}
	})
}

// notComma matches what stands between commas.
var notComma = regexp.MustCompile("[^,]+")

// FuzzElements checks, for any text, that no element is lost, empty, or has white
// space around it; and that who has found his element may stop.
func FuzzElements(f *testing.F) {
	for _, seed := range []string{"", ",", "a", "a,b", " a , ,\tb\t,", "a b", "\xff,\x00", "close, keep-alive"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		var want []string
		for _, between := range notComma.FindAllString(value, -1) {
			if between = strings.Trim(between, " \t"); between != "" {
				want = append(want, between)
			}
		}
		if got := slices.Collect(headers.Elements(value)); !slices.Equal(got, want) {
			t.Errorf("Elements(%q) = %q, want %q", value, got, want)
		}
		for first := range headers.Elements(value) {
			if first != want[0] {
				t.Errorf("Elements(%q) begins with %q, want %q", value, first, want[0])
			}
			break
		}
	})
}
