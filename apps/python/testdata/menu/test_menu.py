"""What the menu has to answer, asked twice; Bottle has no client, Werkzeug's will do.

    python3 -m unittest                        asks the application
    SITE=127.0.0.1:8888 python3 -m unittest    asks a server, too, and compares
"""
import io
import os
import unittest

from werkzeug.test import Client
from wire import wire

from app import app

SITE = os.environ.get("SITE")


def in_process():
    return Client(silent)


def silent(environ, start_response):
    """The application, whose tracebacks nobody wants to see here."""
    environ["wsgi.errors"] = io.StringIO()
    return app(environ, start_response)


def over_the_wire():
    return Client(wire(SITE))


class Expectations:
    """What holds for each client."""

    def setUp(self):
        self.client = type(self).new_client()

    def test_template(self):
        self.assertEqual(self.client.get("/").text, "soup: 4\ncrêpe: 7\n")

    def test_path_and_json(self):
        self.assertEqual(self.client.get("/dish/crêpe").json, {"dish": "crêpe", "price": 7})
        missing = self.client.get("/dish/pie")
        self.assertEqual((missing.status_code, missing.text), (404, "Sorry: We have no pie.\n"))

    def test_form_and_signed_cookie(self):
        self.assertEqual(self.client.get("/ordered").text, "nothing\n")
        response = self.client.post("/order", data={"name": "crêpe", "number": "2"})
        self.assertEqual((response.status_code, response.text), (201, "2 of crêpe for 14\n"))
        self.assertEqual(self.client.get("/ordered").text, "crêpe\n")

    def test_upload(self):
        response = self.client.post("/upload", data={"file": (io.BytesIO(b"x" * 300_000), "a.bin")})
        self.assertEqual(response.json, {"name": "a.bin", "size": 300_000})

    def test_stream(self):
        self.assertEqual(self.client.get("/stream").text, "one\ntwo\n")

    def test_file(self):
        whole = self.client.get("/source")
        self.assertEqual(whole.content_length, len(whole.data))
        part = self.client.get("/source", headers={"Range": "bytes=3-9"})
        self.assertEqual((part.status_code, part.data), (206, whole.data[3:10]))
        again = self.client.get("/source", headers={"If-Modified-Since": whole.headers["Last-Modified"]})
        self.assertEqual((again.status_code, again.data), (304, b""))

    def test_redirect_and_exception(self):
        self.assertEqual(self.client.get("/old").status_code, 303)
        self.assertNotIn("the secret", self.client.get("/fails").text)

    def test_head(self):
        for path in "/", "/source", "/nowhere":
            got, head = self.client.get(path), self.client.head(path)
            self.assertEqual((head.status, head.content_length, head.data), (got.status, got.content_length, b""))


class InProcessTest(Expectations, unittest.TestCase):
    new_client = in_process


@unittest.skipUnless(SITE, "SITE does not say where to ask")
class WireTest(Expectations, unittest.TestCase):
    new_client = over_the_wire


@unittest.skipUnless(SITE, "SITE does not say where to ask")
class AgreementTest(unittest.TestCase):
    """Status, headers and content are the same with both clients."""

    def test_agreement(self):
        for path in "/", "/dish/soup", "/dish/cr%C3%AApe", "/dish/%FF", "/dish/a%2Fb", "/ordered", "/stream", "/source", "/fails", "/nowhere", "/old":
            for method in "GET", "HEAD", "POST", "OPTIONS", "DELETE", "BREW":
                with self.subTest(method=method, path=path):
                    self.assertEqual(told(in_process(), method, path), told(over_the_wire(), method, path))


def told(client, method, path):
    response = client.open(path, method=method, base_url="http://127.0.0.1")
    return response.status, sorted(field for field in response.headers if field[0] not in ("Date", "Server")), response.data
