// Package soak leaves the server in bad company for a while.
//
// Good clients, who check every byte that they get, share it with clients who
// leave in the middle, drip, reset, half close, never read, and come in crowds
// for which there is no room. No good client may see a wrong answer. When all
// have left, goroutines, descriptors and memory must be back where they were.
//
//	make soak                 for ten minutes
//	make soak SOAK=60s        or for as long as you like
//	go test ./internal/soak   a few rounds
//
// There is nothing here but tests. Read soak_test.go, then site_test.go (what
// is asked, and the one right answer), good_test.go and bad_test.go (who asks).
package soak
