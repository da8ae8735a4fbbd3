//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// A bench is one run of all this.
type bench struct {
	ctx    context.Context
	rounds int
	second time.Duration // what a second of load lasts
	short  bool
	wrk    bool // it makes the load of the keep-alive rows
	peers  []peer
	rows   []row
	ideas  []idea // to measure one at a time, instead of servers
	python bool   // the servers are those of Python's applications

	pinned               bool
	serverCore, loadCore unix.CPUSet
}

// A row is something that is measured of each server.
type row struct {
	name    string
	unit    string
	shown   shown
	growth  bool            // it belongs to the growth tables
	suits   func(peer) bool // who can be asked for it
	measure func(*bench, peer) (float64, error)
}

// shown is how a figure stands in the table.
type shown int

const (
	plainly    shown = iota
	asWork           // the yardstick's divided by it: more is better
	throughput       // it divided by the yardstick's: more is better
)

func everyone(peer) bool    { return true }
func keepers(p peer) bool   { return !p.closes }
func ours(p peer) bool      { return !p.stranger }
func residents(p peer) bool { return inMemory[p.name] != nil }

var table = slices.Concat([]row{
	{"keep-alive, 64 connections, work", "µs", asWork, false, keepers, work(load{64, 1, []string{bare}, false}, true)},
	{"the same with 13 browser headers, work", "µs", asWork, false, keepers, work(load{64, 1, []string{browser("/")}, false}, true)},
	{"a browser that asks for another target each time, work", "µs", asWork, false, keepers, wanderersWork},
	{"pipelined 16 deep, work", "µs", asWork, false, ours, work(load{64, 16, []string{bare}, false}, false)},
	{"new connection per request, work", "µs", asWork, false, everyone, work(load{64, 1, []string{last}, true}, false)},
	{"requests/s at 4,096 connections, share of those at 64", "", plainly, false, ours, crowdShare},
	{"memory per idle connection (of 10,000)", "kB", plainly, false, ours, idleMemory},
	{"memory growth during a 1 GiB answer", "kB", plainly, false, ours, transferMemory(download)},
	{"memory growth during a 1 GiB upload", "kB", plainly, false, ours, transferMemory(uploadStream)},
	{"1 GiB upload, throughput", "MB/s", throughput, false, ours, transfer(uploadStream)},
	{"1 GiB answer, throughput", "MB/s", throughput, false, ours, transfer(download)},
	{"cold start to the first answer", "ms", plainly, false, everyone, coldStart},
	{"in memory, Host only", "ns", plainly, false, residents, nanoseconds("Host only")},
	{"in memory, Host only, allocations", "", plainly, false, residents, allocations("Host only")},
	{"in memory, browser headers", "ns", plainly, false, residents, nanoseconds("browser headers")},
	{"in memory, browser headers, allocations", "", plainly, false, residents, allocations("browser headers")},
}, crowdRows(1, 4, 16, 64, 256, 1024, 4096), uploadRows(1<<10, 16<<10, 256<<10, 1<<20, 16<<20))

// crowdRows are requests per second with ever more connections.
func crowdRows(crowds ...int) (rows []row) {
	for _, clients := range crowds {
		rows = append(rows, row{fmt.Sprintf("%d connections", clients), "requests/s", plainly, true, ours,
			func(b *bench, p peer) (float64, error) {
				return with(b, p, func(server *process) (float64, error) { return perSecond(b, server, clients) })
			}})
	}
	return rows
}

// uploadRows are uploads of ever more bytes, one after another on one connection.
func uploadRows(sizes ...int) (rows []row) {
	for _, size := range sizes {
		name := fmt.Sprintf("uploads of %d KiB", size>>10)
		if size >= 1<<20 {
			name = fmt.Sprintf("uploads of %d MiB", size>>20)
		}
		rows = append(rows, row{name, "MB/s", plainly, true, ours, func(b *bench, p peer) (float64, error) {
			return with(b, p, func(server *process) (float64, error) {
				conn, err := dial(server.addr)
				if err != nil {
					return 0, err
				}
				defer conn.Close()
				r := bufio.NewReader(conn)
				sent := 0
				began := time.Now()
				for time.Since(began) < b.second/2 {
					if err := upload(conn, r, size); err != nil {
						return 0, err
					}
					sent += size
				}
				return float64(sent) / 1e6 / time.Since(began).Seconds(), nil
			})
		}})
	}
	return rows
}

// with measures a server that is started for it, so that no row finds what
// another has left.
func with(b *bench, p peer, measure func(*process) (float64, error)) (float64, error) {
	server, err := b.start(p)
	if err != nil {
		return 0, err
	}
	defer server.stop()
	return measure(server)
}

// work is CPU time per request. The load of a row that may have it is wrk's.
func work(l load, mayBeWrk bool) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		return with(b, p, func(server *process) (float64, error) {
			drive := l.drive
			if mayBeWrk && b.wrk {
				drive = l.wrk
			}
			answers, _, cpu, err := drive(b.ctx, server, b.second)
			return float64(cpu.Nanoseconds()) / 1e3 / float64(answers), err
		})
	}
}

// wanderersWork makes its requests when it is asked for: at the start of the process
// they would be part of the cold start, and of the memory, of the servers in here.
func wanderersWork(b *bench, p peer) (float64, error) {
	return work(load{64, 1, wanderer(), false}, false)(b, p)
}

