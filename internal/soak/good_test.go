package soak

import (
	"errors"
	"io"
)

// The good ones come first in all: a kind's number is its place there.
var good = []kind{
	{"keep-alive", 12, 8, keepAlive},
	{"pipelined", 6, 10, pipelined},
	{"half closers", 6, 10, halfClose},
	{"one question", 6, 10, oneQuestion},
}

// keepAlive asks a dozen questions, one after another.
func keepAlive(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	for range 12 {
		if err := c.ask(forms[v.IntN(len(forms))].question(v.Rand, v.token())); err != nil {
			return err
		}
	}
	return c.ask(goodbyes[v.IntN(len(goodbyes))].question(v.Rand, v.token()))
}

// pipelined asks a few questions at once, and wants the answers in their order. One
// that waits for a 100 cannot be among them.
func pipelined(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	var asked, want string
	answers := 1
	for range 2 + v.IntN(15) {
		if q := forms[v.IntN(len(forms))].question(v.Rand, v.token()); !q.expects {
			asked += q.head + q.body
			want += q.answer
			answers++
		}
	}
	q := goodbyes[v.IntN(len(goodbyes))].question(v.Rand, v.token())
	// Who sends more than both sides can hold, and reads nothing meanwhile, waits
	// for the server, which waits for him.
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(c, asked+q.head+q.body)
		sent <- err
	}()
	if err := errors.Join(c.hear(asked, want+q.answer), c.ends(asked), <-sent); err != nil {
		return err
	}
	v.count.answers.Add(int64(answers))
	return nil
}

// halfClose says that this was all, and still wants the whole answer.
func halfClose(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	q := forms[v.IntN(len(forms))].question(v.Rand, v.token())
	if _, err := io.WriteString(c, q.head); err != nil {
		return err
	}
	if q.expects {
		if err := c.hear(q.head, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(c, q.body); err != nil {
		return err
	}
	if err := c.CloseWrite(); err != nil {
		return err
	}
	if err := errors.Join(c.hear(q.head, q.answer), c.ends(q.head)); err != nil {
		return err
	}
	v.count.answers.Add(1)
	return nil
}

// oneQuestion asks and leaves.
func oneQuestion(v *visitor) error {
	c, err := v.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return c.ask(goodbyes[v.IntN(len(goodbyes))].question(v.Rand, v.token()))
}
