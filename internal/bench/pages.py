"""What the servers of Python's applications serve when they are compared: a plain
application, the same in Flask, and a gibibyte in each direction."""
from flask import Flask

BLOCK = b"x" * (64 << 10)


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello world!\n"]


def stream(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return (BLOCK for _ in range(16 << 10))


def upload(environ, start_response):
    size = 0
    while block := environ["wsgi.input"].read(len(BLOCK)):
        size += len(block)
    text = b"%d\n" % size
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text]


flask = Flask(__name__)


@flask.route("/flask")
def hello_flask():
    return "Hello world!\n"


PAGES = {"/": hello, "/stream": stream, "/upload": upload, "/flask": flask}


def app(environ, start_response):
    return PAGES[environ["PATH_INFO"]](environ, start_response)
