package trace

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"barewire/server"
)

// environFilled shows step 07: what the client chose, in the order in which it
// said it, then what the server adds.
func (t *Text) environFilled(x *exchange, event server.Passed) {
	keys := x.clientKeys(event.Environ)
	chosen := len(keys)
	if t.Environ {
		for _, key := range slices.Sorted(maps.Keys(event.Environ)) {
			if !slices.Contains(keys[:chosen], key) {
				keys = append(keys, key)
			}
		}
	}
	width := 0
	for _, key := range keys {
		width = max(width, len(key))
	}
	t.print(x, row{}, row{"Environ:", quiet, step("07 environ", Count(len(event.Environ), "key", "keys"), event.Took)})
	for i, key := range keys {
		role := fromClient
		if i >= chosen {
			role = fromServer
		}
		t.print(x, row{wire: fmt.Sprintf("  %-*s = %s", width, key, event.Environ[key]), role: role})
	}
	if rest := len(event.Environ) - len(keys); rest > 0 {
		t.print(x, row{wire: fmt.Sprintf("  and %d that the server adds (--environ all)", rest), role: quiet})
	}
	x.calling = true
}

// clientKeys lists the variables that say what the client said.
func (x *exchange) clientKeys(environ map[string]string) []string {
	keys := []string{"REQUEST_METHOD", "REQUEST_URI", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL"}
	if _, there := environ["REQUEST_URI"]; !there {
		keys = slices.Delete(keys, 1, 2) // a packet may go without
	}
	for _, field := range x.fields {
		key := strings.ToUpper(strings.ReplaceAll(string(field[0]), "-", "_"))
		switch {
		case x.packet: // of variables, which have their names already
			key = string(field[0])
		case key != "CONTENT_LENGTH" && key != "CONTENT_TYPE":
			key = "HTTP_" + key
		}
		if _, there := environ[key]; there && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
