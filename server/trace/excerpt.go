package trace

import "fmt"

// maxLines is how many lines of a body are shown, unless all are asked for.
const maxLines = 8

// An excerpt is the first lines of a body. What is left out it counts.
type excerpt struct {
	shown   int  // lines of content
	rest    line // what is left out, as one
	lines   int  // how many lines of content that is
	half    bool // and one that has not ended
	unknown bool // and those of bytes that were not copied, which nobody counted
}

// pick returns those of the lines that are shown. The last chunk and what is
// behind it always are: so a body ends.
func (e *excerpt) pick(lines []line, all bool) (picked []line) {
	for _, line := range lines {
		closing := line.part == trailer || line.framing == lastChunk
		endOfShown := line.part == chunkEnd && e.rest.size == 0
		switch {
		case closing:
			picked = append(picked, e.summary()...)
			picked = append(picked, line)
		case e.shown < maxLines || endOfShown || all:
			picked = append(picked, line)
			if line.framing == "" {
				e.shown++
			}
		default:
			e.leaveOut(line)
		}
	}
	return picked
}

func (e *excerpt) leaveOut(out line) {
	e.rest.size += out.size
	e.rest.content += out.content
	switch {
	case out.summary != "":
		e.unknown = true
	case out.content > 0:
		e.half = out.bytes[out.content-1] != '\n'
		if !e.half {
			e.lines++
		}
	}
}

// summary returns a line for what was left out since the last one, if anything
// was.
func (e *excerpt) summary() []line {
	if e.rest.content == 0 {
		return nil
	}
	if e.half {
		e.lines++
	}
	lines := count(e.lines, "more line", "more lines")
	if e.unknown {
		lines = "more lines"
	}
	rest := e.rest
	rest.summary = fmt.Sprintf("… %s, %s (--body all)", lines, bytesOf(rest.content))
	*e = excerpt{shown: e.shown}
	return []line{rest}
}