func perSecond(b *bench, server *process, clients int) (float64, error) {
	answers, took, _, err := load{clients, 1, []string{bare}, false}.drive(b.ctx, server, b.second)
	return float64(answers) / took.Seconds(), err
}

// crowdShare asks one server twice.
func crowdShare(b *bench, p peer) (float64, error) {
	return with(b, p, func(server *process) (float64, error) {
		few, err := perSecond(b, server, 64)
		if err != nil {
			return 0, err
		}
		many, err := perSecond(b, server, 4096)
		return many / few, err
	})
}

// idleMemory opens connections, has each ask once, and lets them be.
func idleMemory(b *bench, p peer) (float64, error) {
	return with(b, p, func(server *process) (float64, error) {
		const crowd = 10_000
		var most unix.Rlimit // the runtime has raised it as far as it goes
		if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &most); err != nil {
			return 0, err
		}
		if most.Cur < crowd+100 {
			return 0, fmt.Errorf("%d connections need more open files than %d, see ulimit -n", crowd, most.Cur)
		}
		size, err := answerSize(server.addr, bare)
		if err != nil {
			return 0, err
		}
		before, err := server.settled()
		if err != nil {
			return 0, err
		}
		var conns []net.Conn
		defer func() {
			for _, conn := range conns {
				conn.Close()
			}
		}()
		for range crowd {
			conn, err := dial(server.addr)
			if err != nil {
				return 0, err
			}
			conns = append(conns, conn)
		}
		answer := make([]byte, size)
		for i, conn := range conns {
			if b.ctx.Err() != nil {
				return 0, b.ctx.Err()
			}
			_ = conn.SetDeadline(time.Now().Add(2 * time.Second)) // reading tells of a dead one
			if _, err := io.WriteString(conn, bare); err != nil {
				return 0, err
			}
			if _, err := io.ReadFull(conn, answer); err != nil {
				return 0, fmt.Errorf("of %d connections, number %d is not answered: %w", crowd, i+1, err)
			}
			if err := checkHello(answer); err != nil {
				return 0, err
			}
		}
		after, err := server.settled()
		return float64(after-before) / 1e3 / crowd, err
	})
}

// settled is the memory of a server that has had time to finish what it did.
func (s *process) settled() (int64, error) {
	time.Sleep(200 * time.Millisecond)
	return s.memory()
}

// uploadStream is as long as the stream.
func uploadStream(conn net.Conn) error { return upload(conn, bufio.NewReader(conn), streamSize) }

// transferMemory is what a server that has answered once needs for a large body.
func transferMemory(move func(net.Conn) error) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		return with(b, p, func(server *process) (float64, error) {
			if _, err := answerSize(server.addr, bare); err != nil {
				return 0, err
			}
			grown, err := server.growth(func() error { return moveOne(server, move) })
			return float64(grown) / 1e3, err
		})
	}
}

// transfer is how fast it moves.
func transfer(move func(net.Conn) error) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		return with(b, p, func(server *process) (float64, error) {
			if _, err := answerSize(server.addr, bare); err != nil {
				return 0, err
			}
			began := time.Now()
			err := moveOne(server, move)
			return streamSize / 1e6 / time.Since(began).Seconds(), err
		})
	}
}

// moveOne moves one body over a connection of its own.
func moveOne(server *process, move func(net.Conn) error) error {
	conn, err := dial(server.addr)
	if err != nil {
		return err
	}
	return errors.Join(move(conn), conn.Close())
}

// coldStart is from the start of the process to the first byte of an answer, the
// median of three.
func coldStart(b *bench, p peer) (float64, error) {
	var all []float64
	for range 3 {
		began := time.Now()
		took, err := with(b, p, func(server *process) (float64, error) {
			conn, err := dial(server.addr)
			if err != nil {
				return 0, err
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, bare); err != nil {
				return 0, err
			}
			_, err = io.ReadFull(conn, make([]byte, 1))
			return float64(time.Since(began).Nanoseconds()) / 1e6, err
		})
		if err != nil {
			return 0, err
		}
		all = append(all, took)
	}
	return median(all), nil
}

// inMemoryTimes is how many exchanges in memory are measured.
const inMemoryTimes = 200_000

func nanoseconds(what string) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		took, _, err := p.inMemory(b.ctx, what, inMemoryTimes)
		return float64(took.Nanoseconds()), err
	}
}

func allocations(what string) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		_, each, err := p.inMemory(b.ctx, what, inMemoryTimes/10)
		return each, err
	}
}

// measure fills the table, round by round.
func (b *bench) measure() *results {
	r := newResults(b)
	for round := range b.rounds {
		for _, row := range b.rows {
			for _, p := range b.peers {
				if !row.suits(p) {
					continue
				}
				if b.ctx.Err() != nil {
					return r
				}
				value, err := row.measure(b, p)
				if b.ctx.Err() != nil {
					return r // it was cut short
				}
				if err != nil {
					r.fail(row, p, err)
					fmt.Fprintf(os.Stderr, "round %d of %d  %s  %s: %v\n", round+1, b.rounds, row.name, p.name, err)
					continue
				}
				r.add(row, p, round, value)
				fmt.Fprintf(os.Stderr, "round %d of %d  %s  %s: %s\n", round+1, b.rounds, row.name, p.name, figure(value, row.unit))
			}
		}
	}
	return r
}
