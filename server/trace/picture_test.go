package trace_test

import (
	"testing"

	"barewire/internal/session"
	"barewire/server"
	"barewire/server/trace"
)

func field(name, value string) server.Field {
	return server.Field{server.Bytes(name), server.Bytes(value)}
}

// TestPicture shows the exchange as the design drew it, column by column.
func TestPicture(t *testing.T) {
	golden(t, "picture", show(t, trace.Text{App: "hello:App"}, session.Post(1)))
}
