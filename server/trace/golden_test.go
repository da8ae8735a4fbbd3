package trace_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barewire/server"
	"barewire/server/trace"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// show returns what a Text makes of events.
func show(t *testing.T, text trace.Text, events []server.Event) string {
	t.Helper()
	var out bytes.Buffer
	text.Out = &out
	for _, event := range events {
		if err := text.Write(event); err != nil {
			t.Fatalf("Write(%v): %v", event, err)
		}
	}
	return out.String()
}
