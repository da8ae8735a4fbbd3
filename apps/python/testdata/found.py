"""What can be found in a file, and what cannot."""


class Site:
    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"found\n"]


app = Site()
holder = Site
number = 42
holder.inner = app


def create_app():
    return Site()


async def asgi(scope, receive, send):
    pass
