// Package listen is step 01: Who is calling?
//
// In comes a listener, which holds an address; out come connections: two byte
// streams each, one from the client and one to it. TCP promises that the
// bytes arrive whole and in order, and nothing else. It knows no messages: what
// the client sends with one write may arrive in three reads.
//
// [Accept] is the loop that every server has at its heart. [Goodbye] is the
// other end of a connection's life, and the part that most servers written in
// an afternoon get wrong: closed too early, a connection takes the answer down
// with it, and curl says "Connection reset by peer".
//
// Left out on purpose: TLS, which would stand between this step and the next
// without changing either, and any idea of what the bytes mean.
//
// Read listen.go, then goodbye.go, then demo/main.go, which is the whole
// server so far.
//
// RFC 9112 §9 (connections), §9.6 (how to close one).
// Next: step 02 read, which finds out where the request's head ends.
package listen
