package command_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestDeployKilled has nginx with the configuration of docs/deploy.md before three
// processes, and clients who never stop asking. Processes and their workers are killed
// with a request in their hands. Who asks with GET does not notice.
func TestDeployKilled(t *testing.T) {
	shop := openShop(t, "http")
	load := shop.load(t)
	load.reaches(t, shop.processes...)
	for _, test := range []struct {
		name, method string
		kill         func(*testing.T, *process, call)
		retried      bool
	}{
		{"a process with a GET", "GET", killProcess, true},
		{"a process with a PUT, which may be repeated too", "PUT", killProcess, true},
		{"a process with a POST", "POST", killProcess, false},
		{"a worker with a GET", "GET", killWorker, true},
		{"a worker with a POST", "POST", killWorker, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			held := shop.hold(test.method, "/held")
			first := held.call(t, 1)
			victim := shop.of(t, first)
			test.kill(t, victim, first)
			wantStatus, wantCalls := 502, 1
			if test.retried {
				wantStatus, wantCalls = 200, 2
				if again := held.call(t, 2); again.process == first.process {
					t.Errorf("nginx asks %v again, which had it before", again)
				}
			}
			held.letGo(t)
			if got := <-held.answer; got.err != nil || got.status != wantStatus {
				t.Errorf("the answer is %v, want %d", got, wantStatus)
			}
			if calls := held.calls(t); len(calls) != wantCalls {
				t.Errorf("the application was called by %v, want %d", calls, wantCalls)
			}
			if victim.cmd == nil {
				victim.start(t)
			}
			load.reaches(t, victim) // nginx tries it again
		})
	}
	t.Run("an answer that has begun cannot begin again", func(t *testing.T) {
		held := shop.hold("GET", "/events")
		first := held.call(t, 1)
		killProcess(t, shop.of(t, first), first)
		if got := <-held.answer; !errors.Is(got.err, io.ErrUnexpectedEOF) || got.text != "first\n" {
			t.Errorf("the answer is %v, want its first line and an unexpected end", got)
		}
		held.letGo(t)
	})
	load.end(t)
}

// TestDeployStopped stops and starts one process after another, politely: no client
// sees an error, and what is in hand is finished first.
func TestDeployStopped(t *testing.T) {
	shop := openShop(t, "http")
	load := shop.load(t)
	load.reaches(t, shop.processes...)
	for _, method := range []string{"GET", "POST", "POST"} {
		held := shop.hold(method, "/held")
		p := shop.of(t, held.call(t, 1))
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the socket is gone", func() bool {
			_, err := os.Stat(p.socket)
			return err != nil
		})
		held.letGo(t)
		if got := <-held.answer; got.err != nil || got.status != 200 || len(held.calls(t)) != 1 {
			t.Errorf("what a process has in hand when it stops is answered with %v, after calls by %v", got, held.calls(t))
		}
		if err := p.end(); err != nil {
			t.Errorf("a polite stop ends with %v", err)
		}
		for range 2 * len(shop.processes) { // one of them for the process that is not there
			request, err := http.NewRequest("POST", "https://shop.example/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := shop.do(request); got.status != 200 {
				t.Errorf("while a process is missing, POST gets %v", got)
			}
		}
		p.start(t)
		load.reaches(t, p)
	}
	load.end(t)
}

// TestDeployTold: the application learns from nginx who asks, and the client gets
// each chunk of a stream when it is there.
func TestDeployTold(t *testing.T) {
	shop := openShop(t, "http")
	request, err := http.NewRequest("GET", "https://shop.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", "10.0.0.1")
	request.Header.Set("X-Forwarded-Proto", "gopher")
	if _, told, _ := strings.Cut(shop.do(request).text, " "); told != byHTTP {
		t.Errorf("the application is told %q", told)
	}
	answer, err := shop.client.Transport.RoundTrip(httptest.NewRequest("GET", "http://shop.example/a?b", nil))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if got := answer.Header.Get("Location"); answer.StatusCode != 308 || got != "https://shop.example/a?b" {
		t.Errorf("without TLS: %d to %q", answer.StatusCode, got)
	}

	held := shop.newHeld()
	answer, err = shop.client.Get("https://shop.example/events?" + held.name)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	if first, err := lines.ReadString('\n'); first != "first\n" || err != nil {
		t.Errorf("the first chunk is %q, %v", first, err)
	}
	held.letGo(t)
	if rest, err := io.ReadAll(lines); string(rest) != "second\n" || err != nil {
		t.Errorf("the rest is %q, %v", rest, err)
	}
}

