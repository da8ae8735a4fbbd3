package gohandler

import (
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"
)

// App is a small site, as one writes it for net/http.
var App = Application(site())

func site() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", hello)
	mux.HandleFunc("POST /form", hello)
	mux.HandleFunc("GET /stream", stream)
	mux.HandleFunc("GET /file", file)
	mux.Handle("GET /old", http.RedirectHandler("/file", http.StatusMovedPermanently))
	return mux
}

// hello greets by the name in the query or the form.
func hello(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "This is no form.", http.StatusBadRequest)
		return
	}
	name := "world"
	if r.Form.Has("name") {
		name = r.Form.Get("name")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, err := fmt.Fprintf(w, "Hello, %s!\n", name); err != nil {
		log.Print(err)
	}
}

// stream says three lines, each as soon as it can.
func stream(w http.ResponseWriter, r *http.Request) {
	for line := 1; line <= 3; line++ {
		_, err := fmt.Fprintf(w, "line %d of 3\n", line)
		if err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// file is none, but it has ranges and a date, as a file would.
func file(w http.ResponseWriter, r *http.Request) {
	written := time.Date(2026, time.March, 31, 12, 54, 48, 0, time.UTC)
	http.ServeContent(w, r, "file.txt", written, strings.NewReader("What a handler knows about files, net/http does.\n"))
}
