package poke_test

import (
	"slices"
	"strings"
	"testing"

	"barewire/tui/poke"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name string
		line string
		want []string
	}{
		{"words", "curl  -d name=ada\thttp://h/", []string{"curl", "-d", "name=ada", "http://h/"}},
		{"space around", " curl ", []string{"curl"}},
		{"single quotes", `curl 'http://h/?a=1&b=2' 'a\b"$c'`, []string{"curl", "http://h/?a=1&b=2", `a\b"$c`}},
		{"double quotes", `curl -H "X: it's"`, []string{"curl", "-H", "X: it's"}},
		{"backslashes in double quotes", `curl "\"\\\$\` + "`" + `\n"`, []string{"curl", `"\$` + "`" + `\n`}},
		{"backslashes outside", `curl a\ b \'\$\\ \n`, []string{"curl", "a b", `'$\`, "n"}},
		{"quotes inside a word", `curl a'b c'"d e"f`, []string{"curl", "ab cd ef"}},
		{"empty words", `curl '' ""`, []string{"curl", "", ""}},
		{"a line that goes on", "curl \\\n  -I http://h/", []string{"curl", "-I", "http://h/"}},
		{"signs of a shell in quotes", `curl '$x|y;z>&<` + "`" + `' "|;><&"`, []string{"curl", "$x|y;z>&<`", "|;><&"}},
		{"JSON", `curl -d '{"a": [1, "b"]}'`, []string{"curl", "-d", `{"a": [1, "b"]}`}},
		{"patterns mean themselves", `curl http://[::1]/?x=* {a,b} ~/x`, []string{"curl", "http://[::1]/?x=*", "{a,b}", "~/x"}},
		{"a comment", "curl -I http://h/#top # look", []string{"curl", "-I", "http://h/#top"}},
		{"letters of all kinds", "curl -d naïve=名", []string{"curl", "-d", "naïve=名"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := poke.Split(test.line)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("Split(%q) = %q, %v, want %q", test.line, got, err, test.want)
			}
		})
	}
}

func TestSplitRefuses(t *testing.T) {
	tests := []struct {
		name string
		line string
		want string // how the sentence begins
	}{
		{"a variable", "curl $HOME", "$ means"},
		{"a variable in double quotes", `curl "a $HOME"`, "$ means"},
		{"a command in its place", "curl $(ls)", "$ means"},
		{"arithmetic", "curl $((1+1))", "$ means"},
		{"a quote of its own kind", `curl $'a\n'`, "$ means"},
		{"a translated text", `curl $"a"`, "$ means"},
		{"backticks", "curl `ls`", "` means"},
		{"backticks in double quotes", "curl \"`ls`\"", "` means"},
		{"a pipe", "curl a | sh", "| means"},
		{"two commands", "curl a; ls", "; means"},
		{"two lines", "curl a\nls", "; means"},
		{"a semicolon at the end", "curl a;", "; means"},
		{"and", "curl a && ls", "&& means"},
		{"or", "curl a || ls", "|| means"},
		{"a query without quotes", "curl http://h/?a=1&b=2", "& means"},
		{"in the background", "curl a &", "& means"},
		{"a file to write", "curl a > b", "> means"},
		{"a file to add to", "curl a >> b", ">> means"},
		{"a file to read", "curl a < b", "< means"},
		{"a stream of another command", "curl <(ls)", "( means"},
		{"a pattern of bash", "curl @(a)", "( means"},
		{"a subshell", "(curl a)", "( means"},
		{"not", "! curl a", "! means"},
		{"a loop", "while curl a; do ls; done", "the first word means"},
		{"a setting before it", "A=1 curl a", "a variable before a command"},
		{"a quote that does not end", "curl 'a", "a shell could not read this line"},
		{"another that does not end", `curl "a`, "a shell could not read this line"},
		{"an escape sequence", "curl \x1b[2J", `this line holds the control character '\x1b'`},
		{"a control character beyond ASCII", "curl '\u0080'", `this line holds the control character '\u0080'`},
		{"bytes that are no text", "curl \xff", "a shell could not read this line"},
		{"nothing", " ", "this line is empty"},
		{"a comment alone", "# curl", "this line is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := poke.Split(test.line)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Split(%q) = %q, %v, want an error that begins with %q", test.line, got, err, test.want)
			}
		})
	}
}

// Whatever is typed, there are words or there is an error, and words that are
// quoted come back as they were.
func FuzzSplit(f *testing.F) {
	for _, line := range []string{"curl a", `curl "$x`, "curl $(", "curl 'a' | b", "\\", "curl <<a\nb\na\n"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, err := poke.Split(line)
		if err != nil {
			return
		}
		if len(words) == 0 {
			t.Fatalf("Split(%q) = nothing", line)
		}
		quoted := ""
		for _, word := range words {
			quoted += " '" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		if again, err := poke.Split(quoted); err != nil || !slices.Equal(again, words) {
			t.Errorf("Split(%q) = %q, %v, want %q", quoted, again, err, words)
		}
	})
}
