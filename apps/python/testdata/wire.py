"""An application that hands each request to a server, over a socket.

The test client of a framework calls an application. This one lets it ask a
server instead, and the client does not notice.
"""
import http.client
import urllib.parse

# These speak of the connection, and not of the answer. RFC 9110 section 7.6.1
OF_THE_CONNECTION = {"connection", "keep-alive", "transfer-encoding"}


def wire(address):
    def application(environ, start_response):
        target = urllib.parse.quote(environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"], encoding="latin-1")
        if environ.get("QUERY_STRING"):
            target += "?" + environ["QUERY_STRING"]
        connection = http.client.HTTPConnection(address, timeout=60)
        connection.request(environ["REQUEST_METHOD"], target, body_of(environ), fields_of(environ))
        response = connection.getresponse()
        headers = [field for field in response.getheaders() if field[0].lower() not in OF_THE_CONNECTION]
        content = response.read()  # raises where the answer breaks off
        connection.close()
        start_response("%d %s" % (response.status, response.reason), headers)
        return [content]
    return application


def body_of(environ):
    length = environ.get("CONTENT_LENGTH")
    return environ["wsgi.input"].read(int(length)) if length else None


def fields_of(environ):
    """Undo what a server does to the names of fields."""
    fields = {"Host": environ["SERVER_NAME"]}
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            fields[key[len("HTTP_"):].replace("_", "-").title()] = value
    if environ.get("CONTENT_TYPE"):
        fields["Content-Type"] = environ["CONTENT_TYPE"]
    return fields
