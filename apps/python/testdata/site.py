"""An application for the tests: for each thing that WSGI allows there is a path."""
import gzip
import io
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time

PLAIN = [("Content-Type", "text/plain")]


class Closed:
    """A body that tells when it is closed, and how often."""

    def __init__(self, errors, chunks):
        self.errors, self.chunks, self.times = errors, chunks, 0

    def __iter__(self):
        yield from self.chunks

    def close(self):
        self.times += 1
        self.errors.write("closed %d\n" % self.times)


def application(environ, start_response):
    return globals()[environ["PATH_INFO"].strip("/")](environ, start_response)


def hello(environ, start_response):
    start_response("200 OK", PLAIN)
    return [b"hello\n"]


def parts(environ, start_response):
    start_response("200 OK", PLAIN)
    return (b"one ", b"", b"two\n")


def noted(environ, start_response):
    environ["barewire.note"]("a word")
    return hello(environ, start_response)


def nothing(environ, start_response):
    start_response("204 No Content", [])
    return []


def shown(environ, start_response):
    start_response("200 OK", PLAIN)
    text = "\n".join("%s = %r" % item for item in sorted(environ.items()))
    return [text.encode()]


def late(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"first "
    yield b""
    yield b"second\n"


def echo(environ, start_response):
    start_response("200 OK", PLAIN)
    return [environ["wsgi.input"].read()]


def lines(environ, start_response):
    start_response("200 OK", PLAIN)
    source = environ["wsgi.input"]
    return [repr([source.readline(), source.readline(2), source.read(3), source.read(0), source.readlines()]).encode()]


def prints(environ, start_response):
    for number in range(20):
        print("line", number)
    sys.stderr.write("begun")
    return hello(environ, start_response)


def written(environ, start_response):
    write = start_response("200 OK", PLAIN)
    write(b"written, ")
    return [b"returned\n"]


def regret(environ, start_response):
    start_response("200 OK", PLAIN)
    try:
        raise KeyError("boom")
    except KeyError:
        start_response("503 Service Unavailable", PLAIN, sys.exc_info())
    return [b"sorry\n"]


def toolate(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"first "
    try:
        raise KeyError("too late")
    except KeyError:
        start_response("503 Service Unavailable", PLAIN, sys.exc_info())
    yield b"never\n"


def twice(environ, start_response):
    start_response("200 OK", PLAIN)
    start_response("200 OK", PLAIN)
    return []


def nevercalled(environ, start_response):
    return [b"hello\n"]


def nobytes(environ, start_response):
    start_response("200 OK", PLAIN)
    return ["text"]


def notype(environ, start_response):
    start_response("200 OK", [("X-Number", 1)])
    return []


def empty(environ, start_response):
    start_response("200 OK", PLAIN)
    return iter([])


def noticed(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "4")])
    environ["wsgi.errors"].write("a word\n")
    return iter([b"one\n"])


def failslate(environ, start_response):
    start_response("200 OK", PLAIN)
    raise KeyError("the secret")
    yield b"never\n"


def failsinside(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"first "
    raise KeyError("the secret")


def startless(environ, start_response):
    yield b"hello\n"


def fails(environ, start_response):
    raise KeyError("the secret")


def leaves(environ, start_response):
    sys.exit(3)


def closed(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closed(environ["wsgi.errors"], [b"one\n", b"two\n"])


def counted(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "4")])
    return Closed(environ["wsgi.errors"], [b"one\n"])


def badlyclosed(environ, start_response):
    body = counted(environ, start_response)
    body.close = lambda: 1 / 0
    return body


def surplus(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "4")])
    yield b"one\n"
    yield b"two\n"


def endless(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closed(environ["wsgi.errors"], iter(lambda: b"x" * 65536, b""))


class Archive(gzip.GzipFile):
    """A file whose descriptor has other bytes than it."""

    def __init__(self):
        packed = tempfile.TemporaryFile()
        with gzip.GzipFile(fileobj=packed, mode="wb") as file:
            file.write(b"one\ntwo\n")
        packed.seek(0)
        super().__init__(fileobj=packed)


def temporary():
    file = tempfile.NamedTemporaryFile()
    file.write(b"one\ntwo\n")
    file.seek(0)
    return file


def begun():
    file = open(__file__, "rb")
    file.readline()
    return file


def pipe():
    end, other = os.pipe()
    os.write(other, b"one\ntwo\n")
    os.close(other)
    return open(end, "rb")


FILES = {
    "open": lambda: open(__file__, "rb"),
    "temporary": temporary,
    "begun": begun,
    "raw": lambda: open(__file__, "rb", 0),
    "memory": lambda: io.BytesIO(b"one\ntwo\n"),
    "archive": Archive,
    "archive, buffered": lambda: io.BufferedReader(Archive()),
    "pipe": pipe,
}


def file(environ, start_response):
    start_response("200 OK", PLAIN)
    file = FILES[environ["QUERY_STRING"]]()
    wrapped = environ["wsgi.file_wrapper"](file, 100)
    wrapped.close = Closed(environ["wsgi.errors"], file).close
    return wrapped


def besides(environ, start_response):
    """A file, while a thread writes to wsgi.errors."""
    start_response("200 OK", PLAIN)
    wrapped = environ["wsgi.file_wrapper"](begun())
    done = threading.Event()

    def write():
        while not done.is_set():
            environ["wsgi.errors"].write(".")

    def close():
        done.set()
        thread.join()

    thread = threading.Thread(target=write)
    thread.start()
    wrapped.close = close
    return wrapped


def leftreading(environ, start_response):
    """The body is read by a thread, which is left behind."""
    threading.Thread(target=environ["wsgi.input"].read, args=(1,)).start()
    start_response("200 OK", PLAIN)
    return [b"hello\n"]


def unstarted(environ, start_response):
    return environ["wsgi.file_wrapper"](begun())


def pid(environ, start_response):
    start_response("200 OK", PLAIN)
    return [str(os.getpid()).encode()]


def forked(environ, start_response):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    else:
        environ["wsgi.errors"].write("the child")
    start_response("200 OK", PLAIN)
    return [b"the parent" if child else b"the child"]


def spawned(environ, start_response):
    child = multiprocessing.get_context("spawn").Process(target=os.getpid)
    child.start()
    child.join()
    start_response("200 OK", PLAIN)
    return [b"status %d" % child.exitcode]


def impatient(environ, start_response):
    def ring(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    text = b"in time"
    try:
        environ["wsgi.input"].read()
    except TimeoutError:
        text = b"too late"
        print("too late")
    start_response("200 OK", PLAIN)
    return [text]


def dies(environ, start_response):
    os._exit(7)


def diesinside(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"first "
    os._exit(7)


def hangs(environ, start_response):
    time.sleep(3600)


def unicode(environ, start_response):
    start_response("200 Gr\xfc\xdfe", PLAIN + [("X-Path", environ["QUERY_STRING"])])
    return [environ["HTTP_X_NAME"].encode("latin-1")]


def slow(environ, start_response):
    time.sleep(0.05)
    return hello(environ, start_response)


def deep(environ, start_response, depth=50):
    if depth:
        return deep(environ, start_response, depth - 1)
    return hello(environ, start_response)


def garbled(environ, start_response):
    os.write(3, b"\x05\0\0\0hello")
    time.sleep(3600)


def announced(environ, start_response):
    os.write(3, b"\xff\xff\xff\xffhello")
    os._exit(7)
