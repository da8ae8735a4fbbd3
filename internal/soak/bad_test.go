package soak

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Two of them are too slow for a few rounds, and come only when there is time.
var bad = []kind{
	{"droppers", 6, 20, func(v *visitor) error { return v.leave(func(c client) error { return nil }) }},
	{"resetters", 6, 20, func(v *visitor) error { return v.leave(func(c client) error { return c.SetLinger(0) }) }},
	{"dripping heads", 4, 1, dripHead},
	{"dripping bodies", 4, 1, dripBody},
	{"stopped bodies", 4, 0, stopInBody},
	{"silent", 4, 0, silent},
	{"never-readers", 4, 1, neverRead},
	{"crowds", 1, 2, crowd},
}

// leave leaves at any moment: somewhere in a request, behind it, in the answer to
// it, or in one that does not end. The last thing it does is how.
func (v *visitor) leave(how func(client) error) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	// Whether the client is cut first does not matter here: it is about to leave.
	switch q := forms[v.IntN(len(forms))].question(v.Rand, v.token()); v.IntN(4) {
	case 0:
		_, _ = io.WriteString(c, q.head[:v.IntN(len(q.head))])
	case 1:
		all := q.head + q.body
		_, _ = io.WriteString(c, all[:len(q.head)+v.IntN(len(q.body)+1)])
	case 2:
		_, _ = io.WriteString(c, q.head+q.body)
		_, _ = io.CopyN(io.Discard, c, 1+v.Int64N(int64(len(q.answer))))
	case 3:
		// To HTTP/1.0 only the end of the connection ends it, which is another end.
		_, _ = fmt.Fprintf(c, "GET /endless?%s HTTP/1.%d\r\nHost: soak\r\n\r\n", v.token(), v.IntN(2))
		_, _ = io.CopyN(io.Discard, c, v.Int64N(1<<20))
	}
	return how(c)
}

// dripPause is between two bytes of those who drip.
const dripPause = 50 * time.Millisecond

// dripHead sends a head that does not end, and is told that this takes too long.
func dripHead(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	asked := "GET /whole?" + v.token() + " HTTP/1.1\r\nHost: soak\r\nX-Drip: "
	if _, err := io.WriteString(c, asked); err != nil {
		return err
	}
	stopped := make(chan struct{})
	var dripping sync.WaitGroup
	dripping.Add(1)
	go func() {
		defer dripping.Done()
		for {
			select {
			case <-stopped:
				return
			case <-time.After(dripPause):
				_, _ = io.WriteString(c, "x") // whether the server still listens or not
			}
		}
	}()
	err = c.tooSlow(asked)
	close(stopped)
	dripping.Wait()
	return err
}

// tooSlow wants a 408, and the end.
func (c client) tooSlow(asked string) error {
	answer, err := io.ReadAll(c)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 408 Request Timeout\r\n") || err != nil {
		return fmt.Errorf("to %.80q and no end the server says %.300q and %v, want a 408", asked, answer, err)
	}
	c.count.answers.Add(1)
	return nil
}

// dripBody sends a body byte by byte. It is slow but steady, and ends; so it gets
// its answer.
func dripBody(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	body := "drip drip drip"
	token := v.token()
	f := form{"POST", "/whole", "1.1", "length", "close"}
	head := fmt.Sprintf("POST /whole?%s HTTP/1.1\r\nHost: soak\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", token, len(body))
	for _, piece := range append([]string{head}, strings.Split(body, "")...) {
		if _, err := io.WriteString(c, piece); err != nil {
			return err
		}
		time.Sleep(dripPause)
	}
	answer, _ := f.answer(token, echo("POST", token, body))
	if err := errors.Join(c.hear(head, answer), c.ends(head)); err != nil {
		return err
	}
	v.count.answers.Add(1)
	return nil
}

// stopInBody promises more than it sends, stays, and is told so.
func stopInBody(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	asked := "POST /whole?" + v.token() + " HTTP/1.1\r\nHost: soak\r\nContent-Length: 100\r\n\r\nnot yet"
	if _, err := io.WriteString(c, asked); err != nil {
		return err
	}
	return c.tooSlow(asked)
}

// silent says nothing, and is told nothing.
func silent(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return c.ends("nothing")
}

// neverRead asks for an answer that does not end, and reads none of it. It stays
// until the application was told to stop.
func neverRead(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	token, stopped := v.token(), make(chan struct{})
	v.site.streams.Store(token, stopped)
	if _, err := fmt.Fprintf(c, "GET /endless?%s HTTP/1.%d\r\nHost: soak\r\n\r\n", token, v.IntN(2)); err != nil {
		return err
	}
	select {
	case <-stopped:
		return nil
	case <-time.After(patience):
		return errors.New("nobody reads, and the application goes on")
	}
}

// crowd comes with more than there is room for. Whoever is let in asks and leaves;
// some never say a word.
func crowd(v *visitor) error {
	const size = 2 * places
	var (
		asking sync.WaitGroup
		mutex  sync.Mutex
		wrong  error
	)
	var mute []client
	for n := range size {
		c, err := v.dial()
		if err != nil {
			return err
		}
		if n%10 == 0 {
			mute = append(mute, c)
			continue
		}
		q := goodbyes[v.IntN(len(goodbyes))].question(v.Rand, v.token())
		asking.Add(1)
		go func() {
			defer asking.Done()
			err := errors.Join(c.ask(q), c.Close())
			mutex.Lock()
			defer mutex.Unlock()
			wrong = errors.Join(wrong, err)
		}()
	}
	asking.Wait()
	for _, c := range mute {
		wrong = errors.Join(wrong, c.Close())
	}
	return wrong
}
