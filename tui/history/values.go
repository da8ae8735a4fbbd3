package history

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"barewire/server/trace"
	requestline "barewire/steps/03_requestline"
)

// A Value is a variable of the environ, and where it came from.
type Value struct {
	Key, Text string  // the text as Python would show it
	Ranges    []Range // bytes of the request; none when the server knew by itself
	Step      int     // which found it: 3 or 4; 7 for what the server adds
	Sent      bool    // it was sent by this name, in a packet of uwsgi
}

// A Range is a part of a stream.
type Range struct{ From, To int64 }

// Values returns the environ: first what came from the client, in the order of
// its bytes, then what the server added, by name. Steps 03 and 04 have cut every
// value out of the head, so that it is found by walking along it again.
func (x *Exchange) Values() []Value {
	var values []Value
	found := make(map[string]bool)
	put := func(key string, step int, ranges ...Range) {
		if text, is := x.Environ[key]; is && !found[key] {
			values = append(values, Value{key, text, ranges, step, len(ranges) > 0 && trace.IsPacket(x.Head)})
			found[key] = true
		}
	}
	start := int64(max(bytes.Index(x.Request().Bytes, x.Head), 0))
	if trace.IsPacket(x.Head) {
		x.putPairs(start, put)
	} else {
		x.putLines(start, put)
	}
	for _, key := range slices.Sorted(maps.Keys(x.Environ)) {
		put(key, 7)
	}
	return values
}

// putPairs puts the variables of a packet, which stand there as they are.
func (x *Exchange) putPairs(at int64, put func(key string, step int, ranges ...Range)) {
	ranges := make(map[string][]Range)
	var order []string
	for i, pair := range trace.HeadLines(x.Head) {
		at += int64(len(pair))
		name, value, found := trace.Pair(pair)
		key := string(name)
		switch {
		case i == 0 || !found:
			continue // the beginning, or broken
		case strings.HasPrefix(key, "wsgi.") || strings.HasPrefix(key, "barewire."):
			continue // left out, for they are the server's
		case len(value) == 0 && x.Environ[key] != "''":
			continue // the server has said something instead
		}
		if ranges[key] == nil {
			order = append(order, key)
		}
		ranges[key] = append(ranges[key], Range{at - int64(len(value)), at})
	}
	for _, key := range order {
		put(key, pairStep(key), ranges[key]...)
	}
}

// putLines puts the variables that were made of the request line and the fields.
func (x *Exchange) putLines(start int64, put func(key string, step int, ranges ...Range)) {
	first, fields, _ := bytes.Cut(x.Head, []byte("\r\n"))
	if line, err := requestline.Parse(first); err == nil {
		target := start + int64(len(line.Method)) + 1
		end := target + int64(len(line.Target))
		query := end - int64(len(line.Query))
		path := target
		put("REQUEST_METHOD", 3, Range{start, target - 1})
		put("REQUEST_URI", 3, Range{target, end})
		if line.Authority != "" {
			path += int64(len("http://") + len(line.Authority))
			put("HTTP_HOST", 3, Range{path - int64(len(line.Authority)), path}) // not the field, RFC 9112 §3.2.2
		}
		written := int64(len(line.Path))
		if !strings.HasPrefix(line.Target[path-target:], line.Path) {
			written = 0 // an empty path means the root, RFC 9110 §4.2.3
		}
		put("PATH_INFO", 3, Range{path, path + written})
		put("QUERY_STRING", 3, Range{query, end})
		put("SERVER_PROTOCOL", 3, Range{end + 1, end + 1 + int64(len(line.Version))})
	}
	ranges, order := fieldRanges(fields, start+int64(len(first))+2)
	for _, key := range order {
		put(key, 4, ranges[key]...)
	}
}

// fieldRanges finds the values of the fields, by the names that step 07 gives
// them, and the order in which these came.
func fieldRanges(fields []byte, at int64) (ranges map[string][]Range, order []string) {
	ranges = make(map[string][]Range)
	for line := range bytes.Lines(fields) {
		name, value, isField := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if isField && !bytes.Contains(name, []byte("_")) { // or step 07 has left it out
			key := strings.ReplaceAll(strings.ToUpper(string(name)), "-", "_")
			if key != "CONTENT_TYPE" && key != "CONTENT_LENGTH" {
				key = "HTTP_" + key
			}
			trimmed := bytes.TrimLeft(value, " \t")
			from := at + int64(len(name)+1+len(value)-len(trimmed))
			if ranges[key] == nil {
				order = append(order, key)
			}
			ranges[key] = append(ranges[key], Range{from, from + int64(len(bytes.TrimRight(trimmed, " \t")))})
		}
		at += int64(len(line))
	}
	return ranges, order
}
