"""The Python side of Barewire: one process that runs one WSGI application.

    python3 - APP       reads this file from standard input

Barewire holds the network. It hands over each request on a socket pair, file
descriptor 3, and waits for the answer; one request at a time. A frame is its
length, 4 bytes, the lowest first, and one value as Python's marshal writes it.

    from Barewire          from this worker        and Barewire replies
    ------------------     --------------------    -----------------------------
                           ready
                           broken TEXT             (the application cannot run)
    environ, a dict        read N                  bytes, empty at the end
                           readline N              bytes, or text: what is wrong
                           start STACK STATUS HEADERS CAUSE
                           write CHUNK             True: go on, False: they left
                           chunk CHUNK             True: go on, False: they left
                           file                    True: we send its descriptor
                             after that            True: go on, False: they left
                           errors TEXT
                           note TEXT
                           returned                True: go on, False: they left
                           answer STATUS HEADERS CAUSE CHUNKS ENDED
                           failed TRACEBACK
                           end

Most answers are known as a whole: answer is start, every chunk, and, if ENDED
says so, the end. After failed there comes nothing more. What this worker says is
all bytes, so Barewire need not know Python's text.

Somebody may watch; then barewire.watched is in the environ. For them start goes out
at once, with the STACK, the calls that led there; and returned tells that the
application has returned an iterable, before that is asked for its first chunk.
Nothing else differs, and no answer does.

When the socket ends, Barewire has ended, and so do we.
"""
import contextlib
import importlib
import importlib.util
import inspect
import io
import marshal
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback

SOCKET = 3
BLOCK = 64 * 1024   # bytes of a body that travel at once
FIRST = 16 * 1024   # most frames are shorter, and need one read
GRACE = 2           # seconds, for an application that works when Barewire has ended
CALLS = 40          # of a stack, those that are told


# ---- frames

# The application may have threads: who asks has the turn until the reply is here. Who
# has it may be interrupted by a destructor, which has something to say too.
turn = threading.RLock()


def send(*message):
    frame = marshal.dumps(message, 2)
    data = len(frame).to_bytes(4, "little") + frame
    with turn:
        sent = os.write(SOCKET, data)
        while sent < len(data):
            data = data[sent:]
            sent = os.write(SOCKET, data)


def receive():
    data = os.read(SOCKET, FIRST)
    missing = 4 - len(data)
    while missing > 0:
        data += more(missing)
        missing = 4 - len(data)
    missing = int.from_bytes(data[:4], "little") + 4 - len(data)
    if missing:
        parts = [data]
        while missing:
            parts.append(more(missing))
            missing -= len(parts[-1])
        data = b"".join(parts)
    return marshal.loads(data[4:])


def more(size):
    data = os.read(SOCKET, size)
    if not data:
        raise BarewireEnded
    return data


class BarewireEnded(BaseException):
    """No application may catch this by catching Exception."""


# ---- what the application is given


class Input:
    """wsgi.input: each read asks Barewire, and Barewire asks the client."""

    def __init__(self, request):
        self.request = request

    def read(self, size=-1):
        return self.gather(b"read", size)

    def readline(self, size=-1):
        return self.gather(b"readline", size)

    def gather(self, how, size):
        if size is None or size < 0:
            size = sys.maxsize
        blocks = []
        while size:
            block = self.request.ask(how, min(size, BLOCK))
            if type(block) is str:
                raise OSError(block)
            blocks.append(block)
            size -= len(block)
            if not block or how == b"readline" and block.endswith(b"\n"):
                break
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def readlines(self, hint=-1):
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if hint is not None and 0 < hint <= size:
                break
        return lines

    def __iter__(self):
        return iter(self.readline, b"")


class Errors:
    """wsgi.errors: what is written here is shown in the trace of the request."""

    def __init__(self, request):
        self.request = request

    def write(self, text):
        if self.request.over:  # a thread that was left behind
            return sys.stderr.write(text)
        self.request.say(b"errors", text.encode("utf-8", "backslashreplace"))
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass


class FileWrapper:
    """wsgi.file_wrapper: a file that Barewire may send by itself. Whoever does not
    know that, such as middleware, gets it block by block."""

    def __init__(self, file, block_size=BLOCK):
        self.file = file
        self.block_size = block_size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self):
        return iter(lambda: self.file.read(self.block_size), b"")


# What is the same in each environ.
ALWAYS = {
    "wsgi.version": (1, 0),
    "wsgi.multithread": False,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.file_wrapper": FileWrapper,
}


# ---- one request


