//go:build linux

package main

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A peer is a server to measure.
type peer struct {
	name     string
	stranger bool                       // it answers GET / only
	closes   bool                       // and closes the connection behind each answer
	command  func(port string) []string // a stranger is told its port; the others say it
	bench    string                     // a bench with this Barewire in it; "" where this one has the peer
}

var (
	//go:embed hello.py
	helloPython string
	//go:embed nginx.conf
	nginxConf string
)

// installed returns the peers that this machine has. What they need is put into
// the directory temp.
func installed(ctx context.Context, temp string) ([]peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	barewire := filepath.Join(temp, "barewire")
	root, err := repository(ctx)
	if err != nil {
		return nil, err
	}
	if err := build(ctx, root, barewire); err != nil {
		return nil, err
	}
	always := func(command ...string) func(string) []string {
		return func(string) []string { return command }
	}
	peers := []peer{
		{name: "Barewire", command: always(serveBench(barewire)...)},
		{name: "net/http", command: always(self, "-serve", "nethttp")},
		{name: "fasthttp", command: always(self, "-serve", "fasthttp")},
		{name: "raw loop", command: always(self, "-serve", "raw")},
	}

	hello := filepath.Join(temp, "hello.py")
	if err := os.WriteFile(hello, []byte(helloPython), 0o666); err != nil {
		return nil, err
	}
	strangers := []peer{
		{name: "nginx", command: func(port string) []string {
			conf := filepath.Join(temp, "nginx.conf")
			text := strings.NewReplacer("$PORT", port, "$DIR", temp).Replace(nginxConf)
			_ = os.WriteFile(conf, []byte(text), 0o666) // nginx says so if it is missing
			return []string{"nginx", "-e", "stderr", "-c", conf}
		}},
		{name: "wsgiref", closes: true, command: func(port string) []string {
			return []string{"python3", hello, port}
		}},
		{name: "gunicorn", closes: true, command: func(port string) []string {
			return []string{"gunicorn", "--workers", "1", "--bind", "127.0.0.1:" + port, "--chdir", temp, "--log-level", "critical", "hello:app"}
		}},
		{name: "waitress", command: func(port string) []string {
			return []string{"waitress-serve", "--listen", "127.0.0.1:" + port, "--threads", "1", "hello:app"}
		}},
		{name: "uWSGI", closes: true, command: func(port string) []string {
			return []string{"uwsgi", "--http-socket", "127.0.0.1:" + port, "--plugin", "python3", "--wsgi-file", hello,
				"--callable", "app", "--disable-logging", "--listen", "100"}
		}},
	}
	for _, stranger := range strangers {
		stranger.stranger = true
		if _, err := exec.LookPath(stranger.command("0")[0]); err == nil {
			peers = append(peers, stranger)
		}
	}
	return peers, nil
}

// serveBench is the command line of Barewire.
func serveBench(binary string) []string {
	return []string{binary, "serve", "bench:App", "--trace", "none", "--addr", "127.0.0.1:0", "--max-connections", "16384"}
}

// repository finds the one that this module is in.
func repository(ctx context.Context) (root string, err error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "barewire").Output()
	if err != nil {
		return "", fmt.Errorf("go list finds no barewire, which it does in internal/bench: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// build builds the program in a directory.
func build(ctx context.Context, dir, binary string, flags ...string) error {
	command := exec.CommandContext(ctx, "go", slices.Concat([]string{"build", "-o", binary}, flags, []string{"."})...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// A process is a peer that runs.
type process struct {
	peer peer
	addr string
	pid  int
	cmd  *exec.Cmd
	said *strings.Builder // on standard error
}

// start starts a peer on the core of the servers. Whatever becomes of this
// process, that one ends with it.
func (b *bench) start(p peer) (*process, error) {
	port := ""
	if p.stranger {
		var err error
		if port, err = freePort(); err != nil {
			return nil, err
		}
	}
	command := p.command(port)
	server := &process{peer: p, cmd: exec.Command(command[0], command[1:]...), said: new(strings.Builder)}
	if p.stranger {
		server.cmd.Dir = filepath.Dir(command[len(command)-1])
	}
	server.cmd.Stderr = server.said
	if b.pinned {
		server.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	}
	server.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := server.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.onServerCore(server.cmd.Start); err != nil {
		return nil, err
	}
	server.pid = server.cmd.Process.Pid
	if p.stranger {
		server.addr = "127.0.0.1:" + port
		go func() { _, _ = io.Copy(io.Discard, out) }()
		err = server.awaitPort()
	} else {
		err = server.awaitLine(out)
	}
	if err != nil {
		server.stop()
		return nil, fmt.Errorf("%s does not serve: %w\n%s", p.name, err, server.said)
	}
	return server, nil
}

// freePort returns a port that nobody listens at. Somebody else may be faster;
// then the peer says so.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port), nil
}

// awaitLine reads where the server listens, and drops what it says after that.
func (s *process) awaitLine(out io.Reader) error {
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	if err != nil {
		return err
	}
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	if !ok {
		return fmt.Errorf("it begins with %q", line)
	}
	s.addr = addr
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return nil
}

// patience is how long a server may be silent.
const patience = 10 * time.Second

// awaitPort tries to connect until that succeeds.
func (s *process) awaitPort() error {
	for began := time.Now(); time.Since(began) < patience; time.Sleep(200 * time.Microsecond) {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			return conn.Close()
		}
	}
	return errors.New("nobody listens")
}

// stop kills the server and all that it has started.
func (s *process) stop() {
	_ = syscall.Kill(-s.pid, syscall.SIGKILL) // it may be gone
	_ = s.cmd.Wait()                          // it was killed, and says that
}
