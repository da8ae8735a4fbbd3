"""What the guestbook has to answer, asked twice.

    ./manage.py test                        asks Django's own test client
    SITE=127.0.0.1:8888 ./manage.py test    asks a server, too, and compares
"""
import hashlib
import os
import re
import unittest

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client, SimpleTestCase
from wire import wire

from .views import LARGE

SITE = os.environ.get("SITE")


class WireHandler:
    """What a Client calls to be answered; here a server answers."""

    def __call__(self, environ):
        head = []
        content = b"".join(wire(SITE)(environ, lambda *arguments: head.extend(arguments)))
        status, headers = head
        response = HttpResponse(content, status=int(status[:3]))
        del response["Content-Type"]  # the default
        for name, value in headers:
            if name.lower() == "set-cookie":
                response.cookies.load(value)
            elif name.lower() not in ("date", "server"):
                response[name] = value
        if "Location" in response:
            response.url = response["Location"]
        response.wsgi_request = WSGIRequest(environ)
        return response


class WireClient(Client):
    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.handler = WireHandler()


def text_of(response):
    return response.getvalue().decode()


def token_in(response):
    return re.search('name="csrfmiddlewaretoken" value="([^"]+)"', text_of(response))[1]


class Expectations:
    """What holds for each client."""

    def setUp(self):
        self.client = self.client_class(enforce_csrf_checks=True, raise_request_exception=False)

    def test_form_with_token(self):
        form = self.client.get("/")
        self.assertIn("csrftoken", form.cookies)
        sent = {"csrfmiddlewaretoken": token_in(form), "name": "Zoë", "words": "<b>"}
        response = self.client.post("/", sent)
        self.assertEqual((response.status_code, response["Location"]), (302, "/thanks/"))
        self.assertIn("sessionid", response.cookies)
        self.assertIn("Thank you, Zoë.</p>\n<p>Your words: &lt;b&gt;</p>", text_of(self.client.get("/thanks/")))
        self.assertNotIn("Your words", text_of(self.client.get("/thanks/")))

    def test_form_filled_in_badly(self):
        sent = {"csrfmiddlewaretoken": token_in(self.client.get("/")), "name": "x" * 21}
        response = self.client.post("/", sent)
        self.assertEqual(response.status_code, 200)
        self.assertIn("at most 20 characters (it has 21)", text_of(response))

    def test_form_without_token(self):
        self.assertEqual(self.client.post("/", {"name": "ada"}).status_code, 403)
        self.client.get("/")  # the cookie alone is not enough
        self.assertEqual(self.client.post("/", {"name": "ada"}).status_code, 403)

    def test_session_that_was_forged(self):
        self.client.cookies["sessionid"] = "forged"
        self.assertIn("Thank you, nobody.", text_of(self.client.get("/thanks/")))

    def test_cookies(self):
        response = self.client.get("/cookies/", HTTP_COOKIE='a=1; b="two words"')
        self.assertEqual(response.json(), {"a": "1", "b": "two words"})
        strict = response.cookies["strict"]
        self.assertEqual((strict.value, strict["max-age"], strict["path"], strict["httponly"]), ("a b;c", self.number("60"), "/cookies/", True))
        self.assertEqual(self.client.get("/cookies/").json(), {"plain": "1", "strict": "a b;c"})

    def test_stream(self):
        response = self.client.get("/stream/")
        self.assertEqual((text_of(response), response.has_header("Content-Length")), ("one\ntwo\nthree\n", False))

    def test_file(self):
        response = self.client.get("/file/")
        self.assertEqual((response["Content-Length"], response["Content-Disposition"]), (str(len(LARGE)), 'attachment; filename="large.bin"'))
        self.assertTrue(response.getvalue() == LARGE)

    def test_upload(self):
        response = self.client.post("/upload/", {"by": "Zoë", "file": SimpleUploadedFile("é.bin", LARGE * 3)})  # too large for memory
        self.assertEqual(response.json(), {"by": "Zoë", "name": "é.bin", "size": 3 * len(LARGE), "sha256": hashlib.sha256(LARGE * 3).hexdigest()})

    def test_path_and_header_that_are_not_ascii(self):
        response = self.client.get("/café/Zoë/")
        self.assertEqual((text_of(response), response["X-Name"]), ("Bonjour, Zoë !\n", "Zoë"))
        self.assertEqual(self.client.get("/café/Ωmega/")["X-Name"], "=?utf-8?b?zqltZWdh?=")  # not in latin-1

    def test_exception(self):
        response = self.client.get("/fails/")
        self.assertEqual(response.status_code, 500)
        self.assertNotIn("the secret", text_of(response))

    def test_head(self):
        for path in "/about/", "/stream/", "/file/", "/nowhere/", "/fails/":
            got, head = self.client.get(path), self.client.head(path)
            self.assertEqual((head.status_code, head["Content-Type"], head.get("Content-Length"), head.getvalue()),
                             (got.status_code, got["Content-Type"], got.get("Content-Length"), b""))
            got.close()

    def test_not_modified(self):
        first = self.client.get("/about/")
        for field, value in (("HTTP_IF_NONE_MATCH", first["ETag"]), ("HTTP_IF_MODIFIED_SINCE", first["Last-Modified"])):
            again = self.client.get("/about/", **{field: value})
            self.assertEqual((again.status_code, again.getvalue(), again["Last-Modified"]), (304, b"", first["Last-Modified"]))

    def test_slash_is_appended(self):
        response = self.client.get("/about?x=%20")
        self.assertEqual((response.status_code, response["Location"]), (301, "/about/?x=%20"))
        self.assertEqual(text_of(self.client.get("/about", follow=True)), "A guestbook.\n")


class InProcessTest(Expectations, SimpleTestCase):
    number = int  # a cookie that Django has just made has numbers in it


@unittest.skipUnless(SITE, "SITE does not say where to ask")
class WireTest(Expectations, SimpleTestCase):
    client_class = WireClient
    number = str


@unittest.skipUnless(SITE, "SITE does not say where to ask")
class AgreementTest(SimpleTestCase):
    """Status, headers, cookies and content are the same with both clients."""

    def test_agreement(self):
        for path in "/", "/thanks/", "/about/", "/about", "/cookies/", "/stream/", "/file/", "/café/Zoë/", "/caf%C3%A9/x/", "/fails/", "/nowhere/", "/upload/", "/?a=1&a=%C3%A9":
            for method in "GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "BREW":
                with self.subTest(method=method, path=path):
                    here, there = (self.told(client, method, path) for client in (Client, WireClient))
                    self.assertEqual(here, there)

    def told(self, client, method, path):
        response = client(enforce_csrf_checks=True, raise_request_exception=False).generic(method, path)
        headers = dict(response.items())
        if "csrftoken" in response.cookies:
            headers.pop("ETag", None)  # of a page with a token in it
        cookies = [plainly(cookie.OutputString()) for cookie in response.cookies.values()]
        return response.status_code, headers, cookies, plainly(text_of(response))


def plainly(text):
    """Leave out what is another each time: tokens and times."""
    return re.sub(r'\b[0-9A-Za-z]{64}\b|expires=[^;]*', "(varies)", text)
