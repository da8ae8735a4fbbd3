package listen_test

import (
	"fmt"
	"io"
	"net"

	listen "barewire/steps/01_listen"
)

// A server that says hello to whoever calls, and a client that calls it.
func Example() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer listener.Close()
	go listen.Accept(listener, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "Hello!\n")
		listen.Goodbye(conn)
	})

	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).CloseWrite() // the client has nothing to say
	answer, err := io.ReadAll(conn)
	fmt.Printf("%q %v\n", answer, err)
	// Output:
	// "Hello!\n" <nil>
}
