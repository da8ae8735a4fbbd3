"""One application for three servers: it tells what it is told, and answers in many ways."""
import json
import sys
from urllib.parse import parse_qs
from wsgiref.validate import validator

PLAIN = [("Content-Type", "text/plain")]


def application(environ, start_response):
    _, first, *rest = environ["PATH_INFO"].split("/") + [""]
    return WAYS.get(first, tell)(environ, start_response, rest)


def tell(environ, start_response, rest):
    """Tell the environ as JSON, and the body. To HEAD only the head can tell it."""
    told = {key: value if type(value) is str else shown(value) for key, value in environ.items()}
    told["the body"] = environ["wsgi.input"].read(-1).decode("latin-1")
    text = json.dumps(told)
    headers = [("Content-Type", "application/json")]
    if environ["REQUEST_METHOD"] == "HEAD":
        headers.append(("X-Told", text))
    start_response("200 OK", headers)
    return [text.encode()]


def shown(value):
    return repr(value) if type(value) in (bool, int, tuple) else "a thing"


def read(environ, start_response, rest):
    """Read the body as a path says: read/2/line/line3/lines."""
    source, told = environ["wsgi.input"], []
    for how in rest:
        if how == "line":
            told.append(source.readline())
        elif how == "lines":
            told += source.readlines()
        elif how == "each":
            told += list(source)
        elif how.startswith("line"):
            told.append(source.readline(int(how[4:])))
        elif how:
            told.append(source.read(int(how)))
    start_response("200 OK", PLAIN)
    return [repr(told).encode()]


def ignore(environ, start_response, rest):
    """Leave the body where it is."""
    start_response("200 OK", PLAIN)
    return [b"ignored"]


def status(environ, start_response, rest):
    """Answer as the query says: code, header, body."""
    query = parse_qs(environ["QUERY_STRING"], encoding="latin-1")
    headers = [tuple(line.split(":", 1)) for line in query.get("header", [])]
    start_response(query["code"][0], headers)
    return [text.encode("latin-1") for text in query.get("body", [])]


def generator(environ, start_response, rest):
    """Start when the first chunk is asked for."""
    start_response("200 OK", PLAIN)
    for text in rest:
        yield text.encode("latin-1")


def iterator(environ, start_response, rest):
    start_response("200 OK", PLAIN)
    return iter([text.encode("latin-1") for text in rest])


def write(environ, start_response, rest):
    say = start_response("200 OK", PLAIN)
    for text in rest[:-1]:
        say(text.encode("latin-1"))
    return [rest[-1].encode("latin-1")]


def large(environ, start_response, rest):
    start_response("200 OK", PLAIN)
    return [b"0123456789" * 10_000] * int(rest[0])


def file(environ, start_response, rest):
    start_response("200 OK", PLAIN)
    return environ["wsgi.file_wrapper"](open(__file__, "rb"))


def again(environ, start_response, rest):
    """Start once more, with the reason why."""
    start_response("200 OK", PLAIN)
    try:
        raise KeyError("boom")
    except KeyError:
        start_response("503 Service Unavailable", [("Content-Type", "text/html")], sys.exc_info())
    return [b"sorry"]


def fails(environ, start_response, rest):
    raise KeyError("the secret")


def fails_late(environ, start_response, rest):
    start_response("200 OK", PLAIN)
    yield b"first"
    raise KeyError("the secret")


def fails_unheard(environ, start_response, rest):
    """Fail behind start_response, when nothing was sent yet."""
    start_response("200 OK", PLAIN)
    yield b""
    raise KeyError("the secret")


WAYS = {way.__name__: way for way in (
    read, ignore, status, generator, iterator, write, large, file, again, fails, fails_late, fails_unheard)}
judged = validator(application)
