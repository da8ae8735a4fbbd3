package server

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
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
	text  string
	place string // "hello/hello.go:12"
}

func (p panicError) Error() string { return fmt.Sprintf("panic at %s: %s", p.place, p.text) }

// maxSaid bounds what an application says of its failure.
const maxSaid = 1000

// said returns what a value says of itself. It may be of the application's making,
// and panic when it is asked.
func said(value any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("a %T that panics when it is asked what it is", value)
		}
	}()
	text = fmt.Sprint(value)
	if len(text) > maxSaid {
		text = text[:maxSaid] + "…"
	}
	return text
}

// A failure is an error as it was when it was asked, once, where a panic is
// recovered from: what its methods do is the application's affair.
type failure struct {
	text string
	what error // a refusal, or that the client is gone, or nil
}

func (f failure) Error() string { return f.text }
func (f failure) Unwrap() error { return f.what }

// known turns an error into one that holds no code of the application.
func known(err error) error {
	if err == nil {
		return nil
	}
	var refusal *refuse.Error
	switch {
	case errors.As(err, &refusal):
		return failure{said(err), refusal}
	case errors.Is(err, response.ErrGone):
		return failure{said(err), response.ErrGone}
	}
	return failure{said(err), nil}
}

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
