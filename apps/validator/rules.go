package validator

import "fmt"

// A Violation is a rule of the contract that one side broke.
type Violation struct {
	Side    string // who broke it: "server" or "application"
	Rule    string // what should be
	Section string // the heading in PEP 3333 under which that stands
	Got     string // what was there instead
}

// Error says all of it in one sentence.
func (v *Violation) Error() string {
	return fmt.Sprintf("validator: the %s broke a rule: %s (PEP 3333, %q), got %q", v.Side, v.Rule, v.Section, v.Got)
}

// A rule is what one side promises to the other.
type rule struct{ side, section, text string }

// rules is the whole table: theServer and theApplication put each of the rules
// below into it.
var rules []*rule

func theServer(section, text string) *rule {
	rules = append(rules, &rule{"server", section, text})
	return rules[len(rules)-1]
}

func theApplication(section, text string) *rule {
	rules = append(rules, &rule{"application", section, text})
	return rules[len(rules)-1]
}

// broken is the Violation of a rule.
func (r *rule) broken(format string, got ...any) *Violation {
	return &Violation{r.side, r.text, r.section, fmt.Sprintf(format, got...)}
}

// The headings of PEP 3333.
const (
	pepDetails    = "Specification Details"
	pepVariables  = "environ Variables"
	pepStreams    = "Input and Error Streams"
	pepStart      = "The start_response() Callable"
	pepLength     = "Handling the Content-Length Header"
	pepWrite      = "The write() Callable"
	pepErrors     = "Error Handling"
	pepFeatures   = "Other HTTP Features"
	pepFiles      = "Optional Platform-Specific File Handling"
	pepExtensions = "Server Extension APIs"
)

// What a server gives to the application.
var (
	environGiven   = theServer(pepDetails, "an application is called with an environ")
	startGiven     = theServer(pepDetails, "an application is called with a start_response")
	keyRequired    = theServer(pepVariables, "the environ holds what the contract requires")
	keyOwnName     = theServer(pepVariables, "type and length of the content are CONTENT_TYPE and CONTENT_LENGTH, without HTTP_")
	textIsString   = theServer(pepVariables, "a variable without a dot in its name is a string")
	methodToken    = theServer(pepVariables, "REQUEST_METHOD is a token")
	scriptName     = theServer(pepVariables, "SCRIPT_NAME is empty, or begins with a slash and goes on")
	pathInfo       = theServer(pepVariables, "PATH_INFO is empty or begins with a slash")
	pathGiven      = theServer(pepVariables, "where SCRIPT_NAME is empty, PATH_INFO is not, unless OPTIONS asks about the whole server")
	contentLength  = theServer(pepVariables, "CONTENT_LENGTH is empty or decimal digits")
	serverName     = theServer(pepVariables, "SERVER_NAME is never empty")
	serverPort     = theServer(pepVariables, "SERVER_PORT is decimal digits, and never empty")
	serverProtocol = theServer(pepVariables, "SERVER_PROTOCOL names the protocol of the request")
	version        = theServer(pepVariables, "wsgi.version is [2]int{1, 0}")
	scheme         = theServer(pepVariables, `wsgi.url_scheme is "http" or "https"`)
	flag           = theServer(pepVariables, "wsgi.multithread, wsgi.multiprocess, wsgi.run_once and, if it is there, wsgi.input_terminated are bool")
	inputType      = theServer(pepStreams, "wsgi.input is a wsgi.Input")
	errorsType     = theServer(pepStreams, "wsgi.errors is an io.Writer")
	fileWrapper    = theServer(pepFiles, "wsgi.file_wrapper, if it is there, is a wsgi.FileWrapper")
	note           = theServer(pepExtensions, "barewire.note, if it is there, is a func(string)")
)

