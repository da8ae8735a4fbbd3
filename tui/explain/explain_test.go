package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// longest is what a text may have, in bytes: four lines on a screen.
const longest = 280

func TestEntries(t *testing.T) {
	sentence := regexp.MustCompile(`[.?!]( |$)`)
	for kind, list := range entries {
		for _, entry := range list {
			if found, _ := find(kind, entry.Name); found != entry {
				t.Errorf("%q is there twice", entry.Name)
			}
			checkForm(t, entry)
			if n := len(sentence.FindAllString(entry.Text, -1)); n < 2 || n > 4 {
				t.Errorf("%s: %d sentences, want two or three: %s", entry.Name, n, entry.Text)
			}
			if line := entry.Name + entry.Text + entry.Source; strings.TrimSpace(entry.Name) != entry.Name || strings.Contains(line, "  ") {
				t.Errorf("%q: white space that nobody needs", line)
			}
		}
	}
}

func checkForm(t *testing.T, entry Entry) {
	t.Helper()
	switch text := entry.Text; {
	case entry.Name == "" || entry.Source == "":
		t.Errorf("%+v: a name or a source is missing", entry)
	case !strings.HasSuffix(text, "."):
		t.Errorf("%s: no full stop: %q", entry.Name, text)
	case len(text) > longest:
		t.Errorf("%s: %d bytes, want at most %d: %s", entry.Name, len(text), longest, text)
	case strings.ContainsFunc(text+entry.Source, func(r rune) bool { return r < ' ' || r > '~' && r != '§' }):
		t.Errorf("%s: more than plain letters in %q, %q", entry.Name, text, entry.Source)
	}
}

// A header is explained under its key too, in one sentence more.
func TestKeysOfHeaders(t *testing.T) {
	for _, header := range entries[Header] {
		key := "HTTP_" + strings.ToUpper(strings.ReplaceAll(header.Name, "-", "_"))
		got := Look(Key, key)
		checkForm(t, got)
		if got.Name != key {
			t.Errorf("Look(Key, %q).Name = %q", key, got.Name)
		}
		if slices.ContainsFunc(entries[Key], func(e Entry) bool { return e.Name == key }) {
			continue // there is more to say of it
		}
		if want := "From the header " + header.Name + ". " + header.Text; got.Text != want || got.Source != header.Source {
			t.Errorf("Look(Key, %q) = %+v, want %q, %s", key, got, want, header.Source)
		}
	}
}

// The forms of a source. What is named can be looked up: of an RFC the section, of
// PEP 3333 the heading, of others the title. Of the two RFCs that matter most
// these are the sections that define something.
var forms = []string{
	`RFC 9110 (5\.1|6\.6\.[12]|7\.2|7\.6\.[1-3]|7\.8|8\.[3-7]|8\.8\.[23]|9\.1|9\.3\.[1-8]|10\.1\.[1-5]|10\.2\.[1-4]|11\.[67]\.[1-3]|12\.5\.[1-5]|13\.1\.[1-5]|14\.[2-4]|15|15\.[2-6]\.\d+|16\.3)`,
	`RFC 9112 (2\.[12]|3|3\.2\.2|5|6|6\.1|9|9\.[36]|Appendix C\.2\.2)`,
	`RFC [2-8]\d{3} (\d+(\.\d+)*|Appendix B)`,
	`RFC 9(111 5|113 3|2\d\d \d|530 \d|842 2)(\.\d)?`,
	`PEP 3333, (Specification Overview|environ Variables|Input and Error Streams|The start_response\(\) Callable|Handling the Content-Length Header|Server Extension APIs|Optional Platform-Specific File Handling)`,
	`(W3C|WICG|WHATWG (Fetch|HTML),|IETF draft,|ECMA-426,) [A-Z].+`,
	`The uwsgi Protocol|Apache mod_ssl|apps/[a-z]+|server/uwsgi|no standard|no standard, but [a-zA-Z0-9' ]+`,
}

func TestSources(t *testing.T) {
	form := regexp.MustCompile("^(" + strings.Join(forms, "|") + ")$")
	for _, list := range entries {
		for _, entry := range list {
			for source := range strings.SplitSeq(entry.Source, "; ") {
				document, sections, numbered := strings.Cut(source, " §")
				if !numbered && !form.MatchString(source) {
					t.Errorf("%s: nobody finds %q", entry.Name, source)
				}
				for section := range strings.SplitSeq(sections, ", §") {
					if numbered && !form.MatchString(document+" "+section) {
						t.Errorf("%s: nobody finds §%s of %s", entry.Name, section, document)
					}
				}
			}
		}
	}
}

