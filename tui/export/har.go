package export

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"barewire/server"
	headers "barewire/steps/04_headers"
	"barewire/tui/history"
)

// HAR returns the exchanges as an HTTP Archive, which browsers and many other
// tools open; version is that of this program. Bodies are in it without the
// framing of their chunks.
//
// HAR has no form for a request whose request line is broken. Such ones are left
// out, and a comment tells how many. HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/
func HAR(exchanges []*history.Exchange, version string) ([]byte, error) {
	log := harLog{
		Version: "1.2",
		Creator: harCreator{"barewire", version},
		Entries: []harEntry{},
	}
	left := 0
	for _, x := range exchanges {
		r, _ := requestOf(x) // as far as it can be read
		if r.line.Target == "" {
			left++
			continue
		}
		log.Entries = append(log.Entries, entryOf(x, r))
	}
	if left > 0 {
		log.Comment = fmt.Sprintf("left out, without a request line: %d", left)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(map[string]harLog{"log": log})
	return out.Bytes(), err
}

// The objects of HAR 1.2, in the order in which its text has them. What is not
// known has the value that it names for that: -1, or nothing.
type (
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Entries []harEntry `json:"entries"`
		Comment string     `json:"comment,omitempty"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	harEntry struct {
		StartedDateTime string      `json:"startedDateTime"`
		Time            float64     `json:"time"` // milliseconds, as all times
		Request         harRequest  `json:"request"`
		Response        harResponse `json:"response"`
		Cache           struct{}    `json:"cache"`
		Timings         harTimings  `json:"timings"`
		ServerIPAddress string      `json:"serverIPAddress,omitempty"`
		Connection      string      `json:"connection,omitempty"`
		Comment         string      `json:"comment,omitempty"`
	}
	harRequest struct {
		Method      string       `json:"method"`
		URL         string       `json:"url"`
		HTTPVersion string       `json:"httpVersion"`
		Cookies     []harCookie  `json:"cookies"`
		Headers     []harPair    `json:"headers"`
		QueryString []harPair    `json:"queryString"`
		PostData    *harPostData `json:"postData,omitempty"`
		HeadersSize int64        `json:"headersSize"`
		BodySize    int64        `json:"bodySize"`
	}
	harResponse struct {
		Status      int         `json:"status"`
		StatusText  string      `json:"statusText"`
		HTTPVersion string      `json:"httpVersion"`
		Cookies     []harCookie `json:"cookies"`
		Headers     []harPair   `json:"headers"`
		Content     harContent  `json:"content"`
		RedirectURL string      `json:"redirectURL"`
		HeadersSize int64       `json:"headersSize"`
		BodySize    int64       `json:"bodySize"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harCookie struct {
		Name     string `json:"name"`
		Value    string `json:"value"`
		Path     string `json:"path,omitempty"`
		Domain   string `json:"domain,omitempty"`
		Expires  string `json:"expires,omitempty"`
		HTTPOnly bool   `json:"httpOnly,omitempty"`
		Secure   bool   `json:"secure,omitempty"`
	}
	harPostData struct {
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
		Encoding string `json:"_encoding,omitempty"` // HAR has none here; a name of one's own begins with _
		Comment  string `json:"comment,omitempty"`
	}
	harContent struct {
		Size     int64  `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
		Comment  string `json:"comment,omitempty"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

func entryOf(x *history.Exchange, r request) harEntry {
	timings := timingsOf(x)
	entry := harEntry{
		StartedDateTime: x.Began.Format("2006-01-02T15:04:05.000Z07:00"),
		Time:            timings.Send + timings.Wait + timings.Receive,
		Request:         requestEntry(x, r),
		Response:        responseEntry(x),
		Timings:         timings,
		Connection:      strconv.Itoa(x.Conn),
		Comment:         fmt.Sprintf("request %d: %s", x.Number, text(x.Outcome())),
	}
	if _, err := netip.ParseAddr(x.Server.Host); err == nil {
		entry.ServerIPAddress = x.Server.Host
	}
	return entry
}

// timingsOf tells how long it took until the request was there, then until the
// answer began, then until the end: as this side of the connection saw it.
func timingsOf(x *history.Exchange) harTimings {
	end := x.Began.Add(x.Took)
	asked, answered := x.Began, time.Time{}
	for _, event := range x.Events {
		switch event := event.(type) {
		case server.Received:
			if answered.IsZero() { // an application may answer before it has read all
				asked = event.At
			}
		case server.Sent:
			if answered.IsZero() && !bytes.HasPrefix(event.Bytes, []byte("HTTP/1.1 1")) {
				answered = event.At
			}
		}
	}
	if answered.IsZero() {
		answered = end
	}
	return harTimings{
		Send:    milliseconds(asked.Sub(x.Began)),
		Wait:    milliseconds(answered.Sub(asked)),
		Receive: milliseconds(end.Sub(answered)),
	}
}

func milliseconds(d time.Duration) float64 {
	return float64(max(d, 0)) / float64(time.Millisecond) // clocks can be set back
}

func requestEntry(x *history.Exchange, r request) harRequest {
	stream := x.Request()
	entry := harRequest{
		Method:      r.line.Method,
		URL:         r.url(x),
		HTTPVersion: r.line.Version,
		Cookies:     []harCookie{},
		Headers:     pairs(r.fields),
		QueryString: queryPairs(r.line.Query),
		HeadersSize: int64(len(x.Head)),
		BodySize:    stream.Size - int64(bytes.Index(stream.Bytes, x.Head)+len(x.Head)),
	}
	if x.Gap {
		entry.BodySize = -1
	}
	for _, field := range r.fields {
		if field.Is("Cookie") {
			for pair := range strings.SplitSeq(field.Value, ";") {
				entry.Cookies = append(entry.Cookies, cookieOf(pair))
			}
		}
	}
	if len(r.content) > 0 {
		mimeType, _ := valueOf(r.fields, "Content-Type")
		entry.PostData = &harPostData{MimeType: text(mimeType)}
		entry.PostData.Text, entry.PostData.Encoding = contentText(r.content)
		if r.cut {
			entry.PostData.Comment = firstBytes(r.content)
		}
	}
	return entry
}

// url returns the URL that was asked for. RFC 9112 §3.3
func (r request) url(x *history.Exchange) string {
	switch {
	case r.line.Authority != "":
		return r.line.Target
	case r.line.Target == "*":
		return text("http://" + r.site(x))
	}
	return text("http://" + r.site(x) + r.line.Target)
}

func responseEntry(x *history.Exchange) harResponse {
	a := answerOf(x)
	status, _ := strconv.Atoi(a.code) // 0 without an answer, as browsers write it
	entry := harResponse{
		Status:      status,
		StatusText:  text(a.reason),
		HTTPVersion: a.version,
		Cookies:     []harCookie{},
		Headers:     pairs(a.fields),
		HeadersSize: -1,
		BodySize:    -1,
	}
	if a.version == "" {
		return entry
	}
	entry.HeadersSize = a.headSize
	if !x.Gap {
		entry.BodySize = x.Answer().Size - a.headSize
	}
	for _, field := range a.fields {
		if field.Is("Set-Cookie") {
			entry.Cookies = append(entry.Cookies, setCookieOf(field.Value))
		}
	}
	location, _ := valueOf(a.fields, "Location")
	entry.RedirectURL = text(location)
	mimeType, _ := valueOf(a.fields, "Content-Type")
	entry.Content.MimeType = text(mimeType)
	entry.Content.Size = int64(len(a.content))
	entry.Content.Text, entry.Content.Encoding = contentText(a.content)
	if a.cut {
		entry.Content.Comment = firstBytes(a.content)
	}
	return entry
}

func firstBytes(content []byte) string {
	return fmt.Sprintf("the first %d bytes; what follows was not sent, or not kept", len(content))
}

// contentText returns a body as JSON can hold it: as it is, or in base64.
func contentText(content []byte) (body, encoding string) {
	if utf8.Valid(content) {
		return string(content), ""
	}
	return base64.StdEncoding.EncodeToString(content), "base64"
}

// text returns a text as JSON can hold it. Where the bytes are no UTF-8 they are
// taken for Latin-1, as fields once were. RFC 9110 §5.5
func text(foreign string) string {
	if utf8.ValidString(foreign) {
		return foreign
	}
	var out strings.Builder
	for _, b := range []byte(foreign) {
		out.WriteRune(rune(b))
	}
	return out.String()
}

func pairs(fields []headers.Field) []harPair {
	list := []harPair{}
	for _, field := range fields {
		list = append(list, harPair{field.Name, text(field.Value)})
	}
	return list
}

// queryPairs returns the parameters of a query, decoded.
func queryPairs(query string) []harPair {
	list := []harPair{}
	for parameter := range strings.SplitSeq(query, "&") {
		if parameter != "" {
			name, value, _ := strings.Cut(parameter, "=")
			list = append(list, harPair{decoded(name), decoded(value)})
		}
	}
	return list
}

// decoded undoes percent-encoding; a text that has none stays as it is.
func decoded(coded string) string {
	if plain, err := url.QueryUnescape(coded); err == nil {
		coded = plain
	}
	return text(coded)
}

// cookieOf reads a name and a value. RFC 6265 §4.2.1
func cookieOf(pair string) harCookie {
	name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
	return harCookie{Name: text(name), Value: text(value)}
}

// setCookieOf reads a cookie with its attributes. RFC 6265 §5.2
func setCookieOf(value string) harCookie {
	pair, attributes, _ := strings.Cut(value, ";")
	cookie := cookieOf(pair)
	for attribute := range strings.SplitSeq(attributes, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(attribute), "=")
		switch strings.ToLower(name) {
		case "path":
			cookie.Path = text(value)
		case "domain":
			cookie.Domain = text(value)
		case "expires":
			if at, err := time.Parse(time.RFC1123, value); err == nil {
				cookie.Expires = at.UTC().Format(time.RFC3339)
			}
		case "httponly":
			cookie.HTTPOnly = true
		case "secure":
			cookie.Secure = true
		}
	}
	return cookie
}
