package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	cutPause    = 2 * time.Millisecond // so that the pieces arrive one by one
	cutsAtOnce  = 16
	maxPieceCut = 1000 // positions; of longer requests only so many are cut
	seeds       = 4    // ways of cutting that chance finds
	maxRandom   = 8    // cuts in each of them
)

// cuts says a check again: byte by byte, cut in two at every position, and cut at
// random into some more pieces: what joins two reads right may lose the third. The
// first way that fails is the result, and else the one given.
func (target Target) cuts(ctx context.Context, check *Check, whole Result) Result {
	size := 0
	for _, piece := range check.Say {
		size += len(piece.Bytes)
	}
	step := 1 + size/maxPieceCut

	result := target.once(ctx, check, inPieces(check.Say, step))
	if !result.Passed {
		result.Cut = "byte by byte"
		if step > 1 {
			result.Cut = fmt.Sprintf("%d B at a time", step)
		}
		return result
	}

	var ways [][]int
	for at := 1; at < size; at += step {
		ways = append(ways, []int{at})
	}
	inTwo := len(ways)
	for seed := range seeds {
		ways = append(ways, randomCuts(seed+1, size))
	}
	failed, first := target.firstFailing(ctx, check, ways, whole)
	switch {
	case failed.Passed:
	case first < inTwo:
		failed.Cut = fmt.Sprintf("in two behind byte %d", ways[first][0])
	default:
		failed = target.fewestCuts(ctx, check, ways[first], failed)
		failed.Seed = first - inTwo + 1
		failed.Cut += fmt.Sprintf(" (found at random, seed %d)", failed.Seed)
	}
	return failed
}

// firstFailing says a check in several ways, some of them at the same time. It
// returns the result of the first that fails, and which that is.
func (target Target) firstFailing(ctx context.Context, check *Check, ways [][]int, whole Result) (failed Result, first int) {
	next := make(chan int)
	var mu sync.Mutex
	failed, first = whole, len(ways)
	var workers sync.WaitGroup
	for range cutsAtOnce {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for way := range next {
				result := target.once(ctx, check, cutAt(check.Say, ways[way]))
				mu.Lock()
				if !result.Passed && way < first {
					failed, first = result, way
				}
				mu.Unlock()
			}
		}()
	}
	for way := range ways {
		mu.Lock()
		enough := !failed.Passed || ctx.Err() != nil
		mu.Unlock()
		if enough {
			break // all the ways before it are under way
		}
		next <- way
	}
	close(next)
	workers.Wait()
	return failed, first
}

// randomCuts returns where chance cuts so many bytes. A seed has the same cuts each
// time, so a server that has passed once passes again.
func randomCuts(seed, size int) (places []int) {
	random := rand.New(rand.NewPCG(uint64(seed), uint64(size)))
	for range 2 + random.IntN(maxRandom-1) {
		places = append(places, 1+random.IntN(max(1, size-1)))
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// inPieces says the same with writes of at most n bytes.
func inPieces(say []Piece, n int) (cut []Piece) {
	for _, piece := range say {
		for len(piece.Bytes) > n {
			front, back := split(piece, n)
			cut, piece = append(cut, front), back
		}
		cut = append(cut, piece)
	}
	return cut
}

// cutAt says the same with a pause behind each of these bytes, given in their order.
// Where one piece ends and the next begins there is a cut anyway.
func cutAt(say []Piece, places []int) (cut []Piece) {
	before := 0 // bytes in what is cut already
	for _, piece := range say {
		for _, place := range places {
			if at := place - before; at > 0 && at < len(piece.Bytes) {
				front, back := split(piece, at)
				cut, piece = append(cut, front), back
				before = place
			}
		}
		cut = append(cut, piece)
		before += len(piece.Bytes)
	}
	return cut
}

func split(piece Piece, at int) (front, back Piece) {
	front, back = piece, piece
	front.Bytes, front.Half, front.Leave = piece.Bytes[:at], false, false
	back.Bytes, back.Await, back.After = piece.Bytes[at:], false, cutPause
	return front, back
}
