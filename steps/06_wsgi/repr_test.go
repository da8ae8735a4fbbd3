package wsgi_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
)

func TestRepr(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"text", "/hello", `'/hello'`},
		{"no text", "", `''`},
		{"a single quote", `it's`, `"it's"`},
		{"a double quote", `say "no"`, `'say "no"'`},
		{"both quotes", `it's "no"`, `'it\'s "no"'`},
		{"a backslash", `C:\new`, `'C:\\new'`},
		{"the three that have letters", "\t\n\r", `'\t\n\r'`},
		{"other control bytes", "a\x00b\x1b[31m\x7f", `'a\x00b\x1b[31m\x7f'`},
		{"the control bytes from 0x80", "\x80\x9b\x9f", `'\x80\x9b\x9f'`},
		{"no-break space and soft hyphen", "\xa0\xad", `'\xa0\xad'`},
		{"UTF-8 is shown byte by byte", "é", `'Ã©'`},
		{"true", true, `True`},
		{"false", false, `False`},
		{"a number", -42, `-42`},
		{"a version", [2]int{1, 0}, `(1, 0)`},
		{"no texts", []string{}, `()`},
		{"one text", []string{"ada"}, `('ada',)`},
		{"texts", []string{"ada", "it's", "\n"}, `('ada', "it's", '\n')`},
		{"a thing", strings.NewReader(""), `<KEY>`},
		{"a function", func() {}, `<KEY>`},
		{"nothing", nil, `<KEY>`},
		{"a number of another kind", int64(1), `<KEY>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := wsgi.Repr("KEY", test.value); got != test.want {
				t.Errorf("Repr(%#v) = %s, want %s", test.value, got, test.want)
			}
		})
	}
}

// judge asks Python about every line of its input: whether it can read the repr
// back as the value (lists are tuples, texts are lists of bytes), and whether
// it would have written the very same.
const judge = `
import ast, json, sys

def python(value):
    if isinstance(value, dict):
        return bytes(value["bytes"]).decode("latin-1")
    if isinstance(value, list):
        return tuple(map(python, value))
    return value

lines = 0
for line in sys.stdin.buffer:
    case = json.loads(line)
    want = python(case["value"])
    if ast.literal_eval(case["repr"]) != want or repr(want) != case["repr"]:
        sys.exit("Repr = %s, want %s" % (ascii(case["repr"]), ascii(repr(want))))
    lines += 1
print(lines)
`

// text is how the judge is told a text: as the numbers of its bytes.
func text(s string) any {
	bytes := make([]int, len(s))
	for i := range len(s) {
		bytes[i] = int(s[i])
	}
	return map[string]any{"bytes": bytes}
}

func TestReprAsPythonReadsIt(t *testing.T) {
	python, err := exec.LookPath("python3")
	switch {
	case err != nil && os.Getenv("BAREWIRE_NO_SKIP") == "1":
		t.Fatal("python3 is not installed, and BAREWIRE_NO_SKIP=1 forbids to skip this test")
	case err != nil:
		t.Skip("python3 is not installed, so nobody can tell whether it would read Repr back")
	}

	var input strings.Builder
	cases := 0
	ask := func(value, told any) {
		line, err := json.Marshal(map[string]any{"repr": wsgi.Repr("KEY", value), "value": told})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&input, "%s\n", line)
		cases++
	}
	var every strings.Builder
	for b := range 256 {
		one := string([]byte{byte(b)})
		every.WriteString(one)
		for _, before := range []string{"", "'", `"`, `'"`, `\`} {
			ask(before+one, text(before+one))
		}
	}
	ask(every.String(), text(every.String()))
	ask("", text(""))
	ask(true, true)
	ask(false, false)
	ask(0, 0)
	ask(-42, -42)
	ask([2]int{1, 0}, []any{1, 0})
	ask([]string{}, []any{})
	ask([]string{"ada"}, []any{text("ada")})
	ask([]string{"it's", every.String()}, []any{text("it's"), text(every.String())})

	command := exec.Command(python, "-c", judge)
	command.Stdin = strings.NewReader(input.String())
	out, err := command.CombinedOutput()
	if want := fmt.Sprintln(cases); err != nil || string(out) != want {
		t.Errorf("Python says %v, %s; want %d cases read back", err, out, cases)
	}
}

// Repr may be printed anywhere: nothing in it moves a cursor.
func TestReprIsSafeToPrint(t *testing.T) {
	for b := range 256 {
		value := string([]byte{byte(b)})
		for _, shown := range wsgi.Repr("KEY", value) {
			if shown < ' ' || 0x7f <= shown && shown < 0xa0 {
				t.Errorf("Repr(%q) holds the control character %q", value, shown)
			}
		}
	}
}
