package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"barewire/server/trace"

	"github.com/spf13/pflag"
)

const (
	boardLimit = 5 * time.Second // for the board's answer
	maxRefusal = 300             // bytes of it that are shown
)

// A board is where results are sent, if somebody asks for it: classroom:App.
type board struct {
	url     boardURL // "" for nowhere
	learner string
}

// addTo adds the flags that ask for it.
func (b *board) addTo(flags *pflag.FlagSet) {
	flags.Var(&b.url, "report", "send the results to the board, classroom:App, at `http://HOST:PORT`")
	flags.StringVar(&b.learner, "as", "", "report as `NAME` (default $USER)")
}

// agree tells of flags that contradict each other, and finds the name.
func (b *board) agree(world World, runs bool) error {
	switch {
	case b.url == "" && b.learner != "":
		return errors.New("--as is the name for a report; --report says where to send it")
	case b.url == "":
		return nil
	case !runs:
		return errors.New("--report sends results, and nothing runs here; leave one out")
	}
	if b.learner = cmp.Or(b.learner, world.Env("USER")); b.learner == "" {
		return errors.New("--report wants a name, and $USER is empty; say it with --as NAME")
	}
	return nil
}

// tell reports the results of a run, unless it was cancelled. What goes wrong is
// told, and changes nothing: the checks are what counts.
func (b *board) tell(ctx context.Context, world World, r *report) {
	if b.url == "" || ctx.Err() != nil {
		return
	}
	if err := b.send(ctx, r); err != nil {
		fmt.Fprintf(world.Err, "barewire: the results were not reported: %v\n", err)
	}
}

func (b *board) send(ctx context.Context, r *report) error {
	type result struct {
		ID     string `json:"id"`
		Passed bool   `json:"passed"`
	}
	results := []result{}
	for _, one := range slices.Concat(r.passed, r.failed, r.milder) {
		results = append(results, result{one.Check.ID, one.Passed})
	}
	text, err := json.Marshal(map[string]any{"learner": b.learner, "results": results})
	if err != nil {
		return err
	}
	there, err := neturl.JoinPath(string(b.url), "report")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, boardLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, there, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a name goes where it was sent, and nowhere else
	}}
	response, err := client.Do(request)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nobody listens at %s", b.url)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s does not answer within %v", b.url, boardLimit)
	case err != nil:
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		return nil
	}
	said, _ := io.ReadAll(io.LimitReader(response.Body, maxRefusal)) // what came is shown
	return fmt.Errorf("%s answers %s: %s", b.url, trace.Escape([]byte(response.Status)), trace.Escape(bytes.TrimSpace(said)))
}

// A boardURL is a flag that takes the address of a board.
type boardURL string

func (b *boardURL) String() string { return string(*b) }
func (b *boardURL) Type() string   { return "string" }

func (b *boardURL) Set(text string) error {
	parsed, err := neturl.Parse(text)
	if err != nil {
		return err
	}
	if scheme := strings.ToLower(parsed.Scheme); scheme != "http" && scheme != "https" || parsed.Host == "" || parsed.RawQuery != "" || parsed.Fragment != "" {
		return errors.New("this is no address of a board")
	}
	*b = boardURL(text)
	return nil
}
