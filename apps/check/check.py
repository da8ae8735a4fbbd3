"""The application that the workshop's checks ask, for servers in Python.

It is check:App of Barewire in one file of the standard library, Python 3.9 or
later, and answers the same to the byte. Serve its application:

    gunicorn check:application
"""

import json
import math
import os
import re
import sys
import threading
import time

OK = '200 OK'
PLAIN = ('Content-Type', 'text/plain')
MAX_ECHO = 16 << 20  # bytes of a body that has to be in memory as a whole
MAX_FIRST = 64 << 10
MAX_PIECE = 8 << 10  # bytes that are read at a time
MAX_CHUNKS = 1_000_000
MAX_BIG = 1 << 30
MAX_WAIT = 10_000  # milliseconds


def application(environ, start):
    """Answer each path of the table in its own way, whatever the method."""
    path = environ.get('PATH_INFO', '')
    answer = PATHS.get(path)
    if not answer and path.startswith('/environ/'):  # where any path can be told
        answer = show_environ
    elif not answer:
        answer = always('404 Not Found', [PLAIN], b'no such path\n')
    try:
        return answer(environ, start)
    except BadNumber as error:
        start('400 Bad Request', [PLAIN])
        return [b'%s\n' % str(error).encode('latin-1')]


def always(status, headers, *chunks):
    """Make an application that answers everything with this."""
    def answer(environ, start):
        start(status, list(headers))
        return list(chunks)
    return answer


# What came in.

def show_environ(environ, start):
    """Answer with the environ as JSON, keys sorted, what is no text as repr."""
    def shown(key, value):
        if isinstance(value, str):
            return value
        return repr(value) if isinstance(value, (int, tuple)) else '<%s>' % key

    # wsgiref mixes in the environment of the process, which is nobody's business.
    told = {key: shown(key, value) for key, value in environ.items()
            if key not in os.environ or os.environ[key] != value}
    text = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True)
    start(OK, [('Content-Type', 'application/json')])
    return [text.encode('utf-8') + b'\n']


def echo(environ, start):
    """Answer with the body, once all of it was read."""
    body = b''.join(pieces(environ, environ['wsgi.input'].read, MAX_ECHO + 1))
    if len(body) > MAX_ECHO:
        start('413 Content Too Large', [PLAIN])
        return [b'a body has at most %d bytes here\n' % MAX_ECHO]
    start(OK, [('Content-Type', 'application/octet-stream')])
    return [body]


def count(environ, start):
    """Answer with the number of bytes of the body."""
    n = sum(map(len, pieces(environ, environ['wsgi.input'].read)))
    start(OK, [PLAIN])
    return [b'%d\n' % n]


def lines(environ, start):
    """Answer with the number of lines. A long one comes in pieces, counts once."""
    n, begins = 0, True
    for piece in pieces(environ, environ['wsgi.input'].readline):
        n += begins
        begins = piece.endswith(b'\n')
    start(OK, [PLAIN])
    return [b'%d\n' % n]


def first(environ, start):
    """Answer with the first n bytes of the body, and leave the others."""
    n = number(environ, 'n', 5, 0, MAX_FIRST)
    body = b''.join(pieces(environ, environ['wsgi.input'].read, n))
    start(OK, [PLAIN])
    return [body]


def pieces(environ, read, most=math.inf):
    """Yield what read reads of the body, at most so many bytes.

    Not every server ends wsgi.input where the body ends: PEP 3333 leaves it to
    the application to stop after CONTENT_LENGTH bytes.
    """
    ends = environ.get('wsgi.input_terminated', False)
    if not ends:
        most = min(most, int(environ.get('CONTENT_LENGTH') or 0))
    while most > 0:
        piece = read(min(most, MAX_PIECE))
        if not piece and not ends:
            raise EOFError('the body of the request breaks off')
        if not piece:
            return
        most -= len(piece)
        yield piece


class BadNumber(Exception):
    """A number in the query string that is none, or out of bounds."""


def field(environ, name, missing):
    """Return a field of the query string as it was sent."""
    for pair in environ.get('QUERY_STRING', '').split('&'):
        key, _, value = pair.partition('=')
        if key == name:
            return value
    return missing


def number(environ, name, missing, least, most):
    """Read a field that is a number; bounded, or one request could last for ever."""
    digits = re.fullmatch('0*([0-9]{1,18})', field(environ, name, str(missing)))
    if not digits or not least <= int(digits[1]) <= most:
        raise BadNumber('%s is a number from %d to %d' % (name, least, most))
    return int(digits[1])


# How the body is said.

def stream(environ, start):
    """Yield n chunks, waiting before each but the first. Nobody says their length."""
    n = number(environ, 'n', 3, 0, MAX_CHUNKS)
    ms = number(environ, 'ms', 0, 0, MAX_WAIT)
    start(OK, [PLAIN])

    def chunks():
        for i in range(1, n + 1):
            if i > 1:
                time.sleep(ms / 1000)
            yield b'chunk %d\n' % i
    return chunks()


def big(environ, start):
    """Yield n bytes, of which byte i is the last digit of i."""
    n = number(environ, 'n', 1 << 20, 0, MAX_BIG)
    start(OK, [PLAIN, ('Content-Length', str(n))])
    block = b'0123456789' * 819  # not quite 8 KiB
    return (block[:left] for left in range(n, 0, -len(block)))