class Request:
    """The server's side of PEP 3333, for one request."""

    def __init__(self, watched):
        self.watched = watched
        self.held = None      # start's arguments, until something else is said
        self.started = False
        self.sent = False     # the head is out: a chunk was sent
        self.length = -1      # the Content-Length
        self.over = False
        self.lost = False     # a reply: a handler of signals has raised while it was awaited

    def answer(self, app, environ):
        environ.update(ALWAYS)
        environ["wsgi.input"] = Input(self)
        environ["wsgi.errors"] = Errors(self)
        environ["barewire.note"] = self.note
        body = app(environ, self.start_response)
        if type(body) in (list, tuple) and not self.sent:
            for chunk in body:
                check_chunk(chunk)
            self.over = True
            self.whole(list(body), True)
            return
        try:
            handed = type(body) is FileWrapper and self.hand_over(body.file)
            if not handed and (not self.watched or self.ask(b"returned")):
                self.iterate(body)
        finally:
            if hasattr(body, "close"):
                body.close()
        self.over = True
        if self.held or not self.started:
            self.whole([], True)
        else:
            send(b"end")

    def iterate(self, body):
        for chunk in body:
            check_chunk(chunk)
            if not chunk:
                continue
            if not self.started:
                raise AssertionError("a chunk came before start_response was called")
            if not self.sent and self.length == len(chunk):
                self.sent = True
                self.whole([chunk], False)
                continue
            self.sent = True
            if not self.ask(b"chunk", chunk):
                return

    def hand_over(self, file):
        """Let Barewire send a file, from where it stands, if it is one that the system
        can read: no archive, no pipe, no object that only looks like one.
        PEP 3333, "Optional Platform-Specific File Handling"
        """
        if type(getattr(file, "raw", file)) is not io.FileIO or not file.seekable() or not self.started:
            return False
        file.flush()
        os.lseek(file.fileno(), file.tell(), os.SEEK_SET)  # a buffer has read ahead
        self.sent = True
        with turn:
            self.ask(b"file")
            with socket.socket(fileno=os.dup(SOCKET)) as link:
                socket.send_fds(link, [b"."], [file.fileno()])
            self.hear()
        return True

    def whole(self, chunks, ended):
        """Say all at once."""
        start, self.held = self.held or (None, (), None), None
        send(b"answer", *start, chunks, ended)

    def start_response(self, status, headers, exc_info=None):
        cause = None
        if exc_info:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
                cause = "".join(traceback.format_exception_only(*exc_info[:2])).encode("utf-8", "backslashreplace")
            finally:
                exc_info = None  # it leads to this very frame
        elif self.started:
            raise AssertionError("start_response is called again only with exc_info")
        if not isinstance(status, str):
            raise TypeError("the status is %r, and has to be a str" % (status,))
        if not isinstance(headers, list):
            raise TypeError("the headers are %r, and have to be a list" % (headers,))
        fields, length = [], -1
        for name, value in headers:
            if not isinstance(name, str) or not isinstance(value, str):
                raise TypeError("the header (%r, %r) has to be two str" % (name, value))
            # Text here is bytes in latin-1. PEP 3333, "Unicode Issues"
            fields.append((name.encode("latin-1"), value.encode("latin-1")))
            if len(name) == 14 and name.lower() == "content-length" and value.isdigit():
                length = int(value)
        self.flush_start()
        self.held = status.encode("latin-1"), fields, cause
        self.started, self.length = True, length
        if self.watched:
            self.flush_start(calls(sys._getframe(1)))
        return self.write

    def write(self, chunk):
        check_chunk(chunk)
        if chunk:
            self.sent = True
            if not self.ask(b"write", chunk):
                raise BrokenPipeError("the client is gone")

    def note(self, text):
        """A word to whoever watches the server."""
        self.say(b"note", text.encode("utf-8", "backslashreplace"))

    def flush_start(self, stack=None):
        with turn:
            if self.held and not self.over:
                start, self.held = self.held, None
                send(b"start", stack, *start)

    def say(self, *message):
        with turn:
            if self.over:
                raise ValueError("this request is over")
            self.flush_start()
            send(*message)

    def ask(self, *message):
        with turn:
            if self.lost:
                raise OSError("what was asked before has not been answered")
            self.say(*message)
            return self.hear()

    def hear(self):
        self.lost = True
        reply = receive()
        self.lost = False
        return reply


def check_chunk(chunk):
    if not isinstance(chunk, bytes):
        raise TypeError("a chunk is %s, and has to be bytes" % type(chunk).__name__)


