package trace_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"barewire/internal/session"
	"barewire/server"
)

// dice makes events of bytes. Many are what a server would tell next, so that
// the unlikely ones find an exchange to disturb.
type dice struct {
	data   []byte
	script []server.Event
}

// addDice adds seeds that are long enough for a hundred events.
func addDice(f *testing.F, seeds int) {
	random := rand.New(rand.NewPCG(1, 2))
	for range seeds {
		seed := make([]byte, 2000)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
}

func (d *dice) byte() byte {
	if len(d.data) == 0 {
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *dice) event() server.Event {
	if len(d.script) == 0 {
		d.script = session.Post(1)
	}
	next := d.script[0]
	d.script = d.script[1:]
	choice, rate := d.byte(), byte(255)
	switch {
	case choice < 150:
		rate = choice % 32 // some fields of it
	case choice < 160:
		return d.event() // the next is dropped
	default:
		all := everyKind()
		next = all[int(choice)%len(all)]
	}
	event := reflect.New(reflect.TypeOf(next)).Elem()
	event.Set(reflect.ValueOf(next))
	d.fill(event, rate)
	return event.Interface().(server.Event)
}

// fill changes values at random; of 256 about as many as the rate says.
func (d *dice) fill(v reflect.Value, rate byte) {
	switch v.Interface().(type) {
	case server.Place:
		if d.byte() < rate {
			v.Set(reflect.ValueOf(server.Place{
				Conn:    1 + int(d.byte())%2,
				Request: int(d.byte()) % 3,
				At:      time.Unix(int64(d.byte())<<24, int64(d.byte())).UTC(),
			}))
		}
		return
	case server.Bytes:
		if d.byte() < rate {
			v.SetBytes([]byte(d.text()))
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			d.fill(v.Field(i), rate)
		}
		return
	case reflect.Array:
		for i := range v.Len() {
			d.fill(v.Index(i), rate)
		}
		return
	}
	if d.byte() >= rate {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(d.text())
	case reflect.Bool:
		v.SetBool(d.byte()%2 == 0)
	case reflect.Int, reflect.Int64:
		n := int64(int8(d.byte()))
		if n < 0 {
			n <<= d.byte() % 57
		}
		v.SetInt(n)
	case reflect.Pointer:
		v.SetZero()
		if d.byte()%4 > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			d.fill(v.Elem(), rate)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), int(d.byte())%4, 3))
		for i := range v.Len() {
			d.fill(v.Index(i), rate)
		}
	case reflect.Map:
		texts := map[string]string{}
		for range d.byte() % 4 {
			texts[d.text()] = d.text()
		}
		v.Set(reflect.ValueOf(texts))
	default:
		panic("an event holds a " + v.Kind().String())
	}
}

// text is a piece of the data, or something that a server or a client says.
func (d *dice) text() string {
	said := []string{
		"\r\n", "\n", nasty, "\x9b\xff", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 204 ",
		"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "0\r\n\r\n", "ffffffffffffffff\r\n",
		"read", "readline", "日本", "\u0301", "4 0", "Host", "  ",
	}
	text := ""
	for {
		choice := int(d.byte())
		switch {
		case choice < 5*len(said):
			text += said[choice%len(said)]
		case choice < 160:
			n := min(choice-5*len(said), len(d.data))
			text += string(d.data[:n])
			d.data = d.data[n:]
		default:
			return text
		}
		if len(d.data) == 0 {
			return text
		}
	}
}