// TestDeployUnit has systemd judge the unit of docs/deploy.md.
func TestDeployUnit(t *testing.T) {
	missing, err := condition("missing:systemd-analyze")
	if err != nil {
		t.Fatal(err)
	}
	if missing {
		t.Skip("systemd-analyze is not installed, so nobody judges the unit")
	}
	barewire, err := exec.LookPath("barewire")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/deploy/shop@.service")
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "shop@1.service")
	here := strings.Replace(string(text), "/usr/local/bin/barewire", barewire, 1) // the program must be there
	if err := os.WriteFile(unit, []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("systemd-analyze", "verify", "--recursive-errors=no", unit).CombinedOutput()
	if err != nil || len(said) > 0 {
		t.Errorf("systemd-analyze says %q, %v", said, err)
	}
}

// TestDeployOthers has the same by the other protocols: the application is told who
// asks, and that it is by TLS, and a GET is asked again where a POST is not.
func TestDeployOthers(t *testing.T) {
	for _, protocol := range []string{"uwsgi", "fastcgi"} {
		t.Run(protocol, func(t *testing.T) {
			shop := openShop(t, protocol)
			for method, wantStatus := range map[string]int{"GET": 200, "POST": 502} {
				held := shop.hold(method, "/held")
				first := held.call(t, 1)
				killProcess(t, shop.of(t, first), first)
				held.letGo(t)
				got := <-held.answer
				if _, told, _ := strings.Cut(got.text, " "); got.status != wantStatus || method == "GET" && told != "shop.example - - 127.0.0.1 https" {
					t.Errorf("%s is answered with %v, want %d", method, got, wantStatus)
				}
			}
		})
	}
}

// byHTTP is what the application is told by proxy_pass.
const byHTTP = "shop.example 127.0.0.1 https - http"

// A shop is three processes that serve testdata/deploy/app.py, behind nginx with
// testdata/deploy/shop.conf.
type shop struct {
	dir       string
	processes []*process
	client    *http.Client
	helds     int
}

func openShop(t *testing.T, protocol string) *shop {
	t.Helper()
	program := needNginx(t)
	needPython(t)
	front := newFront(t, program)
	s := &shop{dir: front.dir}
	t.Setenv("SHOP_HELD", s.dir)
	for number := range 3 {
		p := &process{protocol: protocol, socket: filepath.Join(s.dir, strconv.Itoa(number+1))}
		s.processes = append(s.processes, p)
		t.Cleanup(func() {
			if p.cmd != nil {
				_ = p.cmd.Process.Kill()
				_ = p.end() // it was killed, and says that
			}
		})
		p.start(t)
	}

	config, err := os.ReadFile("testdata/deploy/shop.conf")
	if err != nil {
		t.Fatal(err)
	}
	inside, plain, secure := string(config), freeAddr(t), freeAddr(t)
	for of, here := range map[string]string{
		"unix:/run/shop/": "unix:" + s.dir + "/",
		"/etc/shop/":      s.dir + "/",
		"listen 80;":      "listen " + plain + ";",
		"listen 443 ssl;": "listen " + secure + " ssl;",
	} {
		if !strings.Contains(inside, of) {
			t.Fatalf("shop.conf has no %q", of)
		}
		inside = strings.ReplaceAll(inside, of, here)
	}
	if protocol != "http" {
		inside = strings.Replace(inside, "proxy_pass http://shop;", fmt.Sprintf("%[1]s_pass shop; include /etc/nginx/%[1]s_params;", protocol), 1)
	}
	roots := certify(t, s.dir, "shop.example")
	front.run(t, secure, inside)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			here := plain
			if strings.HasSuffix(address, ":443") {
				here = secure
			}
			return new(net.Dialer).DialContext(ctx, network, here)
		},
		MaxIdleConnsPerHost: 100,
	}
	t.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{Transport: transport, Timeout: patience}
	return s
}

// needPython skips a test without it, unless no test may be skipped.
func needPython(t *testing.T) {
	t.Helper()
	missing, err := condition("missing:python3")
	if err != nil {
		t.Fatal(err)
	}
	if missing {
		t.Skip("python3 is not installed, so there is no shop behind nginx")
	}
}

