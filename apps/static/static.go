// Package static serves files.
//
// It shows wsgi.file_wrapper, the extension that the tutorials' Django handler
// ends with: the application opens a file and hands it to the server, which
// sends it as it likes best. Until then the application only says what it is:
// its type by its name, its length by a look.
//
// A client chooses the name, so nothing is opened but through an [os.Root]:
// neither .. nor a symbolic link leads out of the directory.
//
// Left out on purpose: lists of directories, ranges, and validators such as
// ETag, by which a client asks whether its copy is still good.
//
//	curl -v 'http://127.0.0.1:8888/README.md'
//	curl -I 'http://127.0.0.1:8888/README.md'
package static

import (
	"cmp"
	"errors"
	"io/fs"
	"mime"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	wsgi "barewire/steps/06_wsgi"
)

// App serves the files below the directory that the server was started in.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return Dir(".")(environ, start)
}

// Dir returns an application that serves the files below a directory. For a
// directory it serves the index.html in it, and sends who asks for it without a
// slash at the end to where it is with one.
func Dir(directory string) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		method := environ.Text("REQUEST_METHOD")
		if method != "GET" && method != "HEAD" {
			start("405 Method Not Allowed", wsgi.Headers{{"Allow", "GET, HEAD"}, {"Content-Type", "text/plain"}})
			return wsgi.Text("There are only files here, to be read.\n")
		}
		file, info, err := open(directory, environ.Text("PATH_INFO"))
		switch {
		case errors.Is(err, errNoSlash):
			start("301 Moved Permanently", wsgi.Headers{{"Location", withSlash(environ)}, {"Content-Type", "text/plain"}})
			return wsgi.Text("The path of a directory ends in a slash.\n")
		case err != nil:
			// Which of the reasons it was is no stranger's business.
			start("404 Not Found", wsgi.Headers{{"Content-Type", "text/plain"}})
			return wsgi.Text("There is no such file.\n")
		}
		start("200 OK", wsgi.Headers{
			{"Content-Type", cmp.Or(mime.TypeByExtension(path.Ext(info.Name())), "application/octet-stream")},
			{"Content-Length", strconv.FormatInt(info.Size(), 10)},
		})
		return environ.FileWrapper()(file, 0)
	}
}

// errNoSlash tells that a path names a directory, and would name the files in it
// by links that lead to the directory above. RFC 3986 §5.2.3
var errNoSlash = errors.New("static: the path of a directory ends in a slash")

// open opens the file that a path names, or the index.html of a directory.
func open(directory, pathInfo string) (file *os.File, info fs.FileInfo, err error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, nil, err
	}
	// What was opened through it stays open.
	defer func() { err = errors.Join(err, root.Close()) }()

	name := cmp.Or(strings.TrimPrefix(path.Clean("/"+pathInfo), "/"), ".")
	info, err = root.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	switch slash := strings.HasSuffix(pathInfo, "/"); {
	case info.IsDir() && !slash:
		return nil, nil, errNoSlash
	case info.IsDir():
		name = path.Join(name, "index.html")
	case slash:
		return nil, nil, fs.ErrNotExist
	}
	return openRegular(root, name)
}

// openRegular opens a regular file. It looks at what it has opened, for until then
// the name may come to mean another file. To open a pipe would be to wait for
// whoever writes to it; with O_NONBLOCK it is not.
func openRegular(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, info, nil
}

// withSlash returns where a directory is to be asked for. The path is a clean one,
// for //host/.. would lead to another host.
func withSlash(environ wsgi.Environ) string {
	clean := strings.TrimSuffix(path.Clean("/"+environ.Text("PATH_INFO")), "/")
	target := url.URL{Path: environ.Text("SCRIPT_NAME") + clean + "/", RawQuery: environ.Text("QUERY_STRING")}
	return target.String()
}
