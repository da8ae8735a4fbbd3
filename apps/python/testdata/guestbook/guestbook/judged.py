"""The same, with Python's own judge around it."""
from wsgiref.validate import validator

from .wsgi import application

application = validator(application)
