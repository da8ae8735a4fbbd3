"""A shop behind nginx, as docs/deploy.md has it. It tells who answers."""
import hashlib
import os
import time

BLOCK = bytes(range(256)) * 256  # 64 KiB


def app(environ, start_response):
    page = pages.get(environ['PATH_INFO'].rsplit('/', 1)[-1], who)
    start_response('200 OK', [
        ('Content-Type', 'application/octet-stream'),
        ('X-Accel-Buffering', 'no' if page is events else 'yes'),
    ])
    return page(environ)


def who(environ):
    """The process of Barewire, and what nginx told it of the client."""
    names = 'HTTP_HOST', 'HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_PROTO', 'REMOTE_ADDR', 'wsgi.url_scheme'
    told = [str(os.getppid())] + [environ.get(name) or '-' for name in names]
    return [' '.join(told).replace('@', '-').encode()]  # a Unix socket without a name


def large(environ):
    """32 MiB in 512 chunks, each with its number before it."""
    for number in range(512):
        yield b'%08d' % number + BLOCK


def upload(environ):
    """How much came, and its digest."""
    size, digest = 0, hashlib.sha256()
    while True:
        block = environ['wsgi.input'].read(100_000)
        if not block:
            return [b'%d %s' % (size, digest.hexdigest().encode())]
        size += len(block)
        digest.update(block)


def held(environ):
    """Notes that it was called, and waits until it may answer."""
    name = os.path.join(os.environ['SHOP_HELD'], environ['QUERY_STRING'])
    with open(name + '.calls', 'a') as calls:
        print(environ['REQUEST_METHOD'], os.getppid(), os.getpid(), file=calls)
    while os.path.exists(name + '.calls') and not os.path.exists(name + '.go'):
        time.sleep(0.01)
    return who(environ)


def events(environ):
    """One chunk at once, and another when it may come."""
    yield b'first\n'
    held(environ)
    yield b'second\n'


def broken(environ):
    """Half an answer, whose length nobody knows."""
    yield b'first\n'
    raise RuntimeError('the other half is missing')


pages = {'large': large, 'upload': upload, 'held': held, 'events': events, 'broken': broken}
