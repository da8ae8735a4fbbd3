package command

import "testing"

func TestSuggest(t *testing.T) {
	names := []string{"apps", "completion", "help", "send", "serve", "version", "demo:App", "hello:App", "--trace"}
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
