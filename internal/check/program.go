package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"barewire/server/trace"
)

const (
	startLimit = 60 * time.Second // "go run" compiles first
	stopLimit  = 3 * time.Second  // from SIGTERM to SIGKILL
	maxOutput  = 64 << 10         // that is kept
)

// A Program is a server that we have started, in a process group of its own: it
// and all that it starts ends with [Program.Stop].
type Program struct {
	Addr string // where it listens: host:port

	cmd    *exec.Cmd
	output output
	ends   []*lines      // whose last line may have no end
	done   chan struct{} // closed when it has ended
	err    error         // how, once it is done
	ended  time.Time     // when, once it is done
	stop   sync.Once

	knocked time.Time // when we called it to see whether it listens; zero if it said so
}

// Start starts a command in a folder, as a Launch does.
func Start(ctx context.Context, dir string, command []string) (*Program, error) {
	return Launch{Dir: dir, Command: command}.Start(ctx)
}

// A Launch says how to start a program.
type Launch struct {
	Command []string
	Dir     string
	Env     []string // added to that of this process

	// Line is given each line that the program prints, and tells whether it is a
	// word of the program: only those are kept. Nil keeps all.
	Line func(line []byte) (word bool)
}

// Start starts the command and waits until it listens. A {port} in its arguments
// is replaced by a free port; without one, the program has to say "listening on
// http://HOST:PORT". It ends when ctx is cancelled, or by Stop.
func (l Launch) Start(ctx context.Context) (*Program, error) {
	if len(l.Command) == 0 {
		return nil, errors.New("there is no command to run")
	}
	command, addr, err := fillPort(l.Command)
	if err != nil {
		return nil, err
	}
	p := &Program{cmd: exec.Command(command[0], command[1:]...), done: make(chan struct{})}
	p.output.said = make(chan string, 1)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = l.Dir, &p.output, &p.output
	if l.Line != nil {
		stdout, stderr := &lines{each: l.Line, words: &p.output}, &lines{each: l.Line, words: &p.output}
		p.cmd.Stdout, p.cmd.Stderr = stdout, stderr
		p.ends = []*lines{stdout, stderr}
	}
	p.cmd.Env = append(os.Environ(), l.Env...)
	p.cmd.WaitDelay = stopLimit // a child of its own may hold the output open
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err, p.ended = p.cmd.Wait(), time.Now()
		for _, lines := range p.ends {
			lines.end()
		}
		close(p.done)
	}()
	if err := p.awaitAddr(ctx, addr); err != nil {
		p.Stop()
		return nil, err
	}
	context.AfterFunc(ctx, p.Stop)
	return p, nil
}

// fillPort puts a free port where the command wants one, and returns its address.
func fillPort(command []string) (filled []string, addr string, err error) {
	if !strings.Contains(strings.Join(command, " "), "{port}") {
		return command, "", nil
	}
	// The port is free again when we close it, and there is no way to hand it over
	// to any program. So that nobody takes it meanwhile it is none of those that
	// the system gives to whoever wants just any.
	var listener net.Listener
	for range 100 {
		port := 10_000 + rand.IntN(20_000)
		if listener, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			break
		}
	}
	if err != nil {
		return nil, "", err
	}
	addr = listener.Addr().String()
	_, port, _ := net.SplitHostPort(addr) // it is one, for it was an address
	for _, word := range command {
		filled = append(filled, strings.ReplaceAll(word, "{port}", port))
	}
	return filled, addr, listener.Close()
}

// knockTwice is how long a program must live after somebody has answered at its port:
// one whose port is taken ends at once, and a stranger was asked.
const knockTwice = 50 * time.Millisecond

