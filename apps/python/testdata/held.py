"""An application whose requests can be held, to be killed or to outlive others."""
import os


def app(environ, start_response):
    text = [environ["QUERY_STRING"].encode() + b" ", b"%d" % os.getpid()]
    if environ["PATH_INFO"] == "/held":
        environ["wsgi.input"].read(1)
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/yielded":
        return iter(text)
    return text
