//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A load is what clients ask of a server, one thread for all of them. It has to be
// lighter than any server, so nothing is parsed: of each kind of request one is
// asked before, and each answer has to be as long as that one was, begin with 200
// OK and end with the greeting.
type load struct {
	clients  int
	depth    int      // requests sent before the first answer is read
	requests []string // asked in turn
	closing  bool     // a new connection for each
}

// A client is one connection of a load.
type client struct {
	place int32 // among the clients
	fd    int
	buf   []byte
	got   int // bytes of the answers that are awaited
	turn  int
}

// A driver makes a load.
type driver struct {
	load
	ctx     context.Context
	addr    unix.SockaddrInet4
	epoll   int
	clients []*client
	batches [][]byte // each as many requests as go out together
	size    int      // of an answer
	done    int      // answers
}

// drive loads a server for some time, of which the first tenth is for getting warm.
// It returns how many answers came in the rest, how long that took, and how much
// CPU time the server had for it.
func (l load) drive(ctx context.Context, server *process, long time.Duration) (answers int, took, cpu time.Duration, err error) {
	d := &driver{load: l, ctx: ctx}
	if d.addr, err = sockaddr(server.addr); err != nil {
		return 0, 0, 0, err
	}
	if d.size, err = answerSize(server.addr, l.requests[0]); err != nil {
		return 0, 0, 0, err
	}
	for first := range l.requests {
		var batch []byte
		for i := range l.depth {
			batch = append(batch, l.requests[(first+i)%len(l.requests)]...)
		}
		d.batches = append(d.batches, batch)
	}
	if d.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return 0, 0, 0, err
	}
	defer unix.Close(d.epoll)
	defer func() {
		for _, c := range d.clients {
			unix.Close(c.fd)
		}
	}()
	for i := range l.clients {
		// One byte more than is wanted, for the end, or for what is too much.
		c := &client{place: int32(i), buf: make([]byte, l.depth*d.size+1), turn: i * 7}
		if err := d.open(c); err != nil {
			return 0, 0, 0, err
		}
		d.clients = append(d.clients, c)
	}
	if err := d.until(time.Now().Add(long / 10)); err != nil {
		return 0, 0, 0, err
	}
	before, began, used := d.done, time.Now(), server.cpu()
	err = d.until(began.Add(long))
	return d.done - before, time.Since(began), server.cpu() - used, err
}

// until serves the clients' turns until then.
func (d *driver) until(end time.Time) error {
	events := make([]unix.EpollEvent, 256)
	for now := time.Now(); now.Before(end); now = time.Now() {
		if d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		n, err := unix.EpollWait(d.epoll, events, int(patience.Milliseconds()))
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return err
		case n == 0:
			return fmt.Errorf("no answer within %v", patience)
		}
		for _, event := range events[:n] {
			if err := d.read(d.clients[event.Fd]); err != nil {
				return err
			}
		}
	}
	return nil
}

// open connects a client and has it ask.
func (d *driver) open(c *client) (err error) {
	// On loopback a connection is there when connect returns, so it may block.
	if c.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return err
	}
	if err := unix.Connect(c.fd, &d.addr); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if err := unix.SetsockoptInt(c.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
		return err
	}
	if err := unix.SetNonblock(c.fd, true); err != nil {
		return err
	}
	if err := unix.EpollCtl(d.epoll, unix.EPOLL_CTL_ADD, c.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: c.place}); err != nil {
		return err
	}
	return d.ask(c)
}

// ask sends the next requests of a client.
func (d *driver) ask(c *client) error {
	batch := d.batches[c.turn%len(d.batches)]
	c.turn += d.depth
	c.got = 0
	if n, err := unix.Write(c.fd, batch); err != nil || n < len(batch) {
		return fmt.Errorf("%d of %d bytes sent: %w", n, len(batch), err)
	}
	return nil
}

