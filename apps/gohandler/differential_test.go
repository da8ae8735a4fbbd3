package gohandler_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"barewire/apps/gohandler"
	"barewire/internal/apptest"
	"barewire/server/httphandler"
)

// TestDifferential sends the same bytes to the same handler in three places, and
// compares what the handler sees and what the client gets. The first place is
// net/http itself, and the others may differ from it in what is allowed below,
// and in nothing else.
func TestDifferential(t *testing.T) {
	handler := site(t)
	direct := httptest.NewUnstartedServer(handler)
	direct.Config.ErrorLog = log.New(io.Discard, "", 0)
	direct.Start()
	t.Cleanup(direct.Close)
	through := httptest.NewUnstartedServer(httphandler.Bridge{App: gohandler.Application(handler), Errors: io.Discard})
	through.Config.ErrorLog = log.New(io.Discard, "", 0)
	through.Start()
	t.Cleanup(through.Close)
	ours, _ := apptest.Serve(t, gohandler.Application(handler))

	places := []struct{ name, address string }{
		{"Barewire", strings.TrimPrefix(ours, "http://")},
		{"net/http with a Barewire application", through.Listener.Addr().String()},
	}
	used := make(map[string]bool)
	requests := requests()
	for _, request := range requests {
		want := ask(t, direct.Listener.Addr().String(), request)
		for _, place := range places {
			got := ask(t, place.address, request)
			facts := maps.Clone(want)
			maps.Copy(facts, got) // for the names of both
			for _, name := range slices.Sorted(maps.Keys(facts)) {
				if want[name] == got[name] {
					continue
				}
				reason := ""
				for _, a := range allowed {
					if a.is(request, name, want[name], got[name]) {
						reason = a.what
						break
					}
				}
				used[reason] = true
				if reason == "" {
					t.Errorf("behind %s %q has\n%s = %q, want %q as behind net/http", place.name, request, name, got[name], want[name])
				}
			}
		}
	}
	for _, a := range allowed {
		if !used[a.what] {
			t.Errorf("no request of %d shows the allowed difference %q: (%s): it is stale, or a request is missing", len(requests), a.what, a.where)
		}
	}
	if len(requests) < 300 {
		t.Errorf("there are only %d requests", len(requests))
	}
}

