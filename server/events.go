package server

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"
)

// An Event is something that happened on a connection. Events own what they
// hold: bytes are copied, and no map or slice of theirs is used by the server.
type Event interface{ Where() Place }

// A Place is where and when an event happened.
type Place struct {
	Conn    int       `json:"conn"`              // connections are numbered from 1
	Request int       `json:"request,omitempty"` // so are requests, over all connections; 0 between two
	At      time.Time `json:"at"`
}

// Where returns the place itself, so that an event only has to embed it.
func (p Place) Where() Place { return p }

type (
	// Opened tells that a client connected. Step 01.
	Opened struct {
		Place
		Client Endpoint `json:"client"`
		Server Endpoint `json:"server"`
		App    string   `json:"app,omitempty"` // the application's name: a record adds it, the server does not know it
	}

	// Received tells of one read from the connection.
	Received struct {
		Place
		Bytes Bytes `json:"bytes"`
		Size  int   `json:"size"` // of the read; Bytes holds the first 64 KiB of it
	}

	// Sent tells of one write to the connection.
	Sent struct {
		Place
		Bytes Bytes `json:"bytes"`
		Size  int   `json:"size"`
		File  bool  `json:"file,omitempty"` // it took the bytes from a file by itself; Bytes has none of them
	}

	// Passed tells that a request has passed a step, or that the step said no,
	// and holds what came out. Of the fields from Head on, those of this step
	// are set.
	Passed struct {
		Place
		Step    int           `json:"step"`
		Name    string        `json:"name"`
		Took    time.Duration `json:"took_ns"` // without what the step called; -1 when nobody knows
		Refused *Refusal      `json:"refused,omitempty"`
		Error   string        `json:"error,omitempty"` // one that is no refusal

		Head    Bytes             `json:"head,omitempty"`    // 02
		Line    *Line             `json:"line,omitempty"`    // 03
		Fields  []Field           `json:"fields,omitempty"`  // 04
		Framing *Framing          `json:"framing,omitempty"` // 05
		Environ map[string]string `json:"environ,omitempty"` // 07, each value as wsgi.Repr shows it
		Status  string            `json:"status,omitempty"`  // 09
		Keep    bool              `json:"keep,omitempty"`    // 10
	}

	// InputRead tells that the application read from wsgi.input.
	InputRead struct {
		Place
		Call    string        `json:"call"` // "read" or "readline"
		Size    int           `json:"size"`
		Took    time.Duration `json:"took_ns"`
		End     bool          `json:"end,omitempty"` // nothing is left
		Refused *Refusal      `json:"refused,omitempty"`
		Error   string        `json:"error,omitempty"` // one that is no refusal
	}

	// Started tells that the application called start_response.
	Started struct {
		Place
		Status  string  `json:"status"`
		Headers []Field `json:"headers"`
		Cause   string  `json:"cause,omitempty"`
	}

	// Chunk tells that the application yielded or wrote a chunk.
	Chunk struct {
		Place
		Number  int  `json:"number"` // from 1
		Size    int  `json:"size"`
		Written bool `json:"written,omitempty"` // with the write callable
	}

	// Noted tells a word from the application: by barewire.note, or by
	// wsgi.errors.
	Noted struct {
		Place
		Text  string `json:"text"`
		Error bool   `json:"wsgi_errors,omitempty"`
	}

	// Worked tells what a worker, a process of the application's own, was handed or
	// has done. The two sides take turns.
	Worked struct {
		Place
		Process int           `json:"process"`         // its pid
		Did     string        `json:"did"`             // "environ" when it was handed it, else what the worker says: "start_response", "chunk", …
		Size    int           `json:"size"`            // bytes that went over
		Took    time.Duration `json:"took_ns"`         // its turn before that, with the way there and back
		Stack   string        `json:"stack,omitempty"` // at start_response: the calls that led there, one on each line, the application's first
	}

	// Ended tells that an exchange is over.
	Ended struct {
		Place
		In   int64         `json:"in"`  // bytes that the request took
		Out  int64         `json:"out"` // bytes of the answer
		Took time.Duration `json:"took_ns"`
		Keep bool          `json:"keep"`
	}

	// Gone tells that a connection is over.
	Gone struct{ Place }

	// Dropped tells what did not fit into a Ring before this event: single events,
	// and whole requests that it had no room for.
	Dropped struct {
		Place
		Count    int `json:"count"`
		Requests int `json:"requests,omitempty"`
	}
)

// An Endpoint is an environ.Endpoint, a Line a requestline.Line and a Framing a
// body.Framing, under the names that JSON has for them.
type (
	Endpoint struct {
		Host string `json:"host"`
		Port string `json:"port"`
	}
	Line struct {
		Method    string `json:"method"`
		Target    string `json:"target"`
		Version   string `json:"version"`
		Authority string `json:"authority,omitempty"`
		Path      string `json:"path"`
		Query     string `json:"query"`
	}
	Framing struct {
		Length   int64 `json:"length"`
		Chunked  bool  `json:"chunked"`
		Continue bool  `json:"continue"`
	}
)

// A Refusal is a refuse.Error.
type Refusal struct {
	Status  string `json:"status"`
	Rule    string `json:"rule"`
	Section string `json:"section"`
	Got     Bytes  `json:"got,omitempty"`
}

// A Field is the name and the value of a header, in either direction.
type Field [2]Bytes

// Bytes are bytes that a stranger chose. In JSON they are text where they are
// UTF-8, and {"base64": "…"} where they are not, so that none are lost.
type Bytes []byte

// MarshalJSON writes text, or base64.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if !utf8.Valid(b) {
		return json.Marshal(map[string][]byte{"base64": b})
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(string(b))
	return text.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		var coded struct{ Base64 []byte }
		err := json.Unmarshal(data, &coded)
		*b = coded.Base64
		return err
	}
	var text string
	err := json.Unmarshal(data, &text)
	*b = Bytes(text)
	return err
}

// maxCopy bounds what an event holds of a read or a write.
const maxCopy = 64 << 10

func copied(b []byte) Bytes { return append(Bytes{}, b[:min(len(b), maxCopy)]...) }
