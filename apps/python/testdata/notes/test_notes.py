"""What the notes have to answer, asked twice.

    python3 -m unittest                        asks the application
    SITE=127.0.0.1:8888 python3 -m unittest    asks a server, too, and compares
"""
import io
import logging
import os
import re
import unittest

from werkzeug.test import Client
from wire import wire

from app import LARGE, create_app

SITE = os.environ.get("SITE")


def in_process():
    return Client(create_app())


def over_the_wire():
    return Client(wire(SITE))


class Expectations:
    """What holds for each client."""

    def setUp(self):
        self.client = type(self).new_client()
        logging.disable()  # of what fails on purpose

    def test_blueprint_and_session(self):
        for number, text in enumerate(["one", "zwölf", "三"], 1):
            response = self.client.post("/notes/", json={"text": text})
            self.assertEqual((response.status_code, response.json, response.location), (201, {"notes": number}, "/notes/%d" % number))
        self.assertEqual(self.client.get("/notes/").json, ["one", "zwölf", "三"])
        self.assertEqual(self.client.get("/notes/2").text, "zwölf")
        self.assertEqual(self.client.post("/notes/", json={"text": "four"}).json, {"error": "there are three notes"})
        self.assertEqual(type(self).new_client().get("/notes/").json, [])

    def test_abort_and_errorhandler(self):
        response = self.client.get("/notes/7")
        self.assertEqual((response.status_code, response.json), (404, {"missing": "/notes/7"}))
        self.assertEqual(self.client.get("/teapot").status_code, 418)
        self.assertEqual(self.client.delete("/notes/").status_code, 405)
        self.assertEqual(self.client.post("/notes/", data="{", content_type="application/json").status_code, 400)

    def test_before_and_after_request(self):
        self.assertEqual((self.client.get("/closed").status, self.client.get("/closed").text), ("403 FORBIDDEN", "before_request answers\n"))
        self.assertEqual(self.client.get("/visit/Zoë").headers["X-Visitor"], "somebody")
        self.assertEqual(self.client.get("/visit/ada").text, "Welcome, ada!\n")
        self.assertEqual(self.client.get("/nowhere").headers["X-Visitor"], "ada")

    def test_stream_and_teardown(self):
        before = int(self.client.get("/torn-down").text)
        self.assertEqual(self.client.get("/stream?for=ada").text, "one for ada\ntwo for ada\n")
        after = int(self.client.get("/torn-down").text)
        self.assertGreaterEqual(after, before + 2)  # newer versions do it once more for the stream

    def test_exception(self):
        response = self.client.get("/fails")
        self.assertEqual(response.status, "500 INTERNAL SERVER ERROR")
        self.assertNotIn("the secret", response.text)

    def test_file(self):
        response = self.client.get("/large")
        self.assertEqual((response.content_length, response.headers["Content-Disposition"]), (1 << 20, "attachment; filename=large.bin"))
        with open(LARGE.name, "rb") as file:
            self.assertTrue(response.data == file.read())

    def test_range(self):
        response = self.client.get("/large", headers={"Range": "bytes=70000-70015"})
        self.assertEqual((response.status_code, response.headers["Content-Range"], response.data), (206, "bytes 70000-70015/1048576", b"0123456789abcdef"))
        self.assertEqual(self.client.get("/large", headers={"Range": "bytes=2000000-"}).status_code, 416)

    def test_not_modified(self):
        first = self.client.get("/source")
        for field, value in ("If-None-Match", first.headers["ETag"]), ("If-Modified-Since", first.headers["Last-Modified"]):
            again = self.client.get("/source", headers={field: value})
            self.assertEqual((again.status_code, again.data, again.headers["ETag"]), (304, b"", first.headers["ETag"]))

    def test_upload(self):
        response = self.client.post("/upload", data={"by": "Zoë", "file": (io.BytesIO(b"x" * 3_000_000), "é.bin")})
        self.assertEqual(response.json, {"by": "Zoë", "name": "é.bin", "size": 3_000_000})

    def test_head(self):
        for path in "/source", "/notes/", "/stream", "/nowhere", "/fails":
            status, headers, _ = told(self.client, "GET", path)
            self.assertEqual(told(self.client, "HEAD", path), (status, headers, b""))


class InProcessTest(Expectations, unittest.TestCase):
    new_client = in_process


@unittest.skipUnless(SITE, "SITE does not say where to ask")
class WireTest(Expectations, unittest.TestCase):
    new_client = over_the_wire


@unittest.skipUnless(SITE, "SITE does not say where to ask")
class AgreementTest(unittest.TestCase):
    """Status, headers and content are the same with both clients."""

    def test_agreement(self):
        logging.disable()
        for path in "/notes/", "/notes", "/notes/1", "/visit/Zo%C3%AB", "/visit/a%2Fb", "/source", "/closed", "/nowhere", "/teapot", "/fails", "/upload", "/notes/?a=%C3%A9":
            for method in "GET", "HEAD", "POST", "OPTIONS", "DELETE", "BREW":
                with self.subTest(method=method, path=path):
                    self.assertEqual(told(in_process(), method, path), told(over_the_wire(), method, path))


def told(client, method, path):
    response = client.open(path, method=method, base_url="http://127.0.0.1")
    headers = sorted((name, plainly(name, value)) for name, value in response.headers if name not in ("Date", "Server"))
    return response.status, headers, response.data


def plainly(name, value):
    """Leave out what varies: times, and the order of a set."""
    if name == "Allow":
        return sorted(value.split(", "))
    return re.sub("Expires=[^;]*", "", value)
