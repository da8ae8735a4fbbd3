package server

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

// explain returns the application that answers in place of one that cannot.
func (x *Exchange) explain(stage Stage, err error) wsgi.Application {
	if x.Input != nil && x.Input.Err() != nil {
		// What the application made of a broken body no longer counts.
		stage, err = Stage{Number: 5, Name: "body"}, x.Input.Err()
	}
	status, text := refuse.Explain(err)
	if errors.As(err, new(*refuse.Error)) {
		text = fmt.Sprintf("step    %02d %s\n", stage.Number, stage.Name) + text
	}
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}})
		return wsgi.Text(status + "\n\n" + text)
	}
}

// A panicError is what a stage panicked with.
type panicError struct {
	value any
	place string // "hello/hello.go:12"
}

func (p panicError) Error() string { return fmt.Sprintf("panic at %s: %v", p.place, p.value) }

// panickedAt finds the line that panicked, when called by a deferred function.
func panickedAt() string {
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicking && !inRuntime {
			folder, file := filepath.Split(frame.File)
			return fmt.Sprintf("%s:%d", filepath.Join(filepath.Base(folder), file), frame.Line)
		}
		panicking = panicking || inRuntime
		if !more {
			return "an unknown place"
		}
	}
}
