"""The tutorials' first application, with Python's own judge around it."""
from wsgiref.validate import validator


def application(environ, start_response):
    size = int(environ.get("CONTENT_LENGTH") or 0)
    text = environ["wsgi.input"].read(size)
    environ["wsgi.errors"].write("a word\n")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text) + 6))])
    return [b"hello " + text]


def generator(environ, start_response):
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"written, ")
    yield b"yielded"


application = validator(application)
generator = validator(generator)