def serve(app):
    while True:
        environ = receive()
        request = Request(environ.pop("barewire.watched", False))
        try:
            request.answer(app, environ)
        except BarewireEnded:
            raise
        except BaseException as error:  # sys.exit ends a request, not the worker
            request.flush_start()
            request.over = True
            send(b"failed", traceback_of(error))
        if request.lost:  # what comes next may be the reply, or the rest of it
            select.select([SOCKET], [], [])
            return


def traceback_of(error):
    """The traceback without this file and that of import, which nobody asked for."""
    told = traceback.TracebackException.from_exception(error)
    each = told
    while each:
        others = [frame for frame in each.stack if not frame.filename.startswith(hidden())]
        each.stack = traceback.StackSummary.from_list(others)
        each = each.__cause__ or each.__context__
    return "".join(told.format()).encode("utf-8", "backslashreplace")


def calls(frame):
    """The calls that led to a frame, one on each line, the application's first."""
    names = []
    while frame:
        if not frame.f_code.co_filename.startswith(hidden()):
            names.append(name_of(frame)[:200])
        frame = frame.f_back
    names.reverse()
    if len(names) > CALLS:
        names[CALLS // 2:-CALLS // 2] = ["(%d more)" % (len(names) - CALLS)]
    return "\n".join(names).encode("utf-8", "backslashreplace")


def name_of(frame):
    """The function with its class: Flask.wsgi_app."""
    code = frame.f_code
    if hasattr(code, "co_qualname"):  # since Python 3.11
        return code.co_qualname
    if code.co_varnames[:1] == ("self",) and "self" in frame.f_locals:
        return type(frame.f_locals["self"]).__name__ + "." + code.co_name
    return code.co_name


def hidden():
    """The files that nobody wants to see in a traceback: this one, and import's."""
    return hidden.__code__.co_filename, "<frozen importlib"


# ---- finding the application


class NotFound(Exception):
    """There is no such application. The text says it all."""


def find(name):
    """APP is file.py:callable, module:callable or one without the callable."""
    where, _, what = name.partition(":")
    if where == "python":
        where, _, what = what.partition(":")
    sys.path.insert(0, os.getcwd())
    module = load_file(where) if where.endswith(".py") else importlib.import_module(where)
    if what:
        app = get(module, what)
    else:
        app = guess(module, where)
    if not callable(app):
        raise NotFound("%s is %r, and no application: it cannot be called" % (name, app))
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None)):
        raise NotFound("%s is an ASGI application, a coroutine function; Barewire speaks WSGI" % name)
    return app


def load_file(path):
    if not os.path.isfile(path):
        raise NotFound("there is no file %s here" % path)
    folder, file = os.path.split(os.path.abspath(path))
    sys.path.insert(0, folder)
    name = file[:-len(".py")]
    # By its path: another module may have the same name.
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def get(module, what):
    """Get a callable, or with () call a factory for it."""
    value = module
    for part in what.removesuffix("()").split("."):
        value = getattr(value, part)
    return value() if what.endswith("()") else value


def guess(module, where):
    for what in ("application", "app"):
        if hasattr(module, what):
            return getattr(module, what)
    if hasattr(module, "create_app"):
        return module.create_app()
    raise NotFound("%s has no application, no app and no create_app(); say which it is: %s:NAME" % (where, where))


def end_with_barewire():
    """End even when the application hangs, or works for nobody."""
    poll = select.poll()
    poll.register(SOCKET, 0)  # POLLHUP comes unasked
    poll.poll()
    time.sleep(GRACE)  # who is idle reads the end of the socket, and runs atexit
    os._exit(1)


def main():
    os.set_inheritable(SOCKET, False)
    nothing = os.open(os.devnull, os.O_RDWR)
    # A child that the application forks may come back from it: what it says is for nobody.
    os.register_at_fork(after_in_child=lambda: os.dup2(nothing, SOCKET, inheritable=False))
    threading.Thread(target=end_with_barewire, daemon=True).start()
    with contextlib.suppress(AttributeError, OSError):  # Linux has it: who wakes us may first finish what it does
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for Barewire, which lets us finish
    try:
        app = find(sys.argv[1])
    except NotFound as error:
        return send(b"broken", str(error).encode("utf-8", "backslashreplace"))
    except BaseException as error:
        text = traceback_of(error)
        if isinstance(error, ModuleNotFoundError):
            text += ("This is the Python %s; it has no module %r\n" % (sys.executable, error.name)).encode()
        return send(b"broken", text)
    send(b"ready")
    try:
        serve(app)
    except (BarewireEnded, BrokenPipeError, ConnectionResetError):
        pass


if __name__ == "__main__":
    globals().pop("__file__", None)  # there is none, for multiprocessing to look for
    sys.stdout = sys.stderr  # print() is for whoever watches
    main()