// allowed are the differences that there may be. Each says when it is one.
var allowed = []struct {
	what, where string
	is          func(request, fact, want, got string) bool
}{
	{"our server says its name", "RFC 9110 §10.2.4",
		func(_, fact, want, got string) bool {
			return fact == "header Server" && want == "" && got == "barewire"
		}},
	{"an answer has the version of the server, not that of the request", "RFC 9110 §2.5",
		func(request, fact, want, got string) bool {
			return fact == "version" && want == "HTTP/1.0" && got == "HTTP/1.1"
		}},
	{"our server always has a clock, and says the time", "RFC 9110 §6.6.1",
		func(request, fact, want, got string) bool {
			return fact == "header Date" && strings.Contains(request, "/timeless") && want == "" && got == "now"
		}},
	{"a field that speaks of the connection is the server's", "RFC 9110 §7.6.1, PEP 3333 Other HTTP Features",
		func(request, fact, want, got string) bool {
			own := slices.Contains([]string{"header Connection", "header Keep-Alive", "header Upgrade"}, fact)
			return strings.Contains(request, "/hop/") && (own && got == "" || isCounted(fact, got))
		}},
	{"an application has no trailers", "RFC 9110 §6.5.1 lets a server do without, PEP 3333 has no word for them",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/trailer") && ((strings.HasPrefix(fact, "trailer ") || fact == "header Trailer") && got == "" || isCounted(fact, got))
		}},
	{"an application has no interim answers", "RFC 9110 §15.2, PEP 3333 The start_response() Callable",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/hints") && fact == "interim" && want == "103" && got == ""
		}},
	{"a head flushed alone waits for the body, and so learns its length", "PEP 3333 The start_response() Callable",
		func(request, fact, want, got string) bool {
			return (strings.Contains(request, "/flush-first?then=nothing") || strings.Contains(request, "size=0&times=3&flush")) && isCounted(fact, got)
		}},
	{"a body that is already here is not asked for", "RFC 9110 §10.1.1",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "Expect: 100-continue") && fact == "interim" && want == "100" && got == ""
		}},
	{"205 has no body", "RFC 9110 §15.3.6",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/status/205") && (fact == "body" && got == "" || fact == "header Content-Length" && got == "0" || fact == "framing" && got == "length")
		}},
	{"what no status is becomes a 500", "RFC 9110 §15",
		func(request, fact, want, got string) bool {
			return (strings.Contains(request, "/status/6") || strings.Contains(request, "/status/999")) && isExplained(fact, got)
		}},
	{"a value with a control byte, and a name that is none, become a 500", "RFC 9110 §5.1, §5.5",
		func(request, fact, want, got string) bool {
			return (strings.Contains(request, "/control") || strings.Contains(request, "/no-name")) && isExplained(fact, got)
		}},
	{"a handler that fails before its head is out becomes a 500", "RFC 9110 §15.6.1",
		func(request, fact, want, got string) bool {
			return (strings.Contains(request, "/panic") || strings.Contains(request, "/abort")) && (want == "" || fact == "error") && isExplained(fact, got)
		}},
	{"a body of which nothing came becomes a 500, when more was announced", "PEP 3333 Handling the Content-Length Header",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/short?write=0") && isExplained(fact, got)
		}},
	{"a length that is no number is not sent", "RFC 9110 §8.6",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/bad-length") && (fact != "status" || got == "200")
		}},
	{"a surplus that was not sent is no reason to close", "RFC 9112 §9.3",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/surplus") && fact == "kept" && want == "no" && got == "yes"
		}},
	{"the answer to HEAD is whole with its head, whatever comes later", "RFC 9110 §9.3.2",
		func(request, fact, want, got string) bool {
			return strings.HasPrefix(request, "HEAD") && strings.Contains(request, "?flush") && fact == "kept" && want == "no" && got == "yes"
		}},
	{"a body that the handler found too large is read to its end all the same", "RFC 9112 §9.3",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "/small/") && (fact == "kept" && got == "yes" || fact == "header Connection" && want == "close")
		}},
	{"chunks that hold nothing are no body, for a method that hardly ever has one", "RFC 9110 §9.3.1",
		func(request, fact, want, got string) bool {
			return fact == "saw length" && want == "-1" && got == "0" && strings.HasSuffix(request, "\r\n\r\n0\r\n\r\n")
		}},
	{"Pragma is not translated", "RFC 9111 §5.4",
		func(request, fact, want, got string) bool {
			return fact == "saw header Cache-Control" && want == "no-cache" && got == "" && strings.Contains(request, "Pragma")
		}},
	{"OPTIONS * reaches the handler", "RFC 9110 §9.3.7",
		func(request, fact, want, got string) bool { return strings.HasPrefix(request, "OPTIONS * ") }},
	{"a field that came twice is one with a comma", "RFC 9110 §5.3, RFC 3875 §4.1.18",
		func(_, fact, want, got string) bool {
			return strings.HasPrefix(fact, "saw header ") && strings.Contains(want, "\n") && strings.ReplaceAll(want, "\n", ", ") == got
		}},
	{"Cookie fields that came twice are one with a semicolon", "RFC 6265 §5.4",
		func(_, fact, want, got string) bool {
			return fact == "saw header Cookie" && strings.ReplaceAll(want, "\n", "; ") == got
		}},
	{"a field with an underscore would pass for one with a hyphen", "RFC 3875 §4.1.18",
		func(_, fact, want, got string) bool {
			return strings.HasPrefix(fact, "saw header ") && strings.Contains(fact, "_") && got == ""
		}},
	{"a field named Proxy would pass for a setting", "RFC 3875 §4.1.18, and httpoxy",
		func(_, fact, want, got string) bool { return fact == "saw header Proxy" && got == "" }},
	{"the transfer coding described the connection", "RFC 9112 §6.1",
		func(_, fact, want, got string) bool {
			return fact == "saw transfer coding" && want == "chunked" && got == ""
		}},
	{"a POST that does not say its length has one that is not known", "RFC 9110 §8.6",
		func(request, fact, want, got string) bool {
			method, _, _ := strings.Cut(request, " ")
			return fact == "saw length" && want == "0" && got == "-1" && slices.Contains([]string{"POST", "PUT", "PATCH", "QUERY"}, method)
		}},
	{"an absolute target without a path has the path /, and needs no redirect to it", "RFC 9110 §4.2.3",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " http://saw.example?") && (fact == "status" && want == "307" && got == "200" || fact != "status")
		}},
}

