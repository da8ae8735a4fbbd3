package learn

import "barewire/tui/cells"

// A layout says which columns and rows belong to which pane. The panes are beside
// each other where there is room for that, or else one below the other.
type layout struct {
	width, height int
	wide          bool
	chapter       area
	checks        area
}

// An area is the room of a pane, without margins and rules.
type area struct{ width, rows int }

// Below this size there is only room to say so.
const minWidth, minHeight = 50, 12

const (
	prose     = 78 // columns that a chapter has at most
	sideways  = 110
	checkSize = 47 // columns of the checks beside a chapter, at least
	margins   = 4  // columns before and between panes that are beside each other
	glance    = 4  // rows of a pane while the other one is tall
)

func newLayout(width, height int, focus pane, share share) layout {
	l := layout{width: width, height: height, wide: width >= sideways}
	if l.wide {
		const others = 5 // title, steps, rule, hint, keys
		l.chapter = area{min(prose, width-checkSize-margins), height - others}
		l.checks = area{width - l.chapter.width - margins, height - others}
		if share == whole {
			l.chapter.width, l.checks.width = prose, width-2
		}
		return l
	}
	const others = 6 // and where in the chapter we are
	room := height - others
	first, second := room/2, room-room/2
	switch {
	case share == whole && focus == onChapter:
		first, second = room+1, 0 // no rule
	case share == whole:
		first, second = 0, room+1
	case share == tall && focus == onChapter:
		first, second = room-min(glance, room/2), min(glance, room/2)
	case share == tall:
		first, second = min(glance, room/2)-1, room-min(glance, room/2)+1
	}
	l.chapter, l.checks = area{min(prose, width-2), first}, area{width - 1, second}
	return l
}

// A share is how much of the screen the focused pane has.
type share int

const (
	even  share = iota
	tall        // the other pane is a few rows
	whole       // there is no other pane
)

// A pane is a part of the screen that keys can be meant for.
type pane int

const (
	onChapter pane = iota
	onChecks
)

func (p pane) other() pane { return onChecks - p }

// at returns a row, or an empty one where there is none.
func at(rows []cells.Row, i int) cells.Row {
	if i >= 0 && i < len(rows) {
		return rows[i]
	}
	return nil
}
