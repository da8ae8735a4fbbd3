package command

import "testing"

func TestSuggest(t *testing.T) {
	names := []string{"apps", "completion", "help", "send", "serve", "version", "class:App", "class:Iterable", "demo:App", "flaskish:App", "hello:App", "onion:App", "--trace"}
	tests := []struct {
		name string
		word string
		want string
	}{
		{"two letters swapped", "sevre", "; did you mean serve?"},
		{"a letter too many", "aapps", "; did you mean apps?"},
		{"a letter too few", "vesion", "; did you mean version?"},
		{"the beginning", "comp", "; did you mean completion?"},
		{"the beginning counts more than letters", "hell", "; did you mean hello:App?"},
		{"another case", "DEMO:app", "; did you mean demo:App?"},
		{"one dash too few", "-trace", "; did you mean --trace?"},
		{"no dash", "trase", "; did you mean --trace?"},
		{"half of it wrong", "sxxd", "; did you mean send?"},
		{"more than half of it wrong", "stop", "; otherwise"},
		{"nothing like it", "nonsense", "; otherwise"},
		{"another application's package, with the same App", "nosuch:App", "; otherwise"},
		{"a package that shares too few letters", "nginx:App", "; otherwise"},
		{"the name that other servers take", "wsgi:app", "; otherwise"},
		{"no package at all", ":App", "; otherwise"},
		{"a file of Python, near to a command", "app.py:application", "; otherwise"},
		{"a letter too few in the package", "helo:App", "; did you mean hello:App?"},
		{"a wrong letter in it, without App", "hallo", "; did you mean hello:App?"},
		{"the beginning of a package", "flask:App", "; did you mean flaskish:App?"},
		{"a package and no more", "demo:", "; did you mean demo:App?"},
		{"another name in the package", "demo:application", "; did you mean demo:App?"},
		{"the nearest of two in one package", "class:Itreable", "; did you mean class:Iterable?"},
		{"empty", "", "; otherwise"},
		{"dashes only", "--", "; otherwise"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := suggest(test.word, names, "; otherwise"); got != test.want {
				t.Errorf("suggest(%q) = %q, want %q", test.word, got, test.want)
			}
		})
	}
}