// isCounted tells whether a fact is one of an answer whose length is stated, so
// that its connection may be kept even in HTTP/1.0.
func isCounted(fact, got string) bool {
	switch fact {
	case "framing":
		return got == "length"
	case "header Content-Length":
		return got != ""
	case "header Connection":
		return got == "keep-alive"
	}
	return fact == "kept" && got == "yes"
}

// isExplained tells whether a fact is one of an answer that explains an error.
func isExplained(fact, got string) bool {
	switch fact {
	case "status":
		return got == "500"
	case "reason":
		return got == "Internal Server Error"
	case "body":
		return strings.HasPrefix(got, "500 Internal Server Error\n\n")
	case "header Content-Type":
		return got == "text/plain; charset=utf-8"
	}
	return slices.Contains([]string{"header Connection", "header Content-Length", "header Date", "header Server", "framing", "kept", "version", "error"}, fact) ||
		strings.HasPrefix(fact, "header X-") && got == ""
}

// ask sends a request and returns what there is to compare. A connection is kept
// when it answers once more.
func ask(t *testing.T, address, request string) map[string]string {
	t.Helper()
	facts := make(map[string]string)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, &http.Request{Method: method})
	for ; err == nil && response.StatusCode < 200; response, err = http.ReadResponse(reader, &http.Request{Method: method}) {
		facts["interim"] += strconv.Itoa(response.StatusCode)
	}
	if err != nil {
		facts["error"] = "no answer"
		return facts
	}
	body, err := io.ReadAll(response.Body)
	facts["error"] = fmt.Sprint(err)
	facts["status"] = strconv.Itoa(response.StatusCode)
	facts["version"] = response.Proto
	_, facts["reason"], _ = strings.Cut(response.Status, " ")
	for name, values := range response.Header {
		slices.Sort(values)
		facts["header "+name] = strings.Join(values, "\n")
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil && time.Since(date).Abs() < time.Minute {
		facts["header Date"] = "now"
	}
	for name, values := range response.Trailer {
		facts["trailer "+name] = strings.Join(values, "\n")
	}
	switch {
	case len(response.TransferEncoding) > 0:
		facts["framing"] = "chunked"
	case response.ContentLength >= 0:
		facts["framing"] = "length"
	default:
		facts["framing"] = "close"
	}
	if response.Header.Get("X-Saw") != "" {
		delete(facts, "header Content-Length") // of what is compared in parts
		seen := make(map[string]string)
		if err := json.Unmarshal(body, &seen); err != nil && method != "HEAD" {
			t.Errorf("%q: %v in %q", request, err, body)
		}
		for name, value := range seen {
			facts["saw "+name] = value
		}
	} else {
		facts["body"] = string(body)
	}

	facts["kept"] = "no"
	if _, err := io.WriteString(conn, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		return facts
	}
	if again, err := http.ReadResponse(reader, nil); err == nil && again.StatusCode == http.StatusOK {
		facts["kept"] = "yes"
	}
	return facts
}

