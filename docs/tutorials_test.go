package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A row of the tables in tutorials.md tells where a name went.
type row struct{ name, place, typed string }

func tutorialRows(t *testing.T) []row {
	text, err := os.ReadFile("tutorials.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| ") || cells[0] == "| what the tutorial calls it" {
			continue
		}
		if len(cells) != 4 {
			t.Fatalf("a row has four cells, not %d: %s", len(cells), line)
		}
		rows = append(rows, row{strings.TrimPrefix(cells[0], "| "), cells[2], strings.TrimSuffix(cells[3], " |")})
	}
	return rows
}

// named lists what the tutorials name: their functions, classes, methods and
// systems, and the attributes that say something about WSGI.
const named = `
	PEP 333|PEP 3333|CGI|FastCGI|mod_python|uWSGI|uwsgi protocol|gunicorn|nginx|Flask|Django|Bottle
	application|urls|index|hello|not_found|escape|myapp.url_args|app.url_args|make_server|serve_forever
	ExceptionMiddleware|exc_info()|format_tb|logger.debug|close
	wsgiref|run|setup_environ|finish_response|handle_error|start_response|headers_class|_convert_string_type
	assert len(status)>=4|assert status[:3].isdigit()|assert status[3]==" "
	__call__|wsgi_app|full_dispatch_request|MyMiddleWare|Response
	app.py|server.py|WSGIServer|__init__|AF_INET|SOCK_STREAM|request_queue_size|SO_REUSEADDR|bind|listen|accept
	getsockname|getfqdn|server_name|server_port|set_app|server_forever|handle_one_request|recv(1024)
	parse_request|request_method|request_version|get_environ|headers_set|DATE|Cotent|sendall|SERVER_ADDRESS
	sys.argv|module:callable|__import__|getattr|Reuest:|Response:|Excess found|left intact
	wsgi.version|wsgi.url_scheme|wsgi.input|wsgi.errors|wsgi.multithread|wsgi.multiprocess|wsgi.run_code|wsgi.run_once
	REQUEST_METHOD|PATH_INFO|SERVER_NAME|SERVER_PORT|HTTP_ROLE|HTTPS
	demo_wsgi_app|demo_app|get_wsgi_application|WSGIHandler|BaseHandler|WSGIRequest|request_class|load_middleware
	set_script_prefix|get_script_name|request_started|get_response|_handler_class|status_code|reason_phrase
	response.items()|response.cookies|c.output|file_to_stream|wsgi.file_wrapper
	run_wsgi_app|No exec start_response|body.write|handle_request|write_file|resp.write|resp.close|log.access|respiter.close
	first_wsgi_app|second_wsgi_app|third_wsgi_app|onion|Russian doll
	synchronous|simple_app|HELLO_WORLD|AppClass|__iter__|run_with_cgi|unicode_to_wsgi|wsgi_to_bytes|enc|esc|surrogateescape
	os.environ|sys.stdin.buffer|sys.stdout.buffer|headers_sent|write|with_traceback|Headers already set!|if data:|write("")|result.close`

// TestNothingIsMissing finds each of them in the first column.
func TestNothingIsMissing(t *testing.T) {
	var names strings.Builder
	for _, row := range tutorialRows(t) {
		names.WriteString(row.name + "\n")
	}
	for name := range strings.FieldsFuncSeq(named, func(r rune) bool { return strings.ContainsRune("|\n\t", r) }) {
		word := regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(name) + `(\W|$)`)
		if !word.MatchString(names.String()) {
			t.Errorf("no row of tutorials.md is about %q", name)
		}
	}
}

// TestPlaces looks up every place, and what go would have to find.
func TestPlaces(t *testing.T) {
	for _, row := range tutorialRows(t) {
		for _, complaint := range append(misplaced(row.place), unrunnable(row.typed)...) {
			t.Errorf("%s: %s", row.name, complaint)
		}
	}
}

// TestMisplaced proves that each complaint can be made.
func TestMisplaced(t *testing.T) {
	for _, test := range []struct{ place, want string }{
		{"[run.go](../server/run.go) `Run`", ""},
		{"[run.go](../server/run.go) `Run`, `Output.Chunks`", ""},
		{"[body.go](../steps/06_wsgi/body.go) `List.Len`, `Body.Close`; [errors](errors.md)", ""},
		{"[errors](errors.md#the-classic-mistake)", ""},
		{"an idea", `"an idea" names no place`},
		{"[run.go](../server/ran.go) `Run`", "there is no ../server/ran.go"},
		{"[run.go](../server/run.go)", "no name stands beside ../server/run.go"},
		{"[run.go](../server/run.go); [server.go](../server/server.go) `New`", "no name stands beside ../server/run.go"},
		{"[run.go](../server/run.go) `Ran`", "../server/run.go declares no Ran"},
		{"[run.go](../server/run.go) `Run`, `Ran`", "../server/run.go declares no Ran"},
		{"[body.go](../steps/06_wsgi/body.go) `Len`", "../steps/06_wsgi/body.go declares no Len"},
		{"[errors](errors.md#the-usual-mistake)", "errors.md has no heading the-usual-mistake"},
		{"[errors](errors.md) `Error`", "errors.md declares no Error"},
	} {
		if got := strings.Join(misplaced(test.place), "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.place, got, test.want)
		}
	}
}

var linkOrName = regexp.MustCompile("\\[[^]]*\\]\\(([^)#]+)(?:#([^)]+))?\\)|`([^`]+)`")

