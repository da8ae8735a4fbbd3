//go:build !unix || aix

package server

type socket struct{}

func (c *connection) newSocket() socket { return socket{} }

// arrived would wait for the first bytes of a request. Here that is left to Read.
func (c *connection) arrived() bool {
	c.sit()
	return true
}

// left would tell whether the client has left. Here it never knows.
func (c *connection) left() bool { return false }