// read takes what has come for a client. When that is all, it asks again.
func (d *driver) read(c *client) error {
	n, err := unix.Read(c.fd, c.buf[c.got:])
	if err == unix.EAGAIN || err == unix.EINTR {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	c.got += n
	whole := c.got == d.depth*d.size
	switch {
	case n == 0 && !(whole && d.closing):
		return fmt.Errorf("the server closes after %d of %d bytes", c.got, d.depth*d.size)
	case c.got > d.depth*d.size:
		return fmt.Errorf("an answer is longer than the first was: %q", c.buf[:c.got])
	case !whole || d.closing && n > 0:
		return nil // more is to come, if only the end
	}
	for rest := c.buf[:c.got]; len(rest) > 0; rest = rest[d.size:] {
		if err := checkHello(rest[:d.size]); err != nil {
			return err
		}
	}
	d.done += d.depth
	if d.closing {
		if err := unix.Close(c.fd); err != nil {
			return err
		}
		return d.open(c)
	}
	return d.ask(c)
}

var (
	ok       = []byte("HTTP/1.1 200 OK\r\n")
	ok10     = []byte("HTTP/1.0 200 OK\r\n")
	greeting = []byte("\r\n\r\n" + helloWorld)
)

func checkHello(answer []byte) error {
	if (bytes.HasPrefix(answer, ok) || bytes.HasPrefix(answer, ok10)) && bytes.HasSuffix(answer, greeting) {
		return nil
	}
	return fmt.Errorf("a wrong answer: %q", answer)
}

// answerSize asks once, and returns how many bytes the answer has.
func answerSize(addr, request string) (int, error) {
	conn, err := dial(addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		return 0, err
	}
	answer, err := readAnswer(bufio.NewReader(conn))
	if err != nil {
		return 0, err
	}
	return len(answer), checkHello(answer)
}

// readAnswer reads an answer that tells its length, and returns its bytes.
func readAnswer(r *bufio.Reader) ([]byte, error) {
	var answer []byte
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return answer, fmt.Errorf("a head ends after %q: %w", answer, err)
		}
		answer = append(answer, line...)
		if name, value, ok := strings.Cut(string(line), ":"); ok && strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return answer, err
			}
		}
		if len(line) == len("\r\n") {
			break
		}
	}
	if length < 0 {
		return answer, fmt.Errorf("an answer does not tell its length: %q", answer)
	}
	head := len(answer)
	answer = append(answer, make([]byte, length)...)
	_, err := io.ReadFull(r, answer[head:])
	return answer, err
}

// dial connects. Nothing that is asked on the connection may take for ever.
func dial(addr string) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(3 * patience))
}

func sockaddr(addr string) (unix.SockaddrInet4, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return unix.SockaddrInet4{}, err
	}
	number, err := strconv.Atoi(port)
	ip := net.ParseIP(host).To4()
	if err != nil || ip == nil {
		return unix.SockaddrInet4{}, fmt.Errorf("%s is no address of IPv4", addr)
	}
	return unix.SockaddrInet4{Port: number, Addr: [4]byte(ip)}, nil
}

// upload sends a body of so many bytes on a connection and checks the answer.
func upload(conn net.Conn, r *bufio.Reader, size int) error {
	if _, err := fmt.Fprintf(conn, "POST /upload HTTP/1.1\r\nHost: 127.0.0.1:8888\r\nContent-Length: %d\r\n\r\n", size); err != nil {
		return err
	}
	for left := size; left > 0; {
		n, err := conn.Write(block[:min(left, len(block))])
		if err != nil {
			return err
		}
		left -= n
	}
	answer, err := readAnswer(r)
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("\r\n\r\n%d\n", size); !bytes.HasPrefix(answer, ok) || !bytes.HasSuffix(answer, []byte(want)) {
		return fmt.Errorf("a wrong answer to %d bytes: %q", size, answer)
	}
	return nil
}

// block is what uploads are made of, and what a download is read into.
var block = make([]byte, 256<<10)

// download takes the stream and counts it.
func download(conn net.Conn) error {
	if _, err := io.WriteString(conn, "GET /stream HTTP/1.1\r\nHost: 127.0.0.1:8888\r\n\r\n"); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReaderSize(conn, len(block)), nil)
	if err != nil {
		return err
	}
	total := 0
	for {
		n, err := answer.Body.Read(block)
		total += n
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if answer.StatusCode != 200 || total != streamSize {
		return fmt.Errorf("a wrong answer: %s and %d bytes", answer.Status, total)
	}
	return nil
}