// misplaced tells what is wrong with a place: links, and behind each that leads to
// Go the names that are declared there.
func misplaced(place string) (complaints []string) {
	complain := func(format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	path, named := "", true
	needName := func() {
		if !named && strings.HasSuffix(path, ".go") {
			complain("no name stands beside %s", path)
		}
	}
	for _, match := range linkOrName.FindAllStringSubmatch(place, -1) {
		link, heading, name := match[1], match[2], match[3]
		if link == "" {
			named = true
			if !slices.Contains(declared(path), name) {
				complain("%s declares no %s", path, name)
			}
			continue
		}
		needName()
		path, named = link, false
		text, err := os.ReadFile(path)
		if err != nil {
			complain("there is no %s", path)
			return complaints
		}
		if heading != "" && !slices.Contains(headings(string(text)), heading) {
			complain("%s has no heading %s", path, heading)
		}
	}
	needName()
	if path == "" {
		complain("%q names no place", place)
	}
	return complaints
}

// headings returns the headings of a page, spelt as links do.
func headings(text string) (anchors []string) {
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			heading = strings.ToLower(strings.TrimSpace(heading))
			anchors = append(anchors, strings.ReplaceAll(notInAnchors.ReplaceAllString(heading, ""), " ", "-"))
		}
	}
	return anchors
}

var notInAnchors = regexp.MustCompile(`[^\w -]`)

// declared lists what a file of Go declares: F, T, and as T.M the methods of T,
// its fields, or those of the interface T.
func declared(path string) (names []string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			name := node.Name.Name
			if node.Recv != nil {
				receiver := node.Recv.List[0].Type
				if star, ok := receiver.(*ast.StarExpr); ok {
					receiver = star.X
				}
				name = receiver.(*ast.Ident).Name + "." + name
			}
			names = append(names, name)
			return false
		case *ast.ValueSpec:
			for _, name := range node.Names {
				names = append(names, name.Name)
			}
			return false
		case *ast.TypeSpec:
			names = append(names, node.Name.Name)
			var members *ast.FieldList
			switch kind := node.Type.(type) {
			case *ast.StructType:
				members = kind.Fields
			case *ast.InterfaceType:
				members = kind.Methods
			default:
				return false
			}
			for _, member := range members.List {
				for _, name := range member.Names {
					names = append(names, node.Name.Name+"."+name.Name)
				}
			}
			return false
		}
		return true
	})
	return names
}

var (
	goTest = regexp.MustCompile(`^go test (\./\S+) -run (\w+)$`)
	goRun  = regexp.MustCompile(`^go run (\./steps/\w+/demo)$`)
)

// unrunnable tells which commands of go would find no test, or no demo.
func unrunnable(typed string) (complaints []string) {
	for _, command := range commands(typed) {
		test, demo := goTest.FindStringSubmatch(command), goRun.FindStringSubmatch(command)
		switch {
		case test != nil:
			files, _ := filepath.Glob(filepath.Join("..", test[1], "*_test.go"))
			if !slices.ContainsFunc(files, func(file string) bool { return slices.Contains(declared(file), test[2]) }) {
				complaints = append(complaints, test[1]+" has no "+test[2])
			}
		case demo != nil:
			if !slices.Contains(declared(filepath.Join("..", demo[1], "main.go")), "main") {
				complaints = append(complaints, demo[1]+" has no main")
			}
		case strings.HasPrefix(command, "go "):
			complaints = append(complaints, "nobody looks up "+command)
		}
	}
	return complaints
}

func TestUnrunnable(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"—", ""},
		{"`barewire hello:App`", ""},
		{"`go test ./docs -run TestUnrunnable`", ""},
		{"`go test ./docs -run TestRunnable`", "./docs has no TestRunnable"},
		{"`go test ./doc -run TestUnrunnable`", "./doc has no TestUnrunnable"},
		{"`go run ./steps/03_requestline/demo`", ""},
		{"`go run ./steps/03_request/demo`", "./steps/03_request/demo has no main"},
		{"`barewire`, `go vet ./docs`", "nobody looks up go vet ./docs"},
	} {
		if got := strings.Join(unrunnable(test.typed), "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.typed, got, test.want)
		}
	}
}

// commands returns what stands between backticks.
func commands(typed string) (list []string) {
	for _, match := range linkOrName.FindAllStringSubmatch(typed, -1) {
		list = append(list, match[3])
	}
	return list
}

// TestTyped types every command but those of go, which other tests run. A server
// must listen, and nothing may complain.
func TestTyped(t *testing.T) {
	need(t, "curl")
	terminals := newTerminals(t)
	tried := make(map[string]bool)
	for _, row := range tutorialRows(t) {
		list := commands(row.typed)
		if len(list) == 0 && row.typed != "—" {
			t.Errorf("%s: %q is neither a command nor a dash", row.name, row.typed)
		}
		if tried[row.typed] || len(list) == 0 || strings.HasPrefix(list[0], "go ") {
			continue
		}
		tried[row.typed] = true
		t.Run(row.typed, func(t *testing.T) {
			if startsServer.MatchString(list[0]) {
				server := terminals.start(t, block{}, list[0])
				defer server.stop(t)
				if list = list[1:]; len(list) == 0 {
					list = []string{"curl 'http://127.0.0.1:8888/'"}
				}
			}
			for _, command := range list {
				if !typeable.MatchString(command) {
					t.Fatalf("%s is none of ours", command)
				}
				if out := terminals.run(t, nil, command); out == "" || complaint.MatchString(out) {
					t.Errorf("%s says %q", command, out)
				}
			}
		})
	}
}

var (
	typeable  = regexp.MustCompile(`^(\w+=\S* )*(barewire|curl) `)
	complaint = regexp.MustCompile(`(?m)^(curl|barewire|sh): `)
)
