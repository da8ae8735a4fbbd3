package send

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"time"
)

// A Move is one thing that a client does on one of its connections.
type Move struct {
	On    int           // the connection, from 0; its first move opens it
	Bytes []byte        // said in one write
	After time.Duration // a pause before it
	Await bool          // before it, an answer is heard to its end: until the server is silent
	Half  bool          // behind it the client says that it is done sending (FIN)
	Leave bool          // behind it the client is gone (RST)
}

// answerQuiet is how long a server is silent before its answer counts as whole.
// Nobody here knows HTTP, and could tell it otherwise.
const answerQuiet = 300 * time.Millisecond

// Play makes the moves, one after the other, and writes the transcript to out, under
// a title. Of the request it takes the address, how long to wait, and whose arrows.
// Then it hears each connection out. Errors are those of Do.
func Play(ctx context.Context, request Request, title string, moves []Move, out io.Writer) error {
	p := &play{Request: request, transcript: newTranscript(out, request.Curl), conns: make(map[int]*line)}
	p.Wait = cmp.Or(request.Wait, 2*time.Second)
	for _, move := range moves {
		p.Bytes = append(p.Bytes, move.Bytes...) // to say how many
		p.many = p.many || move.On > 0
	}
	p.transcript.print(title)
	p.transcript.begin(p.Request)
	defer p.reading.Wait()
	defer func() {
		for _, line := range p.conns {
			line.conn.Close()
		}
	}()
	for _, move := range moves {
		if err := p.make(ctx, move); err != nil {
			return err
		}
	}
	for _, on := range slices.Sorted(maps.Keys(p.conns)) {
		if line := p.conns[on]; !line.left {
			p.silence(ctx, line, p.Wait)
			line.tell(p.ending(line.end, nil))
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.transcript.err
}

// A play is a client with several connections.
type play struct {
	Request
	transcript *transcript
	conns      map[int]*line
	many       bool
	reading    sync.WaitGroup
}

// A line is one of them.
type line struct {
	*transcript
	conn           *net.TCPConn
	client, server side
	left           bool // we are gone

	mu    sync.Mutex
	fresh bool      // something came since it was waited for
	heard time.Time // when something was said last, by either side
	end   error     // how it ended; os.ErrDeadlineExceeded while it has not
}

// open opens a connection, and begins to hear what comes.
func (p *play) open(ctx context.Context, on int) (*line, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.Addr)
	if err != nil {
		return nil, err
	}
	l := &line{
		transcript: p.transcript, conn: conn.(*net.TCPConn), client: p.transcript.client, server: p.transcript.server,
		heard: time.Now(), end: os.ErrDeadlineExceeded,
	}
	if p.many {
		name := fmt.Sprintf("connection %d", on+1)
		l.client.on, l.server.on = name, name
	}
	p.conns[on] = l
	p.reading.Add(1)
	go func() {
		defer p.reading.Done()
		l.read()
	}()
	return l, nil
}

func (p *play) make(ctx context.Context, move Move) (err error) {
	l := p.conns[move.On]
	if l == nil {
		if l, err = p.open(ctx, move.On); err != nil {
			return err
		}
	}
	if move.Await {
		p.silence(ctx, l, answerQuiet)
	}
	select {
	case <-time.After(move.After):
	case <-ctx.Done():
		return ctx.Err()
	}
	// Shown first and done then, or the answer could be shown before it.
	if len(move.Bytes) > 0 {
		l.happened(false, os.ErrDeadlineExceeded)
		l.show(&l.client, move.Bytes)
	}
	if move.Half {
		l.tell("we say that there is no more (FIN)")
	}
	if len(move.Bytes) > 0 {
		_ = l.conn.SetWriteDeadline(time.Now().Add(p.Wait)) // an error comes back from Write too
		if _, err := l.conn.Write(move.Bytes); err != nil {
			l.tell("the server takes no more")
		}
	}
	switch {
	case move.Leave:
		l.left = true
		l.tell("we leave (RST)")
		_ = l.conn.SetLinger(0) // fails if the connection has ended
		l.conn.Close()
	case move.Half:
		_ = l.conn.CloseWrite() // fails if the connection has ended
	}
	return nil
}

// read shows all that comes.
func (l *line) read() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.conn.Read(buffer)
		if n > 0 {
			l.show(&l.server, buffer[:n])
		}
		if err != nil {
			l.happened(n > 0, err)
			return
		}
		l.happened(true, os.ErrDeadlineExceeded)
	}
}

// happened notes that something was said, or that the connection has ended.
func (l *line) happened(came bool, end error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard, l.fresh = time.Now(), l.fresh || came
	if l.end == os.ErrDeadlineExceeded {
		l.end = end
	}
}

func (l *line) tell(text string) { l.tellOf(l.client.on, text) }

// silence waits until the connection has ended, or nothing is said on it for a
// while: for quiet behind an answer, and else as long as we have patience.
func (p *play) silence(ctx context.Context, l *line, quiet time.Duration) {
	for ctx.Err() == nil {
		l.mu.Lock()
		silent := time.Since(l.heard)
		done := l.end != os.ErrDeadlineExceeded || silent > p.Wait || l.fresh && silent > quiet
		l.fresh = l.fresh && !done
		l.mu.Unlock()
		if done {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}
