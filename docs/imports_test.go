package docs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestImports keeps the rules that architecture.md lists under "What must hold".
func TestImports(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "barewire/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; count++ {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, imported := range pkg.Imports {
			if why := forbidden(pkg.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", pkg.ImportPath, imported, why)
			}
		}
	}
	if count < 20 {
		t.Errorf("go list found %d packages, want the whole module", count)
	}
}

// TestForbidden proves that each rule can fail.
func TestForbidden(t *testing.T) {
	for _, test := range []struct {
		importer, imported string
		want               bool
	}{
		{"barewire/steps/05_body", "barewire/steps/02_read", false},
		{"barewire/steps/05_body", "barewire/steps/refuse", false},
		{"barewire/steps/05_body", "barewire/steps/05_body", true},
		{"barewire/steps/05_body", "barewire/steps/09_response", true},
		{"barewire/steps/05_body", "net/http", true},
		{"barewire/steps/05_body", "github.com/spf13/cobra", true},
		{"barewire/steps/05_body/demo", "barewire/steps/05_body", false},
		{"barewire/steps/05_body/demo", "barewire/steps/06_wsgi", true},
		{"barewire/steps/05_body/demo", "barewire/apps/hello", true},
		{"barewire/steps/08_call/demo", "barewire/apps/hello", false},
		{"barewire/steps/refuse", "barewire/steps/01_listen", true},
		{"barewire/apps/hello", "barewire/steps/06_wsgi", false},
		{"barewire/apps/hello", "barewire/steps/07_environ", true},
		{"barewire/apps/hello", "barewire/apps/demo", true},
		{"barewire/apps/hello", "net/http", true},
		{"barewire/server", "barewire/steps/09_response", false},
		{"barewire/server", "barewire/server/trace", true},
		{"barewire/server", "net/http", true},
		{"barewire/server", "barewire/apps/hello", true},
		{"barewire/server/httphandler", "net/http", false},
		{"barewire/server/httphandler", "barewire/steps/07_environ", false},
		{"barewire/server/httphandler", "barewire/apps/hello", true},
		{"barewire/server/cgi", "net/http", true},
		{"barewire/server/cgi", "barewire/server", true},
		{"barewire/server/uwsgi", "barewire/server", false},
		{"barewire/server/uwsgi", "barewire/server/trace", true},
		{"barewire/server/uwsgi", "net/http", true},
		{"barewire/apps/gohandler", "net/http", false},
		{"barewire/apps/gohandler", "barewire/steps/07_environ", true},
		{"barewire/server/trace", "barewire/server", false},
		{"barewire/server/trace", "github.com/spf13/cobra", true},
		{"barewire/internal/send", "github.com/spf13/cobra", true},
		{"barewire/internal/command", "github.com/spf13/cobra", false},
		{"barewire/server", "barewire/tui/history", true},
		{"barewire/tui/cells", "github.com/charmbracelet/lipgloss", false},
		{"barewire/tui/history", "barewire/server", false},
	} {
		if got := forbidden(test.importer, test.imported); (got != "") != test.want {
			t.Errorf("forbidden(%s, %s) = %q, want a reason: %v", test.importer, test.imported, got, test.want)
		}
	}
}

var numbered = regexp.MustCompile(`^barewire/steps/(\d\d)_\w+(/demo)?$`)

// forbidden tells why a package must not import another, "" if it may.
func forbidden(importer, imported string) string {
	ours := strings.HasPrefix(imported, "barewire/")
	standard := !ours && !strings.Contains(strings.Split(imported, "/")[0], ".")
	step, isStep := strings.CutPrefix(imported, "barewire/steps/")
	in := func(folder string) bool { return strings.HasPrefix(importer+"/", "barewire/"+folder+"/") }

	switch number := numbered.FindStringSubmatch(importer); {
	case imported == "net/http" && (in("server/httphandler") || in("apps/gohandler")):
		return "" // the two bridges to it
	case imported == "net/http" && (in("steps") || in("apps") || in("server")):
		return "HTTP is what they are about to teach"
	case standard:
		return ""
	case in("steps/refuse"):
		return "it stands before all steps"
	case in("steps") && isStep && step == "refuse":
		return ""
	case number != nil && number[2] == "" && isStep && step[:2] < number[1]:
		return ""
	case number != nil && number[2] != "" && isStep && step[:2] <= number[1]:
		return ""
	case number != nil && number[2] != "" && strings.HasPrefix(imported, "barewire/apps/") && number[1] >= "08":
		return ""
	case in("steps"):
		return "a step imports earlier steps only, a demo those up to its own"
	case in("apps") && step != "06_wsgi":
		return "an application knows the contract and nothing else"
	case (in("server/trace") || in("server/uwsgi")) && !isStep && imported != "barewire/server":
		return "the trace and the other table know the server and the steps"
	case in("server") && !in("server/trace") && !in("server/uwsgi") && !isStep:
		return "the server is made of steps"
	case !ours && !in("internal/command") && !in("internal/picture") && !in("internal/saved") && !in("internal/workshop") && !in("tui"):
		return "other libraries stay with the command line and the screen"
	}
	return ""
}
