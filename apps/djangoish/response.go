package djangoish

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"

	wsgi "barewire/steps/06_wsgi"
)

// A Response is what a view returns. It is itself the Body of the answer.
type Response struct {
	StatusCode int
	Headers    wsgi.Headers
	Content    []byte
	File       io.ReadCloser // sent instead of Content, and closed; or nil

	cookies []Cookie
}

// HTML returns a response of that status and text.
func HTML(status int, text string) *Response {
	return &Response{
		StatusCode: status,
		Headers:    wsgi.Headers{{"Content-Type", "text/html; charset=utf-8"}},
		Content:    []byte(text),
	}
}

// Redirect returns a response that sends the client to a link.
func Redirect(link string) *Response {
	response := HTML(302, "")
	response.Headers = append(response.Headers, [2]string{"Location", link})
	return response
}

// Chunks yields the content, or the file block by block.
func (r *Response) Chunks(yield func([]byte, error) bool) {
	if r.File != nil {
		wsgi.File{Reader: r.File}.Chunks(yield)
		return
	}
	yield(r.Content, nil)
}

// Close closes the file, if there is one.
func (r *Response) Close() error {
	if r.File == nil {
		return nil
	}
	return r.File.Close()
}

// reasonPhrase returns the word for a status, of those that are used here.
// RFC 9110 §15
func reasonPhrase(status int) string {
	phrases := map[int]string{
		200: "OK", 302: "Found",
		400: "Bad Request", 403: "Forbidden", 404: "Not Found",
		500: "Internal Server Error",
	}
	return cmp.Or(phrases[status], "Unknown Status Code")
}

// A Cookie is what a client is asked to say again.
type Cookie struct {
	Name, Value string
	Path        string // where it is said again; "" for the directory of this request
	MaxAge      int    // seconds that it lasts; 0 for as long as the browser runs
	HTTPOnly    bool   // no script may see it
	SameSite    string // "Strict" or "Lax" keeps it from requests that other sites cause
}

// String returns the cookie as the value of Set-Cookie. RFC 6265 §4.1.1
func (c Cookie) String() string {
	text := c.Name + "=" + c.Value
	if c.Path != "" {
		text += "; Path=" + c.Path
	}
	if c.MaxAge > 0 {
		text += fmt.Sprintf("; Max-Age=%d", c.MaxAge)
	}
	if c.HTTPOnly {
		text += "; HttpOnly"
	}
	if c.SameSite != "" {
		text += "; SameSite=" + c.SameSite
	}
	return text
}

// What the grammar allows in the parts of a cookie: a token, any ASCII that can
// be seen but " , ; \ and any ASCII that can be printed but ; RFC 6265 §4.1.1
var (
	cookieName      = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
	cookieValue     = regexp.MustCompile(`^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]*$`)
	cookieAttribute = regexp.MustCompile(`^[\x20-\x3A\x3C-\x7E]*$`)
)

// SetCookie adds a cookie, in place of one of the same name. It refuses what the
// grammar does not allow: a semicolon in a value would begin an attribute, and a
// line end another header. Text that may hold such bytes is to be escaped first.
func (r *Response) SetCookie(cookie Cookie) error {
	switch {
	case !cookieName.MatchString(cookie.Name):
		return fmt.Errorf("this cannot be the name of a cookie: %q", cookie.Name)
	case !cookieValue.MatchString(cookie.Value):
		return fmt.Errorf("this cannot be the value of a cookie: %q", cookie.Value)
	case !cookieAttribute.MatchString(cookie.Path + cookie.SameSite):
		return fmt.Errorf("these cannot be the attributes of a cookie: %q", cookie.Path+cookie.SameSite)
	}
	r.cookies = slices.DeleteFunc(r.cookies, func(other Cookie) bool { return other.Name == cookie.Name })
	r.cookies = append(r.cookies, cookie)
	return nil
}