def late(environ, start):
    """A generator: start_response is called when the first chunk is asked for."""
    start(OK, [PLAIN])
    yield b'late\n'


def write(environ, start):
    """Send one chunk by write and return another."""
    send = start(OK, [PLAIN])
    send(b'written\n')
    return [b'yielded\n']


class CountingBody(list):
    """A body that counts how many of its kind were closed, in this process."""
    closed = 0
    lock = threading.Lock()

    def close(self):
        with self.lock:
            CountingBody.closed += 1


def closing(environ, start):
    start(OK, [PLAIN])
    return CountingBody([b'close\n'])


def how_often_closed(environ, start):
    start(OK, [PLAIN])
    return [b'%d\n' % CountingBody.closed]


def slow(environ, start):
    """Wait, and only then look at the name."""
    time.sleep(number(environ, 'ms', 200, 0, MAX_WAIT) / 1000)
    start(OK, [PLAIN])
    return [field(environ, 'name', 'x').encode('latin-1') + b'\n']


# Status and headers.

def status(environ, start):
    """Answer with any status and always with a body."""
    code = number(environ, 'code', 204, 100, 999)
    start(status_line(code), [PLAIN])
    return [b'status\n']


def length(environ, start):
    """Answer as status does, with a Content-Length."""
    code = number(environ, 'code', 304, 100, 999)
    n = number(environ, 'n', 7, 0, MAX_BIG)
    start(status_line(code), [PLAIN, ('Content-Length', str(n))])
    return [b'status\n']


def status_line(code):
    return '%d %s' % (code, REASONS.get(code, 'Checked'))


REASONS = {
    100: 'Continue', 101: 'Switching Protocols',
    200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 205: 'Reset Content',
    301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified',
    400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed',
    500: 'Internal Server Error', 501: 'Not Implemented', 503: 'Service Unavailable',
}


def replace(environ, start):
    """Think better of the first answer before anything of it was sent."""
    start(OK, [PLAIN, ('X-Replaced', 'yes')])
    try:
        fail(environ, start)
    except RuntimeError:
        start('500 Internal Server Error', [PLAIN], sys.exc_info())
    return [b'replaced\n']


# What breaks the contract.

def twice(environ, start):
    start(OK, [PLAIN])
    start(OK, [PLAIN])
    return [b'twice\n']


def no_start(environ, start):
    return [b'nostart\n']


def fail(environ, start):
    raise RuntimeError('check:App fails on purpose')


def empty_fail(environ, start):
    """Fail behind a chunk that sends nothing, so that nothing is out yet."""
    start(OK, [PLAIN])
    yield b''
    fail(environ, start)


def fail_mid(environ, start):
    """Fail when the first half of the answer is under way."""
    start(OK, [PLAIN])
    yield b'before\n'
    fail(environ, start)


def too_late(environ, start):
    """Think better of the answer when the head of it is with the client."""
    start(OK, [PLAIN])
    yield b'before\n'
    try:
        fail(environ, start)
    except RuntimeError:
        start('500 Internal Server Error', [PLAIN], sys.exc_info())
    yield b'after\n'


PATHS = {
    '/': always(OK, [PLAIN], b'check\n'),

    '/environ': show_environ,  # and /environ/...
    '/echo': echo,
    '/count': count,
    '/lines': lines,
    '/first': first,  # ?n=5
    '/unread': always(OK, [PLAIN], b'unread\n'),

    '/stream': stream,  # ?n=3&ms=0
    '/big': big,  # ?n=1048576
    '/empty': always(OK, [PLAIN], b'', b'', b'x\n'),
    '/nothing': always(OK, [PLAIN]),
    '/utf8': always(OK, [('Content-Type', 'text/plain; charset=utf-8')], 'café\n'.encode('utf-8')),
    '/late': late,
    '/write': write,
    '/close': closing,
    '/closed': how_often_closed,
    '/slow': slow,  # ?ms=200&name=x

    '/status': status,  # ?code=204
    '/length': length,  # ?code=304&n=7
    '/head': always(OK, [PLAIN, ('Content-Length', '6')], b'head!\n'),
    '/date': always(OK, [PLAIN, ('Date', 'Sun, 06 Nov 1994 08:49:37 GMT')], b'date\n'),
    '/cookies': always(OK, [PLAIN, ('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2')], b'cookies\n'),
    '/replace': replace,

    '/short': always(OK, [PLAIN, ('Content-Length', '10')], b'short'),
    '/long': always(OK, [PLAIN, ('Content-Length', '5')], b'long', b'er than that'),
    '/crlf': always(OK, [PLAIN, ('X-Check', 'a\r\nInjected: yes')], b'crlf\n'),
    '/hop': always(OK, [PLAIN, ('Connection', 'close')], b'hop\n'),
    '/badstatus': always('2000 no', [PLAIN], b'badstatus\n'),
    '/twice': twice,
    '/nostart': no_start,
    '/fail': fail,
    '/emptyfail': empty_fail,
    '/failmid': fail_mid,
    '/toolate': too_late,
}