// site is the handler of this test: for each thing that a handler can do there
// is a path.
func site(t *testing.T) http.Handler {
	folder := t.TempDir()
	for name, text := range map[string]string{"a.txt": "hello\n", "index.html": "<p>index", "sub/b": "\x00\x01\x02", "large": strings.Repeat("0123456789", 10_000)} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/saw/", saw)
	mux.HandleFunc("saw.example/", saw)
	mux.Handle("/stripped/", http.StripPrefix("/stripped", http.HandlerFunc(saw)))
	mux.Handle("/files/", http.StripPrefix("/files", http.FileServer(http.Dir(folder))))
	mux.HandleFunc("/served", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "a.txt", changed, strings.NewReader(strings.Repeat("abcdefghij", 500)))
	})
	mux.HandleFunc("/alive", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /only-get", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/tree/", func(w http.ResponseWriter, r *http.Request) { say(w, "tree "+r.URL.Path) })
	mux.HandleFunc("/id/{id}/{rest...}", func(w http.ResponseWriter, r *http.Request) {
		say(w, fmt.Sprintf("%s|%q|%q", r.Pattern, r.PathValue("id"), r.PathValue("rest")))
	})
	for _, code := range []int{301, 302, 303, 307, 308} {
		mux.Handle(fmt.Sprintf("/to/%d", code), http.RedirectHandler("../there?x=1", code))
	}
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(r.PathValue("code"))
		if err != nil {
			http.Error(w, "no code", http.StatusBadRequest)
			return
		}
		if length := r.URL.Query().Get("length"); length != "" {
			w.Header().Set("Content-Length", length)
		}
		if kind := r.URL.Query().Get("type"); kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		w.WriteHeader(code)
		say(w, r.URL.Query().Get("body"))
	})
	mux.HandleFunc("/error", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "99")
		http.Error(w, "teapot", http.StatusTeapot)
	})
	mux.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) { // ?size=&times=&flush=
		query := r.URL.Query()
		if kind := query.Get("type"); kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		size, times := number(query.Get("size")), number(query.Get("times"))
		if query.Has("length") {
			w.Header().Set("Content-Length", strconv.Itoa(size*times))
		}
		for range times {
			say(w, strings.Repeat("w", size))
			if query.Has("flush") {
				w.(http.Flusher).Flush()
			}
		}
	})
	mux.HandleFunc("/flush-first", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		w.Header().Set("X-Late", "never seen")
		if r.URL.Query().Get("then") == "text" {
			say(w, "text")
		}
	})
	mux.HandleFunc("/short", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		say(w, strings.Repeat("s", number(r.URL.Query().Get("write"))))
	})
	mux.HandleFunc("/surplus", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "4")
		say(w, "four")
		if _, err := w.Write([]byte("more")); !errors.Is(err, http.ErrContentLength) {
			panic(fmt.Sprintf("a surplus write returns %v", err))
		}
	})
	mux.HandleFunc("/no-body", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrBodyNotAllowed) {
			panic(fmt.Sprintf("a write behind 204 returns %v", err))
		}
	})
	mux.HandleFunc("/sniff/{kind}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("kind") {
		case "html":
			say(w, "<!DOCTYPE html><p>")
		case "png":
			say(w, "\x89PNG\r\n\x1a\n")
		case "bytes":
			say(w, "\x00\x01\x02")
		case "encoded":
			w.Header().Set("Content-Encoding", "gzip")
			say(w, "no gzip")
		case "none":
			w.Header()["Content-Type"] = nil
			say(w, "of no type")
		case "empty":
			w.Header().Set("Content-Type", "")
			say(w, "of an empty type")
		}
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", Path: "/", HttpOnly: true})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Cookie")
		w.Header().Set("X-Lines", "one\r\nX-Smuggled: two")
		w.Header().Set("X-Space", "  around  ")
		w.Header()["x-small"] = []string{"letters"}
		w.Header().Set("Server", "a handler")
		w.WriteHeader(http.StatusAccepted)
		w.WriteHeader(http.StatusTeapot) // superfluous
		w.Header().Set("X-Late", "never seen")
		say(w, "accepted")
	})
	mux.HandleFunc("/bad-length", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "many")
		say(w, strings.Repeat("some", 1000))
	})
	mux.HandleFunc("/timeless", func(w http.ResponseWriter, r *http.Request) { w.Header()["Date"] = nil })
	mux.HandleFunc("/dated", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", changed.Format(http.TimeFormat))
	})
	mux.HandleFunc("/hop/{what}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("what") {
		case "close":
			w.Header().Set("Connection", "close")
		case "keep-alive":
			w.Header().Set("Keep-Alive", "timeout=5")
		case "upgrade":
			w.Header().Set("Upgrade", "h2c")
		case "chunked":
			w.Header().Set("Transfer-Encoding", "chunked")
		case "identity":
			w.Header().Set("Transfer-Encoding", "identity")
		}
		w.Header().Set("Content-Type", "text/plain")
		say(w, "hop")
	})
	mux.HandleFunc("/trailer", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set(http.TrailerPrefix+"X-Early", "3")
		say(w, "text")
		w.Header().Set("X-Sum", "4")
		w.Header().Set(http.TrailerPrefix+"X-More", "5")
	})
	mux.HandleFunc("/hints", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		say(w, "page")
	})
	mux.HandleFunc("/control", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Bell", "\x07") })
	mux.HandleFunc("/no-name", func(w http.ResponseWriter, r *http.Request) { w.Header()["X no name"] = []string{"x"} })
	mux.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) {
		panicking(w, r)
		panic("a bug")
	})
	mux.HandleFunc("/abort", func(w http.ResponseWriter, r *http.Request) {
		panicking(w, r)
		panic(http.ErrAbortHandler)
	})
	mux.Handle("/slow", http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), time.Millisecond, "too slow"))
	mux.Handle("/fast", http.TimeoutHandler(http.HandlerFunc(saw), time.Minute, "too slow"))
	mux.Handle("/small/", http.MaxBytesHandler(http.HandlerFunc(saw), 4))
	mux.HandleFunc("/form", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(8); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(r.Form)) {
			say(w, fmt.Sprintf("%s=%q\n", name, r.Form[name]))
		}
	})
	return mux
}

