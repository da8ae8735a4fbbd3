package send_test

import (
	"context"
	"fmt"
	"net"
	"strings"

	"barewire/internal/send"
)

func ExampleDo() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		read(conn.(*net.TCPConn), 32)
		write(conn.(*net.TCPConn), "HTTP/1.1 200 OK\r\n\r\nHello, world!\n")
	}()

	var out strings.Builder
	err = send.Do(context.Background(), send.Request{
		Addr:  listener.Addr().String(),
		Bytes: []byte("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"),
		Piece: 17,
	}, &out)
	_, lines, _ := strings.Cut(out.String(), "\n") // the first names the port
	fmt.Print(lines)
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// < GET /hello HTTP/1                                 write 1                 17 B
	// < .1                                                write 2 from byte 18    15 B
	// < Host: x
	// <
	// > HTTP/1.1 200 OK                                   read 1                  33 B
	// >
	// > Hello, world!\n
	// == the server closed the connection (FIN)
}
