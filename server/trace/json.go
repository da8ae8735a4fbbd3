package trace

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"barewire/server"
)

// JSON writes events as JSON, one on each line, with all that they hold:
//
//	{"event":"received","conn":1,"request":1,"at":"2026-03-31T12:54:48Z","bytes":"GET / HTTP/1.1\r\n","size":16}
//
// Bytes that are no UTF-8 are {"base64": "…"}. Text that is none is the text
// "base64:…", and so is text that begins like that by itself.
type JSON struct{ Out io.Writer }

// kinds are the events by their name in JSON.
var kinds = map[string]server.Event{
	"opened":     server.Opened{},
	"received":   server.Received{},
	"sent":       server.Sent{},
	"passed":     server.Passed{},
	"input_read": server.InputRead{},
	"started":    server.Started{},
	"chunk":      server.Chunk{},
	"noted":      server.Noted{},
	"worked":     server.Worked{},
	"ended":      server.Ended{},
	"gone":       server.Gone{},
	"dropped":    server.Dropped{},
}

// Write writes an event.
func (j JSON) Write(event server.Event) error {
	kind, err := kindOf(event)
	if err != nil {
		return err
	}
	encoded := reflect.New(reflect.TypeOf(event))
	encoded.Elem().Set(reflect.ValueOf(event))
	eachText(encoded.Elem(), encodeText)

	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(encoded.Interface()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.Out, `{"event":%q,%s`, kind, escapeRunes(line.String()[1:]))
	return err
}

func kindOf(event server.Event) (string, error) {
	for kind, sample := range kinds {
		if reflect.TypeOf(event) == reflect.TypeOf(sample) {
			return kind, nil
		}
	}
	return "", fmt.Errorf("trace: %T is no event", event)
}

// Read reads an event from a line that Write has written.
func Read(line []byte) (server.Event, error) {
	var kind struct{ Event string }
	if err := json.Unmarshal(line, &kind); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	sample, known := kinds[kind.Event]
	if !known {
		return nil, fmt.Errorf("trace: %q is no event", kind.Event)
	}
	event := reflect.New(reflect.TypeOf(sample))
	if err := json.Unmarshal(line, event.Interface()); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	eachText(event.Elem(), decodeText)
	return event.Elem().Interface().(server.Event), nil
}

const textPrefix = "base64:"

func encodeText(text string) string {
	if utf8.ValidString(text) && !strings.HasPrefix(text, textPrefix) {
		return text
	}
	return textPrefix + base64.StdEncoding.EncodeToString([]byte(text))
}

func decodeText(text string) string {
	if coded, is := strings.CutPrefix(text, textPrefix); is {
		if decoded, err := base64.StdEncoding.DecodeString(coded); err == nil {
			return string(decoded)
		}
	}
	return text
}

// eachText changes every string in an event. The event is a copy; what it only
// points to is copied here.
func eachText(v reflect.Value, change func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(change(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); field.CanSet() {
				eachText(field, change)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			pointed := reflect.New(v.Type().Elem())
			pointed.Elem().Set(v.Elem())
			eachText(pointed.Elem(), change)
			v.Set(pointed)
		}
	case reflect.Map: // the environ, of strings
		if !v.IsNil() {
			changed := make(map[string]string, v.Len())
			for key, value := range v.Interface().(map[string]string) {
				changed[change(key)] = change(value)
			}
			v.Set(reflect.ValueOf(changed))
		}
	}
}

// escapeRunes writes as \uXXXX what Go's JSON leaves as it is but a terminal
// must not see: DEL, C1 controls, bidi and zero-width runes. JSON has them in
// strings only, so the meaning stays.
func escapeRunes(line string) string {
	var out strings.Builder
	for _, r := range line {
		if r == '\n' || printable(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.String()
}
