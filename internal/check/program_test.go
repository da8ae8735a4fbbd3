//go:build unix

package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary is also the program that the tests start: with this variable
// it does as its value says.
const programEnv = "BAREWIRE_TEST_PROGRAM"

func init() {
	mode := os.Getenv(programEnv)
	if mode == "" {
		return
	}
	time.AfterFunc(5*time.Minute, func() { os.Exit(9) }) // whatever becomes of the test
	program(mode)
	os.Exit(3)
}

func program(mode string) {
	switch mode {
	case "silent":
		fmt.Print("a\x1b[2Jb")
		select {}
	case "fails":
		fmt.Fprintln(os.Stderr, "no such file")
		return
	case "parent": // whose child holds the socket, and neither goes when asked
		signal.Ignore(syscall.SIGTERM)
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), programEnv+"=stubborn")
		child.Stdout = os.Stdout
		_ = child.Run()
		return
	case "naive": // for which every client asks something
		listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
		if err != nil {
			return
		}
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		if _, err := conn.Read(make([]byte, 100)); err != nil {
			fmt.Fprintln(os.Stderr, "no\x1b[2J request:", err)
		}
		return
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
	}
	port := "0"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return
	}
	if port == "0" {
		fmt.Printf("listening on http://%s\n", listener.Addr())
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, helloAnswer)
		said, _ := io.ReadAll(conn)
		if strings.Contains(string(said), "die") {
			return
		}
		conn.Close()
	}
}

// start starts the test binary as a program.
func start(t *testing.T, ctx context.Context, mode string, args ...string) (*Program, error) {
	t.Helper()
	t.Setenv(programEnv, mode)
	program, err := Start(ctx, "", append([]string{os.Args[0]}, args...))
	if err == nil {
		t.Cleanup(program.Stop)
	}
	return program, err
}

func TestProgram(t *testing.T) {
	for name, args := range map[string][]string{"it says where": nil, "it is told the port": {"{port}"}} {
		t.Run(name, func(t *testing.T) {
			program, err := start(t, context.Background(), "serve", args...)
			if err != nil {
				t.Fatal(err)
			}
			if err := program.Alive(); err != nil {
				t.Error(err)
			}
			passes(t, Target{Addr: program.Addr, Alive: program.Alive}, ask(Want{Status: "200"}))
			if said := string(program.Output()); args == nil && said != "listening on http://"+program.Addr+"\n" {
				t.Errorf("it printed %q", said)
			}
			program.Stop()
			program.Stop()
			if program.Alive() == nil {
				t.Error("it lives, and was stopped")
			}
			if _, err := net.Dial("tcp", program.Addr); err == nil {
				t.Error("it listens, and was stopped")
			}
		})
	}
}

func TestProgramDies(t *testing.T) {
	program, err := start(t, context.Background(), "serve")
	if err != nil {
		t.Fatal(err)
	}
	check := ask(Want{Status: "200"})
	check.Say = []Piece{{Bytes: "GET /die HTTP/1.1\r\n\r\n", Half: true}}
	target := Target{Addr: program.Addr, Demo: 99, Alive: func() error {
		select {
		case <-program.done:
		case <-time.After(hang):
		}
		return program.Alive()
	}}
	result := Run(context.Background(), target, check)
	if result.Alive || result.Passed || result.Wrong != "afterwards the server is dead: the program has ended (exit status 3)" {
		t.Errorf("got %+v", result)
	}
}

func TestProgramFails(t *testing.T) {
	_, err := start(t, context.Background(), "fails")
	want := "the program ended before it listened (exit status 3); its last output: no such file"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// A program that cannot bear a client who says nothing is told that there was one.
func TestProgramDiesOfOurCall(t *testing.T) {
	program, err := start(t, context.Background(), "naive", "{port}")
	if err == nil { // it was slow to die
		<-program.Done()
		err = errors.New(program.Epitaph())
	}
	const cause, words = "just after somebody had called its port and hung up without a word", `; its last output: no\x1b[2J request: EOF`
	if err == nil || !strings.Contains(err.Error(), cause) || !strings.HasSuffix(err.Error(), words) {
		t.Errorf("got %q, want in it %q and %q", err, cause, words)
	}
}

func TestProgramNeverSays(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := start(t, ctx, "silent")
	if err == nil || !strings.HasPrefix(err.Error(), "the program never says where it listens: ") ||
		strings.ContainsRune(err.Error(), '\x1b') {
		t.Errorf("got %q", err)
	}
}

func TestProgramCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := start(t, ctx, "silent"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	program, err := start(t, ctx, "serve")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-program.done:
	case <-time.After(hang):
		t.Error("it lives, and ctx was cancelled")
	}
}

// What a program has started ends with it, even if it does not want to.
func TestProgramGroup(t *testing.T) {
	program, err := start(t, context.Background(), "parent")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", program.Addr) // which the child has
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	program.Stop()
	_ = conn.SetReadDeadline(time.Now().Add(hang))
	if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the child of the program lives")
	}
}

func TestProgramNotThere(t *testing.T) {
	if _, err := Start(context.Background(), "", []string{"/no/such/program"}); err == nil {
		t.Error("it was started")
	}
	if _, err := Start(context.Background(), "", nil); err == nil {
		t.Error("nothing was started")
	}
}

func TestOutput(t *testing.T) {
	for _, test := range []struct {
		printed []string
		addr    string
	}{
		{[]string{"listening on http://127.0.0.1:8888\n"}, "127.0.0.1:8888"},
		{[]string{"x\nlisten", "ing on http://127.0.0.1:88", "88", "\n"}, "127.0.0.1:8888"},
		{[]string{"listening on http://0.0.0.0:80/\n"}, "127.0.0.1:80"},
		{[]string{"listening on http://[::]:80 now\n"}, "127.0.0.1:80"},
		{[]string{"listening on http://:80\n"}, "127.0.0.1:80"},
		{[]string{"listening on http://localhost:80\n"}, "localhost:80"},
		{[]string{"listening on http://127.0.0.1:8888"}, ""},
		{[]string{"listening\n"}, ""},
		{[]string{"listening on http://[::1]:80\n"}, "[::1]:80"},
		{[]string{"listening on http://\x1b[2J:80\n"}, ""},
		{[]string{"listening on http://\u202ehost:80\n"}, ""},
		{[]string{"listening on http://user@host:80\n"}, ""},
		{[]string{"listening on http://a:b:80\n", "listening on http://127.0.0.1:81\n"}, "127.0.0.1:81"},
		{[]string{"listening on http://h:123456\n"}, ""},
	} {
		out := output{said: make(chan string, 1)}
		for _, text := range test.printed {
			_, _ = out.Write([]byte(text))
		}
		addr := ""
		select {
		case addr = <-out.said:
		default:
		}
		if addr != test.addr {
			t.Errorf("%q says %q, want %q", test.printed, addr, test.addr)
		}
	}
	out := output{said: make(chan string, 1)}
	for range 100 {
		_, _ = out.Write(make([]byte, 1000))
	}
	_, _ = out.Write([]byte("end"))
	if last := out.last(); len(last) != maxOutput || !strings.HasSuffix(string(last), "end") {
		t.Errorf("kept %d B", len(last))
	}
}