// panicking writes what shall be out before the panic: nothing, or a chunk.
func panicking(w http.ResponseWriter, r *http.Request) {
	say(w, "in the buffer")
	if r.URL.Query().Has("flush") {
		w.(http.Flusher).Flush()
	}
}

var changed = time.Date(2026, time.March, 31, 12, 54, 48, 0, time.UTC)

// say writes text. The answer to HEAD may be over by then.
func say(w io.Writer, text string) {
	if _, err := io.WriteString(w, text); err != nil {
		return
	}
}

// number reads a number, 0 if there is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// saw answers with all that the handler sees of a request.
func saw(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	kind := ""
	if err != nil {
		kind = fmt.Sprintf("%T", err)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		panic(err)
	}
	seen := map[string]string{
		"method": r.Method, "target": r.RequestURI, "URL": r.URL.String(), "path": r.URL.Path, "raw path": r.URL.RawPath, "query": r.URL.RawQuery,
		"version": fmt.Sprint(r.Proto, r.ProtoMajor, r.ProtoMinor), "host": r.Host, "client": host, "TLS": fmt.Sprint(r.TLS != nil),
		"length": fmt.Sprint(r.ContentLength), "transfer coding": strings.Join(r.TransferEncoding, ", "), "body": string(body), "body error": kind,
		"basic": fmt.Sprint(r.BasicAuth()),
	}
	for name, values := range r.Header {
		seen["header "+name] = strings.Join(values, "\n")
	}
	w.Header().Set("X-Saw", "yes")
	if err := json.NewEncoder(w).Encode(seen); err != nil && r.Method != http.MethodHead {
		panic(err)
	}
}