// awaitAddr waits until the program takes connections, at addr if that is known.
func (p *Program) awaitAddr(ctx context.Context, addr string) error {
	late, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	knock := time.NewTicker(20 * time.Millisecond)
	defer knock.Stop()
	for {
		select {
		case said := <-p.output.said:
			if addr == "" {
				p.Addr = said
				return nil
			}
		case <-knock.C:
			if addr == "" {
				continue // it will say
			}
			conn, err := net.DialTimeout("tcp", addr, time.Second)
			if err != nil {
				continue
			}
			conn.Close()
			p.knocked = time.Now()
			select {
			case <-p.done: // of our call, or because it is somebody else who listens
				continue
			case <-time.After(knockTwice):
				p.Addr = addr
				return nil
			}
		case <-p.done:
			if !p.knocked.IsZero() {
				return errors.New(p.Epitaph())
			}
			return fmt.Errorf("the program ended before it listened (%s); %s", p.ending(), p.lastWords())
		case <-late.Done():
			if ctx.Err() == context.Canceled {
				return ctx.Err()
			}
			return fmt.Errorf("the program never says where it listens: it has to print \"listening on http://HOST:PORT\", or take its port as {port}; %s", p.lastWords())
		}
	}
}

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Epitaph tells how the program ended, once it has, and what it said last.
func (p *Program) Epitaph() string {
	return fmt.Sprintf("the program has ended (%s)%s; %s", p.ending(), p.cause(), p.lastWords())
}

// ofKnock is how soon behind our first call an end has probably to do with it.
const ofKnock = 500 * time.Millisecond

// cause tells, of a program that ended as soon as we had called it, that we had: no
// check has said a word by then.
func (p *Program) cause() string {
	if p.knocked.IsZero() || p.ended.Sub(p.knocked) > ofKnock {
		return ""
	}
	return ", just after somebody had called its port and hung up without a word; that is how it is found out whether it listens, and a server has to bear it, unless another program had the port"
}

// Alive is for [Target]: an error tells that the program has ended.
func (p *Program) Alive() error {
	select {
	case <-p.done:
		return fmt.Errorf("the program has ended (%s)", p.ending())
	default:
		return nil
	}
}

// ending tells how the program ended, once it has.
func (p *Program) ending() string {
	if p.err == nil {
		return "exit status 0"
	}
	return p.err.Error()
}

// Output returns what the program printed last.
func (p *Program) Output() []byte { return p.output.last() }

// Stop ends the program and all that it has started. It may be called more than
// once.
func (p *Program) Stop() {
	p.stop.Do(func() {
		endGroup(p.cmd)
		select {
		case <-p.done:
		case <-time.After(stopLimit):
		}
		killGroup(p.cmd) // its children too, which may outlive it
		<-p.done
	})
}

// lastWords shows the end of the output within a sentence.
func (p *Program) lastWords() string {
	const longest = 500
	said := bytes.TrimSpace(p.Output())
	if len(said) == 0 {
		return "it printed nothing"
	}
	return "its last output: " + trace.Escape(said[max(0, len(said)-longest):])
}

// An output keeps the end of what a program prints, and finds its address in it.
type output struct {
	mu   sync.Mutex
	kept []byte
	told bool        // the address has been found
	said chan string // the address, when it has been printed
}

// listening is what a program prints. Something follows the port, or there could
// be more of it to come. The address is shown to people, so it has only such bytes
// as an address has.
var listening = regexp.MustCompile(`listening on http://([A-Za-z0-9.:\[\]-]*:[0-9]{1,5})[\s/]`)

func (o *output) Write(printed []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept = append(o.kept, printed...)
	for _, found := range listening.FindAllSubmatch(o.kept, -1) {
		addr := string(found[1])
		if host, port, err := net.SplitHostPort(addr); err == nil && !o.told {
			o.told = true
			o.said <- reachable(host, port) // there is room for one
		}
	}
	o.kept = o.kept[max(0, len(o.kept)-maxOutput):]
	return len(printed), nil
}

// reachable turns the address of all interfaces into one that can be called.
func reachable(host, port string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func (o *output) last() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.kept)
}
