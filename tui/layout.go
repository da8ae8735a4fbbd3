package tui

// A layout says which columns and rows belong to which part. Heights are fixed,
// so that nothing jumps.
type layout struct {
	width, height int
	list          int // rows of the list, without its heading
	ladder        int // columns of the ladder
	gap           int // columns between ladder and page
	body          int // rows of ladder and page
	text          int // columns of the page: the wire,
	becomes       int // and what becomes of it; 0 where there is no room for it
}

// What the page has beside text and becomes: who, a bracket, and the blanks.
const (
	whoWidth     = 3
	beside       = 1 + whoWidth + 1 + 1
	becomesSpace = 2
)

// Below this size there is only room to say so.
const minWidth, minHeight = 50, 12

func newLayout(width, height int) layout {
	l := layout{width: width, height: height, list: 3, ladder: 24, gap: 1}
	switch {
	case height >= 48:
		l.list = 10
	case height >= 40:
		l.list = 6
	case height < 20:
		l.list = 1
	}
	if width >= 100 {
		l.ladder, l.gap = 28, 2
	}
	const others = 5 // title, heading of the list, rule, hint, keys
	l.body = max(height-others-l.list, 1)
	l.text = l.page() - beside
	if width >= 110 {
		l.text = 49 + (width-120)/2
		l.becomes = l.page() - l.text - beside - becomesSpace
	}
	return l
}

// page returns the columns of the whole page.
func (l layout) page() int { return l.width - l.ladder - l.gap }
