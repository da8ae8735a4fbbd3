package check

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", maxLine+1)
	for name, test := range map[string]struct {
		writes []string
		each   []string
		words  string
	}{
		"lines in pieces":    {[]string{"a", "b\n", "{c\nd", "\n"}, []string{"ab\n", "{c\n", "d\n"}, "ab\nd\n"},
		"no end at the end":  {[]string{"{a\nb"}, []string{"{a\n", "b"}, "b"},
		"longer than can be": {[]string{long, "y\n"}, []string{long, "y\n"}, long + "y\n"},
		"nothing":            {nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var words bytes.Buffer
			var each []string
			l := &lines{words: &words, each: func(line []byte) bool {
				each = append(each, string(line))
				return line[0] != '{'
			}}
			for _, write := range test.writes {
				if n, err := l.Write([]byte(write)); n != len(write) || err != nil {
					t.Errorf("Write took %d bytes, %v", n, err)
				}
			}
			l.end()
			if diff := cmp.Diff(test.each, each); diff != "" {
				t.Error(diff)
			}
			if words.String() != test.words {
				t.Errorf("the words are %.100q, want %.100q", words.String(), test.words)
			}
		})
	}
}
