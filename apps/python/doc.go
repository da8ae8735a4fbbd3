// Package python runs Python's own WSGI applications, Flask's and Django's among
// them, as they are.
//
// The application lives in Python processes, the workers. Each has one request at
// a time, which is all that the contract asks of it. A worker is worker.py, one
// file to be read; it is the server's side of PEP 3333 once more, in Python, and
// what it cannot do alone it asks of the Go side, over a socket pair:
//
//	the server, Go                            a worker, Python
//
//	Application(environ, start)  ── environ ─▶  app(environ, start_response)
//	environ.Input().Read         ◀─ read 100 ─  environ['wsgi.input'].read(100)
//	                             ── bytes ───▶
//	start(status, headers)       ◀─ start ────  start_response(status, headers)
//	yield(chunk)                 ◀─ chunk ────  yield chunk
//	                             ── go on ───▶
//	Body.Close                   ◀─ end ──────  close()
//
// The two take turns. So Python asks for no byte of the body before the
// application does, and yields no chunk before the one before it is sent; and an
// answer that is known as a whole, a list, costs one frame each way. A framework that
// has something to do behind its answer says one more. The table of all messages is
// at the head of worker.py.
//
// A frame is a value in Python's marshal format behind its length: Python reads and
// writes it with one call in C. Of the format we need a dozen types, in marshal.go.
//
// A worker that dies loses the request in its hands, and is replaced. One that says
// nothing for too long is ended. Pool.Reload has new ones import the application anew,
// and only then lets the old ones go, each when it has answered. When we end, so does
// its socket, and so does it, even when it hangs.
//
// Of a file in wsgi.file_wrapper the descriptor travels, and the server has the kernel
// send it; its bytes never come to Python.
//
// An application may have threads, which then speak one at a time, and children, of
// which nothing that they say is heard.
//
// Where somebody watches the server, each message is told before it is acted on, and
// Python sends the calls that led to start_response. Where nobody does, nothing is
// measured, looked up or sent.
//
// Left out: threads, and asyncio with its ASGI.
//
// Read worker.py, then request.go, worker.go, pool.go and marshal.go.
package python
