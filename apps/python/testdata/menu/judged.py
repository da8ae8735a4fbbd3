"""The same, with Python's own judge around it."""
from wsgiref.validate import validator

from app import app

application = validator(app)