// The statuses of RFC 9110 stand in the section of their class, one after another.
func TestSectionsInOrder(t *testing.T) {
	var got []string
	for _, entry := range entries[Status] {
		section, is := strings.CutPrefix(entry.Source, "RFC 9110 §15.")
		if !is {
			continue
		}
		got = append(got, section)
		if class, _, _ := strings.Cut(section, "."); class[0] != entry.Name[0]+1 {
			t.Errorf("%s stands in §15.%s, another class", entry.Name, section)
		}
	}
	counts := map[string]int{}
	for _, section := range got {
		class, number, _ := strings.Cut(section, ".")
		counts[class]++
		if want := counts[class]; number != strconv.Itoa(want) {
			t.Errorf("§15.%s comes as number %d of its class", section, want)
		}
	}
	for class, want := range map[string]int{"2": 2, "3": 7, "4": 9, "5": 22, "6": 6} {
		if counts[class] != want {
			t.Errorf("%d statuses of §15.%s, want %d", counts[class], class, want)
		}
	}
	for i, entry := range entries[Method][:8] {
		if want := "RFC 9110 §9.3." + strconv.Itoa(i+1); entry.Source != want {
			t.Errorf("%s: %s, want %s", entry.Name, entry.Source, want)
		}
	}
}

func TestLook(t *testing.T) {
	tests := []struct {
		name   string
		kind   Kind
		ask    string
		want   string // the name of the entry
		source string
	}{
		{"a header", Header, "Expect", "Expect", "RFC 9110 §10.1.1"},
		{"a header in another case", Header, "sEC-ch-ua", "Sec-CH-UA", "WICG User-Agent Client Hints"},
		{"a status by its digits", Status, "404", "404 Not Found", "RFC 9110 §15.5.5"},
		{"a status with a reason of one's own", Status, "404 Nowhere at all", "404 Not Found", "RFC 9110 §15.5.5"},
		{"a method", Method, "PATCH", "PATCH", "RFC 5789 §2"},
		{"a key", Key, "PATH_INFO", "PATH_INFO", "PEP 3333, environ Variables; RFC 3875 §4.1.5"},
		{"a key of a header", Key, "HTTP_ACCEPT", "HTTP_ACCEPT", "RFC 9110 §12.5.1"},
		{"a key with words of its own", Key, "HTTP_COOKIE", "HTTP_COOKIE", "PEP 3333, environ Variables; RFC 6265 §4.2"},
		{"a step by number", Step, "03", "03 requestline", "RFC 9112 §3"},
		{"a step by name", Step, "requestline", "03 requestline", "RFC 9112 §3"},
		{"what a worker does", Worker, "chunk", "chunk", "PEP 3333, Specification Overview"},
		{"a step by both", Step, "03 requestline", "03 requestline", "RFC 9112 §3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Look(test.kind, test.ask)
			if got.Name != test.want || got.Source != test.source {
				t.Errorf("Look(%q) = %q, %q, want %q, %q", test.ask, got.Name, got.Source, test.want, test.source)
			}
		})
	}
}

func TestUnknown(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		ask  string
		says string // part of the text
	}{
		{"a header", Header, "X-Nobody", "it goes to the application as it is"},
		{"a letter that only looks alike, the sign for kelvin", Header, "Coo\u212aie", "not known"},
		{"a header with an underscore", Header, "Content_Length", "step 07 drops it"},
		{"no header at all", Header, "", "not known"},
		{"a status of class 1", Status, "199 So", "an interim word"},
		{"a status of class 2", Status, "299", "it worked. A client treats it as 200."},
		{"a status of class 3", Status, "399", "ask elsewhere. A client treats it as 300."},
		{"a status of class 4", Status, "499 Left", "the request is to blame. A client treats it as 400."},
		{"a status of class 5", Status, "599", "the server is to blame. A client treats it as 500."},
		{"a class that is none", Status, "600", "no status"},
		{"digits that are none", Status, "2OO", "no status"},
		{"two digits", Status, "20", "no status"},
		{"four digits", Status, "2000", "no status"},
		{"no status at all", Status, "", "no status"},
		{"a method", Method, "BREW", "not known"},
		{"a method in small letters", Method, "get", "it should be GET"},
		{"a method of WebDAV", Method, "propfind", "WebDAV"},
		{"a key of an unknown header", Key, "HTTP_X_NOBODY", "a header that is not known here"},
		{"a key with nothing behind HTTP_", Key, "HTTP_", "a header that is not known here"},
		{"a key is not the header", Key, "Accept", "not known"},
		{"a key in small letters is another key", Key, "path_info", "not known"},
		{"a key of middleware", Key, "myapp.user", "with its own name before the dot"},
		{"a key that only looks like the contract", Key, "wsgi.async", "PEP 3333 does not define this one"},
		{"a key of TLS", Key, "SSL_CLIENT_CERT", "TLS"},
		{"a key of a web server", Key, "X_CACHE_DIR", "X_ begins"},
		{"a key of nobody", Key, "PATH", "not known"},
		{"a step beyond the last", Step, "11", "no such step"},
		{"a step that is none", Step, "", "no such step"},
		{"a worker of another time", Worker, "dance", "no such thing"},
		{"a name that would harm a terminal", Header, "\x1b[2J", "not known"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Look(test.kind, test.ask)
			if _, known := find(test.kind, test.ask); known || got.Name != test.ask || !strings.Contains(got.Text, test.says) {
				t.Errorf("Look(%q) = %+v, want it unknown, and the words %q", test.ask, got, test.says)
			}
			if got.Name == "" {
				got.Name = "none"
			}
			checkForm(t, got)
		})
	}
}
