// Package explain says what a name means: a header, a status, a method, a key of
// the environ, one of the ten steps, or what a worker does. It is what the screen
// shows for i.
//
// The words stand in text files, one for each kind, to be read and mended as
// text: a name, two or three sentences, and where it is written. Read one of
// them first, then explain.go.
package explain

import (
	"strings"

	headers "barewire/steps/04_headers"
)

// A Kind is what a name is the name of.
type Kind int

const (
	Header Kind = iota // "Accept", in any case
	Status             // "404", or as start_response takes it
	Method             // "GET"
	Key                // of the environ: "PATH_INFO"
	Step               // "03", "requestline", or both
	Packet             // the same, where a packet of uwsgi came in
	Worker             // what a process of the application does: "chunk"
)

// An Entry explains one name. Text and Source are our own words, Name may be a
// stranger's: of a name that is not known it is the name that was asked for.
type Entry struct {
	Name   string
	Text   string // two or three sentences
	Source string // where it is written: "RFC 9110 §10.1.1"
}

// Look explains a name. Of one that is not known it says so, and what is true of
// all names of its kind.
func Look(kind Kind, name string) Entry {
	if entry, known := find(kind, name); known {
		return entry
	}
	entry := Entry{Name: name}
	switch kind {
	case Header:
		entry.Text, entry.Source = unknownHeader(name)
	case Status:
		entry.Text, entry.Source = unknownStatus(name)
	case Method:
		entry.Text, entry.Source = unknownMethod(name)
	case Key:
		entry.Text, entry.Source = unknownKey(name)
	case Step, Packet:
		entry.Text = "There is no such step. There are ten, from 01 listen to 10 keepalive."
		entry.Source = "steps/README.md"
	case Worker:
		entry.Text = "A worker of this Barewire says no such thing. The record is of another one."
		entry.Source = "apps/python"
	}
	return entry
}

// find returns what the files say of a name. A key that is made of a header is
// explained by that header, and a step that is the same for a packet as the step.
func find(kind Kind, name string) (entry Entry, known bool) {
	for _, entry := range entries[kind] {
		if isCalled(kind, entry.Name, name) {
			return entry, true
		}
	}
	if kind == Packet {
		return find(Step, name)
	}
	field, fromHeader := strings.CutPrefix(name, "HTTP_")
	if kind != Key || !fromHeader {
		return Entry{}, false
	}
	header, known := find(Header, strings.ReplaceAll(field, "_", "-"))
	return Entry{Name: name, Text: "From the header " + header.Name + ". " + header.Text, Source: header.Source}, known
}

// isCalled tells whether an entry is called by a name.
func isCalled(kind Kind, entry, name string) bool {
	first, rest, _ := strings.Cut(entry, " ")
	switch kind {
	case Header:
		return headers.EqualFold(name, entry) // RFC 9110 §5.1
	case Status:
		code, _, _ := strings.Cut(name, " ")
		return code == first // the reason is free, RFC 9112 §4
	case Step, Packet:
		return name == entry || name == first || name == rest
	}
	return name == entry
}

func unknownHeader(name string) (text, source string) {
	text = "This header is not known here. Anyone may invent one, and who does not know it passes over it. "
	if strings.Contains(name, "_") {
		text += "In a request step 07 drops it because of its underscore: it would get the same key as one with a hyphen."
	} else {
		text += "In a request it goes to the application as it is, and in an answer to the client."
	}
	return text, "RFC 9110 §5.1, §16.3"
}

// unknownStatus explains the class, which is what a client goes by that does not
// know a status.
func unknownStatus(name string) (text, source string) {
	class := map[byte]string{
		'1': "an interim word, and the answer is yet to come",
		'2': "it worked",
		'3': "the client has to do something more, such as to ask elsewhere",
		'4': "the request is to blame",
		'5': "the server is to blame",
	}
	code, _, _ := strings.Cut(name, " ")
	if !isCode(code) || class[code[0]] == "" {
		return "This is no status: one is three digits, and the first of them is 1 to 5.", "RFC 9110 §15"
	}
	return "This status is not known here, but its first digit has a meaning: " + class[code[0]] + ". A client treats it as " + code[:1] + "00.", "RFC 9110 §15"
}

func isCode(code string) bool {
	isDigit := func(c byte) bool { return '0' <= c && c <= '9' }
	return len(code) == 3 && isDigit(code[0]) && isDigit(code[1]) && isDigit(code[2])
}

func unknownMethod(name string) (text, source string) {
	if upper := strings.ToUpper(name); upper != name {
		if _, known := find(Method, upper); known {
			return "This method is not known, for case counts in methods: it should be " + upper + ". Barewire hands it to the application as it is.", "RFC 9110 §9.1"
		}
	}
	return "This method is not known here. Anyone may define one, and many do, WebDAV among them. Barewire hands it to the application, whose answer may be 405 or 501.", "RFC 9110 §9.1"
}

// unknownKey tells by its form where a key comes from.
func unknownKey(name string) (text, source string) {
	begins := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
	switch {
	case begins("HTTP_"):
		return "It is made of a header that is not known here: without HTTP_, and with a hyphen for each underscore, that is its name.", "RFC 3875 §4.1.18"
	case begins("SSL_"):
		return "It tells of the TLS between the client and the web server in front, under a name of Apache's. Which one it is, is not known here.", "PEP 3333, environ Variables; Apache mod_ssl"
	case begins("X_"):
		return "It is not known here. X_ begins what a web server tells its CGI programs beyond the standard.", "RFC 3875 §4.1"
	case begins("wsgi."):
		return "It is not known here. Names with wsgi. belong to the contract, but PEP 3333 does not define this one; a server or a framework has added it.", "PEP 3333, environ Variables"
	case strings.Contains(name, "."):
		return "It is not known here. A server, middleware or the application may put in keys of its own, with its own name before the dot.", "PEP 3333, environ Variables"
	}
	return "This key is not known here. It is none of CGI's, and it does not come from a header; a server, middleware or the application has put it in.", "PEP 3333, environ Variables"
}