// What a server does when the application asks it for something.
var (
	readCount   = theServer(pepStreams, "Read of wsgi.input fills in between none and all of the bytes it is asked for")
	readGoesOn  = theServer(pepStreams, "Read of wsgi.input returns bytes or an error, or a reader waits for ever")
	lineFits    = theServer(pepStreams, "ReadLine of wsgi.input returns no more bytes than it is asked for")
	lineIsOne   = theServer(pepStreams, "a line of wsgi.input ends at its line end")
	lineGoesOn  = theServer(pepStreams, "a line of wsgi.input has at least one byte, or there is an error")
	endStays    = theServer(pepStreams, "behind its end wsgi.input has nothing more")
	linesEnd    = theServer(pepStreams, "Lines of wsgi.input yields nothing behind an error, or when no more is asked for")
	writeGiven  = theServer(pepStart, "start_response returns a write")
	chunkKept   = theServer(pepDetails, "a chunk is sent as it is, and not changed")
	chunksOnce  = theServer(pepDetails, "a body is asked for its chunks once")
	chunksOpen  = theServer(pepDetails, "a closed body is not asked for chunks")
	closedOnce  = theServer(pepDetails, "a body is closed once")
	closedAtAll = theServer(pepDetails, "a body is closed, however the request ends")
)

// What an application says to start_response. The numbers of a status are not the
// PEP's: a final one is 2xx to 5xx, RFC 9110 §15.
var (
	startAgain    = theApplication(pepStart, "start_response is called again only with a cause, the error that made the first answer wrong")
	startInTime   = theApplication(pepStart, "start_response is called before the body ends, not after")
	statusForm    = theApplication(pepStart, "a status is three digits, a space and a reason, without white space around it")
	statusFinal   = theApplication(pepStart, "the status of an answer is between 200 and 599")
	statusPlain   = theApplication(pepStart, "a status holds no control bytes")
	headerName    = theApplication(pepStart, "a header name is a token")
	headerValue   = theApplication(pepStart, "a header value holds no control bytes")
	headerTrimmed = theApplication(pepStart, "a header value has no white space around it")
	headerStatus  = theApplication(pepStart, "the status is no header; as one it is a word of CGI")
	hopByHop      = theApplication(pepFeatures, "hop-by-hop headers belong to the server")
	lengthForm    = theApplication(pepLength, "an answer has at most one Content-Length, in decimal digits")
	noTypeOfNone  = theApplication(pepFeatures, "an answer that has no content, 204 or 304, has no Content-Type")
)

// What an application sends, and how.
var (
	bodyGiven    = theApplication(pepDetails, "an application returns a body, if only an empty one")
	startFirst   = theApplication(pepDetails, "start_response is called before the first chunk that is not empty, and before the body ends")
	writeInTime  = theApplication(pepWrite, "write is called before the body is returned, not from within it")
	typeOfSome   = theApplication(pepStart, "an answer with content has a Content-Type")
	noContent    = theApplication(pepFeatures, "an answer with the status 204, 205 or 304 has no content")
	lengthAtMost = theApplication(pepLength, "an answer has no more bytes than its Content-Length says")
	lengthWhole  = theApplication(pepLength, "an answer has as many bytes as its Content-Length says")
	lenTrue      = theApplication(pepDetails, "Len of a body is the number of its chunks")
	errorAlone   = theApplication(pepErrors, "a body yields an error without a chunk, which nobody would send")
	errorIsNoEnd = theApplication(pepErrors, "a body ends when Chunks returns; io.EOF would be a failure")
	errorIsLast  = theApplication(pepErrors, "a body yields nothing behind an error")
	stopsWhen    = theApplication(pepDetails, "a body yields nothing more when yield has returned false")
	yieldsInside = theApplication(pepDetails, "a body yields nothing more when Chunks has returned")
	lineSize     = theApplication(pepStreams, "ReadLine is told how many bytes a line may have; less than none is no answer")
	streamsOpen  = theApplication(pepStreams, "wsgi.input and wsgi.errors are the server's to close")
)