// requests makes the requests.
func requests() []string {
	var list []string
	add := func(method, target, version string, lines ...string) {
		if version == "HTTP/1.1" {
			lines = append([]string{"Host: site.example"}, lines...)
		}
		head, body, _ := strings.Cut(strings.Join(lines, "\r\n"), "\r\n\r\n")
		if head != "" {
			head += "\r\n"
		}
		list = append(list, fmt.Sprintf("%s %s %s\r\n%s\r\n%s", method, target, version, head, body))
	}
	// What the handler does, for both methods and three kinds of connection.
	for _, target := range []string{
		"/status/200", "/status/200?body=text", "/status/200?body=text&length=4", "/status/201?body=text", "/status/204", "/status/204?body=text", "/status/204?length=4",
		"/status/205", "/status/205?body=text", "/status/206?body=text", "/status/299?body=text", "/status/304", "/status/304?length=4&type=text/css", "/status/304?body=text",
		"/status/400?body=text", "/status/404", "/status/418?body=text", "/status/451?body=text", "/status/500?body=text", "/status/503", "/status/599?body=text",
		"/status/600?body=text", "/status/999",
		"/error", "/surplus", "/no-body", "/headers", "/bad-length", "/dated", "/timeless", "/hints", "/trailer", "/alive", "/slow", "/nowhere",
		"/short?write=0", "/short?write=5", "/short?write=10", "/control", "/no-name",
		"/flush-first?then=nothing", "/flush-first?then=text", "/panic", "/panic?flush", "/abort", "/abort?flush",
		"/sniff/html", "/sniff/png", "/sniff/bytes", "/sniff/encoded", "/sniff/none", "/sniff/empty",
		"/hop/close", "/hop/keep-alive", "/hop/upgrade", "/hop/chunked", "/hop/identity",
		"/to/301", "/to/302", "/to/303", "/to/307", "/to/308", "/tree", "/tree/", "/tree/../alive", "/tree//x", "/id/1/2/3", "/id/%31/%2F", "/only-get",
		"/files/", "/files/a.txt", "/files/index.html", "/files/sub", "/files/sub/", "/files/large", "/files/none", "/files/../files/a.txt", "/served",
		"/write?size=0&times=1", "/write?size=1&times=3", "/write?size=1&times=3&flush", "/write?size=100&times=20&flush&length", "/write?size=2047&times=1", "/write?size=2048&times=1",
		"/write?size=2049&times=1", "/write?size=1000&times=3", "/write?size=5000&times=7", "/write?size=5000&times=7&length", "/write?size=70000&times=2&type=a/b", "/write?size=0&times=3&flush",
	} {
		add("GET", target, "HTTP/1.1")
		add("HEAD", target, "HTTP/1.1")
		add("GET", target, "HTTP/1.1", "Connection: close")
		if !strings.HasPrefix(target, "/files") && !strings.HasPrefix(target, "/panic") && !strings.HasPrefix(target, "/abort") {
			add("GET", target, "HTTP/1.0")
			add("GET", target, "HTTP/1.0", "Connection: keep-alive")
		}
	}
	// What the handler sees.
	for _, target := range []string{
		"/saw/", "/saw/?", "/saw/?x=1&y=2", "/saw/?x=1;y", "/saw/a%20b", "/saw/a+b", "/saw/a%2Fb", "/saw/%41", "/saw/%C3%A9", "/saw/%ff", "/saw/a;b=1,c", "/saw/a:b@c",
		"/saw/{x}|[y]", "/saw/!$&'()*", "/saw/~a", "/saw/%7Ea", "/saw/%25", "/saw/a?b?c", "/saw/a/./b", "/saw//a", "/stripped/x", "/stripped/%2F", "/stripped/", "http://saw.example/x?y", "http://saw.example?x=1",
	} {
		for _, method := range []string{"GET", "HEAD", "DELETE", "OPTIONS", "PATCH", "QUERY"} {
			add(method, target, "HTTP/1.1")
		}
		add("GET", target, "HTTP/1.0")
	}
	add("OPTIONS", "*", "HTTP/1.1")
	for _, fields := range [][]string{
		{"X-A: 1", "X-A: 2"}, {"x-a: 1", "X-a: 2", "x-A: 3"}, {"X_A: 1"}, {"X-A: 1", "X_A: 2"}, {"Proxy: http://evil.example"}, {"Cookie: a=1; b=2"}, {"Cookie: a=1", "Cookie: b=2"},
		{"X-Empty:"}, {"X-Space: \t a  b \t"}, {"X-Bytes: caf\xe9"}, {"Accept: a, b", "Accept: c"}, {"X.Y~Z: odd"}, {"Authorization: Basic YWRhOmxvdmU="}, {"Content-Type: a/b; c=d"},
		{"If-Modified-Since: Tue, 31 Mar 2026 12:54:48 GMT"}, {"TE: trailers"}, {"Upgrade: h3"}, {"Keep-Alive: 5"}, {"Pragma: no-cache"}, {"X-Forwarded-For: 1.2.3.4"}, {"Referer: x", "User-Agent: y"},
		{"Range: bytes=0-1"}, {"1: 2"}, {"X-Long: " + strings.Repeat("x", 4000)},
	} {
		add("GET", "/saw/", "HTTP/1.1", fields...)
		add("POST", "/saw/", "HTTP/1.1", append(slices.Clone(fields), "Content-Length: 4", "", "body")...)
	}
	// Bodies.
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD"} {
		for _, target := range []string{"/saw/", "/small/", "/alive", "/status/404?body=text", "/fast"} {
			add(method, target, "HTTP/1.1", "Content-Length: 0", "", "")
			add(method, target, "HTTP/1.1", "Content-Length: 8", "", "a=1&b=2\n")
			add(method, target, "HTTP/1.1", "Transfer-Encoding: chunked", "", "3\r\na=1\r\n5;x=y\r\n&b=2\n\r\n0\r\n\r\n")
			add(method, target, "HTTP/1.1", "Transfer-Encoding: chunked", "", "0\r\n\r\n")
			add(method, target, "HTTP/1.1", "Transfer-Encoding: chunked", "Trailer: X-Sum", "", "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n")
			add(method, target, "HTTP/1.1", "Expect: 100-continue", "Content-Length: 4", "", "body")
		}
		add(method, "/saw/", "HTTP/1.0", "Content-Length: 4", "", "body")
		add(method, "/saw/", "HTTP/1.1", "Content-Length: 100000", "", strings.Repeat("0123456789", 10_000))
	}
	for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain"} {
		add("POST", "/form?a=0", "HTTP/1.1", "Content-Type: "+kind, "Content-Length: 11", "", "a=1&b=2&a=3")
		add("POST", "/form", "HTTP/1.1", "Content-Type: "+kind, "Transfer-Encoding: chunked", "", "3\r\na=1\r\n0\r\n\r\n")
	}
	multipart := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n" + strings.Repeat("file", 100) + "\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
	add("POST", "/form", "HTTP/1.1", "Content-Type: multipart/form-data; boundary=b", fmt.Sprint("Content-Length: ", len(multipart)), "", multipart)
	// Ranges and conditions.
	for _, field := range []string{
		"Range: bytes=0-4", "Range: bytes=-5", "Range: bytes=4990-", "Range: bytes=0-1,5-6", "Range: bytes=9999-", "Range: bytes=x", "Range: bytes=0-0,-1",
		`If-None-Match: "v1"`, `If-None-Match: "v2"`, `If-Match: "v1"`, `If-Match: "v2"`, "If-Modified-Since: Tue, 31 Mar 2026 12:54:48 GMT", "If-Unmodified-Since: Mon, 30 Mar 2026 12:54:48 GMT",
	} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			if !strings.Contains(field, ",5-6") && !strings.Contains(field, ",-1") { // their boundary is drawn by lot
				add(method, "/served", "HTTP/1.1", field)
				add(method, "/files/large", "HTTP/1.1", field)
			}
		}
	}
	return list
}
