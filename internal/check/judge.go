package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// judge compares an answer with what is wanted. The framing was judged when the
// answer was read.
func (r *reply) judge(want Want) *fault {
	if wrong := r.judgeStatus(want.Status); wrong != nil {
		return wrong
	}
	for _, wanted := range want.Fields {
		if wrong := r.judgeField(wanted); wrong != nil {
			return wrong
		}
	}
	for _, name := range want.Without {
		for i, field := range r.Fields {
			if strings.EqualFold(field[0], name) {
				return &fault{r.fields[i], "no field " + name, "there is a field " + name}
			}
		}
	}
	if want.Short && !r.broke {
		return &fault{r.end, "a body that visibly breaks off", "the answer looks whole"}
	}
	if wrong := r.judgeBody(want); wrong != nil {
		return wrong
	}
	if want.Judge != nil {
		if wrong := want.Judge(r.Answer); wrong != "" {
			return &fault{r.offset(0), "", wrong}
		}
	}
	return nil
}

func (r *reply) judgeStatus(wanted string) *fault {
	statuses := strings.Fields(wanted)
	if len(statuses) == 0 || slices.Contains(statuses, r.Status) {
		return nil
	}
	right := 0
	for _, status := range statuses {
		right = max(right, common(status, r.Status))
	}
	return &fault{r.start + len("HTTP/1.1 ") + right, "", "the status is " + r.Status}
}

// judgeField looks for a field: its name, or "Name: value".
func (r *reply) judgeField(wanted string) *fault {
	name, value, valued := strings.Cut(wanted, ":")
	value = strings.TrimSpace(value)
	all, has := r.Field(name)
	switch {
	case !has:
		return &fault{r.blank, "a field " + wanted, "there is no field " + name}
	case !valued || all == value:
		return nil
	}
	at, got := r.blank, ""
	for i, field := range r.Fields {
		if !strings.EqualFold(field[0], name) {
			continue
		}
		if field[1] == value || isList(name) && listed(field[1], value) {
			return nil
		}
		if got == "" {
			got = field[1]
			line := r.Raw[r.fields[i]-r.start:]
			at = r.fields[i] + len(field[0]) + len(":")
			at += bytes.IndexFunc(line[len(field[0])+1:], func(b rune) bool { return b != ' ' && b != '\t' })
			at += common(value, got)
		}
	}
	return &fault{at, "a field " + wanted, fmt.Sprintf("the field %s is %s", name, quote([]byte(all)))}
}

// isList tells of a field whose value is a list of words, whatever their case.
func isList(name string) bool {
	return strings.EqualFold(name, "Connection") || strings.EqualFold(name, "Transfer-Encoding")
}

func listed(list, word string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(member string) bool {
		return strings.EqualFold(strings.TrimSpace(member), word)
	})
}

func (r *reply) judgeBody(want Want) *fault {
	body := string(r.Body)
	if want.Body != nil && body != *want.Body && !want.Short {
		i := common(body, *want.Body)
		return &fault{r.offset(i), "the body " + quote([]byte(*want.Body)), fmt.Sprintf("the body differs from byte %d on", i+1)}
	}
	if want.Body != nil && want.Short && !strings.HasPrefix(*want.Body, body) {
		return &fault{r.offset(common(body, *want.Body)), "the beginning of " + quote([]byte(*want.Body)), "the body is not the beginning of what was wanted"}
	}
	for _, text := range want.Has {
		if !strings.Contains(body, text) {
			return &fault{r.offset(0), "a body with " + quote([]byte(text)), "the body does not hold it"}
		}
	}
	for _, text := range want.Hasnt {
		if i := strings.Index(body, text); i >= 0 {
			return &fault{r.offset(i), "a body without " + quote([]byte(text)), "the body holds it"}
		}
	}
	return nil
}

// common returns how many bytes two texts have in common at their beginning.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// silence tells that the only right answer is none.
func (want Want) silence() bool { return want.None && want.Status == "" }

// expected says in one line what a Want wants first of all.
func (want Want) expected() string {
	if want.silence() {
		return "no answer on this connection"
	}
	if want.Status == "" {
		return "a whole answer"
	}
	statuses := "HTTP/1.1 " + strings.Join(strings.Fields(want.Status), " or ")
	if want.None {
		return statuses + ", or the end of the connection"
	}
	return statuses
}
