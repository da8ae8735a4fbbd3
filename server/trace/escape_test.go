package trace_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"barewire/server/trace"
)

func TestEscape(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want string
	}{
		{"nothing", "", ""},
		{"a request line", "GET /hello?x=1 HTTP/1.1", "GET /hello?x=1 HTTP/1.1"},
		{"all that ASCII can print", ` !"#$%&'()*+,-./09:;<=>?@AZ[\]^_{|}~az` + "`", ` !"#$%&'()*+,-./09:;<=>?@AZ[\]^_{|}~az` + "`"},
		{"a backslash stays", `a\nb`, `a\nb`},
		{"line ends and a tab", "a\r\nb\tc", `a\r\nb\tc`},
		{"NUL, bell, backspace", "\x00\x07\x08", `\x00\x07\x08`},
		{"a colour", "\x1b[31mred", `\x1b[31mred`},
		{"a window title", "\x1b]0;title\x07", `\x1b]0;title\x07`},
		{"DEL", "\x7f", `\x7f`},
		{"CSI as C1 control in UTF-8", "\u009b31m", `\u009b31m`},
		{"CSI as a bare byte", "\x9b31m", `\x9b31m`},
		{"letters of other scripts", "é ß я 日本 ש", "é ß я 日本 ש"},
		{"an emoji", "\U0001f600", "\U0001f600"},
		{"a combining accent without a base", "\u0301", "\u0301"},
		{"bytes that are no UTF-8", "\xff\xfe", `\xff\xfe`},
		{"a rune that is cut", "\xe6\x97", `\xe6\x97`},
		{"an overlong slash", "\xc0\xaf", `\xc0\xaf`},
		{"a surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
		{"bidi override and its end", "\u202eevil\u202c", `\u202eevil\u202c`},
		{"bidi isolate", "\u2066x\u2069", `\u2066x\u2069`},
		{"bidi marks", "\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		{"zero-width space, joiners, no-break space", "\u200b\u200c\u200d\ufeff\u2060", `\u200b\u200c\u200d\ufeff\u2060`},
		{"soft hyphen", "\u00ad", `\u00ad`},
		{"spaces that look like a space", "\u00a0\u2003\u3000", `\u00a0\u2003\u3000`},
		{"line and paragraph separator, next line", "\u2028\u2029\u0085", `\u2028\u2029\u0085`},
		{"variation selectors", "\ufe0f\U000e0100", `\ufe0f\U000e0100`},
		{"tag letters", "\U000e0041", `\U000e0041`},
		{"letters that print as nothing", "\u115f\u1160\u3164\uffa0\u034f\u2800", `\u115f\u1160\u3164\uffa0\u034f\u2800`},
		{"private use", "\ue000\U0010ffff", `\ue000\U0010ffff`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := trace.Escape([]byte(test.in)); got != test.want {
				t.Errorf("Escape(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

// FuzzEscape checks, for any bytes, that what comes out is printable text in
// which nothing is turned round or hidden, and that it stays so as it is.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"GET / HTTP/1.1\r\n", "\x1b[2J\x9b\u009b", "\u202e\u200b\ufeff\u2066", "\xed\xa0\x80\xff", "\U000e0041\ufe0f\u3164"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got := trace.Escape(in)
		if !utf8.ValidString(got) {
			t.Errorf("Escape(%q) = %q, which is no UTF-8", in, got)
		}
		for _, r := range got {
			if hidden(r) {
				t.Errorf("Escape(%q) = %q, which holds %U", in, got, r)
			}
		}
		if again := trace.Escape([]byte(got)); again != got {
			t.Errorf("Escape(%q) = %q, of what is escaped already", got, again)
		}
	})
}

// hidden tells whether a rune prints as nothing, or does more than print.
func hidden(r rune) bool {
	return !unicode.IsPrint(r) ||
		unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Join_Control) ||
		strings.ContainsRune("\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe0f\uffa0", r)
}

func TestEscapeLine(t *testing.T) {
	for line, want := range map[string]string{
		"":                     "",
		"Host: x\r\n":          "Host: x␍␊",
		"a\nb\r\x1b[2Jc\xff\n": `a␊b␍\x1b[2Jc\xff␊`,
	} {
		if got := trace.EscapeLine([]byte(line)); got != want {
			t.Errorf("EscapeLine(%q) = %q, want %q", line, got, want)
		}
	}
}
