package server

import (
	"io"
	"time"
)

// readWithin says how long the reads that follow may take, all of them.
func (c *connection) readWithin(limit time.Duration) {
	c.readLimit, c.readUntil, c.owed = limit, time.Time{}, 0
}

// setReadDeadline sets the deadline where a read may have to wait: what is in the
// reader already needs none.
func (c *connection) setReadDeadline() error {
	if c.readUntil.IsZero() {
		c.readUntil = time.Now().Add(c.readLimit)
	}
	if err := c.Conn.SetReadDeadline(c.readUntil); err != nil {
		return err
	}
	if c.early && c.server.stopping() {
		// Shutdown has come, perhaps before the line above, and had no effect.
		if end := time.Now().Add(grace); end.Before(c.readUntil) {
			c.readUntil = end
		}
		return c.Conn.SetReadDeadline(c.readUntil)
	}
	return nil
}

// progress is how many bytes a client must bring of a body while the server waits
// for it for Deadlines.Body, as one who drips a byte now and then could otherwise
// keep an application for years. The time that the application takes is not counted.
const progress = 16 << 10

// readSteadily lets the reads that follow take as long as they need, while there is
// progress.
func (c *connection) readSteadily() {
	c.patience, c.owed = c.server.Deadlines.Body, progress
}

// Read reads from the client.
func (c *connection) Read(p []byte) (n int, err error) {
	if err = c.flush(); err != nil { // or both would wait for each other
		return 0, err
	}
	if len(c.first) > 0 {
		n = copy(p, c.first)
		c.first = c.first[n:]
	} else if c.owed > 0 {
		n, err = c.readBody(p)
	} else if err = c.setReadDeadline(); err == nil {
		n, err = c.Conn.Read(p)
	}
	c.ended = err == io.EOF
	if n > 0 {
		c.in += int64(n)
		c.beginRequest()
		if c.watched {
			c.server.Observe(Received{c.place(), copied(p[:n]), n})
		}
	}
	return n, err
}

// readBody reads with what patience is left, and renews it when the client has
// brought what it owed.
func (c *connection) readBody(p []byte) (int, error) {
	began := time.Now()
	if err := c.Conn.SetReadDeadline(began.Add(c.patience)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.patience -= time.Since(began)
	if c.owed -= n; c.owed <= 0 {
		c.readSteadily()
	}
	return n, err
}
