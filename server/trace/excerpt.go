package trace

import "fmt"

// maxLines is how many lines of a body are shown, unless all are asked for.
const maxLines = 8

// An excerpt is the first lines of a body. What is left out it counts.
type excerpt struct {
	shown   int  // lines of content
	rest    Line // what is left out, as one
	lines   int  // how many lines of content that is
	half    bool // and one that has not ended
	unknown bool // and those of bytes that were not copied, which nobody counted
}

// pick returns those of the lines that are shown. The last chunk and what is
// behind it always are: so a body ends.
func (e *excerpt) pick(lines []Line, all bool) (picked []Line) {
	for _, line := range lines {
		closing := line.part == trailer || line.Framing == lastChunk
		endOfShown := line.part == chunkEnd && e.rest.Size == 0
		switch {
		case closing:
			picked = append(picked, e.summary()...)
			picked = append(picked, line)
		case e.shown < maxLines || endOfShown || all:
			picked = append(picked, line)
			if line.Framing == "" {
				e.shown++
			}
		default:
			e.leaveOut(line)
		}
	}
	return picked
}

func (e *excerpt) leaveOut(out Line) {
	e.rest.Size += out.Size
	e.rest.Content += out.Content
	switch {
	case out.Summary != "":
		e.unknown = true
	case out.Content > 0:
		e.half = out.Bytes[out.Content-1] != '\n'
		if !e.half {
			e.lines++
		}
	}
}

// summary returns a line for what was left out since the last one, if anything
// was.
func (e *excerpt) summary() []Line {
	if e.rest.Content == 0 {
		return nil
	}
	if e.half {
		e.lines++
	}
	lines := Count(e.lines, "more line", "more lines")
	if e.unknown {
		lines = "more lines"
	}
	rest := e.rest
	rest.Summary = fmt.Sprintf("… %s, %s (--body all)", lines, bytesOf(rest.Content))
	*e = excerpt{shown: e.shown}
	return []Line{rest}
}
