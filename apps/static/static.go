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
	"os"
	"path"
	"strconv"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// App serves the files below the directory that the server was started in.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return Dir(".")(environ, start)
}

// Dir returns an application that serves the files below a directory. For a
// directory it serves the index.html in it.
func Dir(directory string) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		method := environ.Text("REQUEST_METHOD")
		if method != "GET" && method != "HEAD" {
			start("405 Method Not Allowed", wsgi.Headers{{"Allow", "GET, HEAD"}, {"Content-Type", "text/plain"}})
			return wsgi.Text("There are only files here, to be read.\n")
		}
		file, info, err := open(directory, environ.Text("PATH_INFO"))
		if err != nil {
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

// open opens the file that a path names. Only a regular one: to open a pipe
// would be to wait for whoever writes to it.
func open(directory, pathInfo string) (file *os.File, info fs.FileInfo, err error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, nil, err
	}
	// What was opened through it stays open.
	defer func() { err = errors.Join(err, root.Close()) }()

	name := cmp.Or(strings.TrimPrefix(path.Clean("/"+pathInfo), "/"), ".")
	info, err = root.Stat(name)
	if err == nil && info.IsDir() {
		name = path.Join(name, "index.html")
		info, err = root.Stat(name)
	}
	switch {
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, fs.ErrInvalid
	}
	file, err = root.Open(name)
	return file, info, err
}
