// Package requestline is step 03: What do they want?
//
// In comes the first line of the head, without its CRLF; out comes a [Line]:
// method, target and version, and the target's parts. A request line has three
// parts and exactly two single spaces between them. Many a small server cuts
// it with Python's split(), which takes any run of any white space; then two
// servers in a row can disagree about what was asked, and an attacker lives in
// the difference.
//
// The target has four forms. Nearly all requests use the first:
//
//	origin-form     /hello?x=1           any method
//	absolute-form   http://host/hello    what a client tells a proxy
//	asterisk-form   *                    OPTIONS, about the server as a whole
//	authority-form  host:443             CONNECT, which this server does not do
//
// Left out on purpose: HTTP/0.9, whose line had two parts, and HTTP/2, which
// has no lines. Percent-encoding is checked here and decoded in step 07.
//
// Read requestline.go, then target.go, then authority.go, then
// demo/main.go.
//
// RFC 9112 §3 (request line), §3.2 (target), §2.3 (version); RFC 9110 §9.1
// (methods); RFC 3986 §3.2 (authority). Next: step 04 headers, which reads the
// other lines.
package requestline
