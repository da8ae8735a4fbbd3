"""The same, with Python's own judge around it."""
from wsgiref.validate import validator

from app import create_app

validated = validator(create_app())


def application(environ, start_response):
    """Keep it a secret that the body has an end.

    Where Werkzeug knows of it, it calls read() without a size. PEP 3333 has servers
    allow that, and the judge lets no application rely on it.
    """
    del environ["wsgi.input_terminated"]
    return validated(environ, start_response)
