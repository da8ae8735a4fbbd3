"""What the servers in Python serve, and wsgiref itself: python3 hello.py PORT"""


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello world!\n"]


if __name__ == "__main__":
    import sys
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    class Server(WSGIServer):
        request_queue_size = 1024  # of 5, most clients would wait a second

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    make_server("127.0.0.1", int(sys.argv[1]), app, Server, Quiet).serve_forever()