// certify writes a certificate that nobody else has signed, and its key.
func certify(t *testing.T, dir, host string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: host},
		DNSNames:     []string{host},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
	signed, err := x509.CreateCertificate(rand.Reader, certificate, certificate, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	for _, file := range []struct {
		name  string
		block pem.Block
	}{
		{"certificate.pem", pem.Block{Type: "CERTIFICATE", Bytes: signed}},
		{"key.pem", pem.Block{Type: "PRIVATE KEY", Bytes: secret}},
	} {
		text := pem.EncodeToMemory(&file.block)
		roots.AppendCertsFromPEM(text)
		if err := os.WriteFile(filepath.Join(dir, file.name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return roots
}

// A process is one of barewire serve.
type process struct {
	protocol string
	socket   string
	cmd      *exec.Cmd // nil when it has ended
}

func (p *process) start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command("barewire", "serve", "testdata/deploy/app.py:app", "--workers", "2", "--protocol", p.protocol, "--addr", "unix:"+p.socket, "--trace", "none")
	p.cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "listening on unix:"+p.socket+"\n" {
		t.Fatalf("barewire serve says %q, %v", line, err)
	}
}

func (p *process) pid() string { return strconv.Itoa(p.cmd.Process.Pid) }

// end waits until it has ended.
func (p *process) end() error {
	err := p.cmd.Wait()
	p.cmd = nil
	return err
}

// killProcess kills a process with all that it has in its hands.
func killProcess(t *testing.T, p *process, _ call) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.end() // it was killed, and says that
}

// killWorker kills only the worker that was called, which is replaced.
func killWorker(t *testing.T, _ *process, c call) {
	t.Helper()
	worker, err := strconv.Atoi(c.worker)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.FindProcess(worker)
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Kill(); err != nil {
		t.Fatal(err)
	}
}

// A reply is what a client got.
type reply struct {
	status int
	text   string
	err    error
}

func (s *shop) do(request *http.Request) reply {
	answer, err := s.client.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, string(text), err}
}

// A held request stays in the application until it is let go.
type held struct {
	shop   *shop
	name   string
	answer chan reply
}

func (s *shop) newHeld() *held {
	s.helds++
	return &held{shop: s, name: fmt.Sprint("held", s.helds), answer: make(chan reply, 1)}
}

// hold asks for a page that holds.
func (s *shop) hold(method, path string) *held {
	h := s.newHeld()
	go func() {
		request, err := http.NewRequest(method, "https://shop.example"+path+"?"+h.name, nil)
		if err != nil {
			h.answer <- reply{err: err}
			return
		}
		h.answer <- s.do(request)
	}()
	return h
}

// A call is one of the application, as it notes it.
type call struct{ method, process, worker string }

func (h *held) calls(t *testing.T) (calls []call) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(h.shop.dir, h.name+".calls"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); strings.HasSuffix(line, "\n") && len(words) == 3 {
			calls = append(calls, call{words[0], words[1], words[2]})
		}
	}
	return calls
}

// call waits for the call of that number.
func (h *held) call(t *testing.T, number int) call {
	t.Helper()
	eventually(t, fmt.Sprintf("call %d comes", number), func() bool { return len(h.calls(t)) >= number })
	return h.calls(t)[number-1]
}

func (h *held) letGo(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.shop.dir, h.name+".go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// of finds the process that a call is in.
func (s *shop) of(t *testing.T, c call) *process {
	t.Helper()
	for _, p := range s.processes {
		if p.cmd != nil && p.pid() == c.process {
			return p
		}
	}
	t.Fatalf("no process has %v in its hands", c)
	return nil
}

// A load is several clients who ask again and again, with GET.
type load struct {
	stop    chan struct{}
	clients sync.WaitGroup
	mutex   sync.Mutex
	answers map[string]int // by process
	failed  []reply
}

func (s *shop) load(t *testing.T) *load {
	l := &load{stop: make(chan struct{}), answers: make(map[string]int)}
	for range 6 {
		l.clients.Add(1)
		go func() {
			defer l.clients.Done()
			for {
				select {
				case <-l.stop:
					return
				default:
					request, err := http.NewRequest("GET", "https://shop.example/", nil)
					if err != nil {
						panic(err)
					}
					l.note(s.do(request))
				}
			}
		}()
	}
	t.Cleanup(func() { l.end(t) })
	return l
}

func (l *load) note(got reply) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	process, told, _ := strings.Cut(got.text, " ")
	if got.err != nil || got.status != 200 || told != byHTTP {
		l.failed = append(l.failed, got)
	}
	l.answers[process]++
}

func (l *load) of(p *process) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.answers[p.pid()]
}

// reaches waits until each of the processes has answered once more.
func (l *load) reaches(t *testing.T, processes ...*process) {
	t.Helper()
	for _, p := range processes {
		before := l.of(p)
		eventually(t, "a process is asked", func() bool { return l.of(p) > before })
	}
}

// end ends the load. Of all its requests none may have failed.
func (l *load) end(t *testing.T) {
	t.Helper()
	select {
	case <-l.stop:
		return
	default:
	}
	close(l.stop)
	l.clients.Wait()
	if len(l.failed) > 0 || len(l.answers) == 0 {
		t.Errorf("of %v answers %d are wrong, as %v", l.answers, len(l.failed), l.failed[:min(3, len(l.failed))])
	}
}

// eventually waits for something that must come.
func eventually(t *testing.T, what string, come func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !come(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come that %s", what)
		}
	}
}
