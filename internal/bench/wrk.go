//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// findLoad chooses where the load of the keep-alive rows is from.
func (b *bench) findLoad(choice string) error {
	_, err := exec.LookPath("wrk")
	switch choice {
	case "auto":
		b.wrk = err == nil
	case "wrk":
		b.wrk = true
		return err
	case "own":
	default:
		return fmt.Errorf("-load is wrk, own or auto, not %q", choice)
	}
	return nil
}

// wrk has the load made by wrk, which says the same request on all connections.
// It inherits the core of this process.
func (l load) wrk(ctx context.Context, server *process, long time.Duration) (answers int, took, cpu time.Duration, err error) {
	args := []string{"-t1", "-c", strconv.Itoa(l.clients), "-d", strconv.Itoa(max(1, int(long.Round(time.Second)/time.Second))) + "s"}
	first, lines, _ := strings.Cut(l.requests[0], "\r\n")
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\r\n") {
		args = append(args, "-H", line)
	}
	wrk := exec.CommandContext(ctx, "wrk", append(args, "http://"+server.addr+strings.Fields(first)[1])...)
	wrk.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began, used := time.Now(), server.cpu()
	out, err := wrk.Output()
	took, cpu = time.Since(began), server.cpu()-used
	if err != nil {
		return 0, 0, 0, fmt.Errorf("wrk: %w", err)
	}
	answers, err = parseWrk(string(out))
	return answers, took, cpu, err
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in `)
	errWrk      = errors.New("wrk does not tell how many requests it made")
)

// parseWrk finds how many answers there were, all of them good ones.
func parseWrk(out string) (int, error) {
	for _, complaint := range []string{"Socket errors", "Non-2xx"} {
		if _, said, ok := strings.Cut(out, complaint); ok {
			said, _, _ = strings.Cut(said, "\n")
			return 0, fmt.Errorf("wrk: %s%s", complaint, said)
		}
	}
	found := wrkRequests.FindStringSubmatch(out)
	if found == nil {
		return 0, errWrk
	}
	return strconv.Atoi(found[1])
}
