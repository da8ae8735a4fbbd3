"""Asks the server at sys.argv[1] as Python's own client does, and prints what
that makes of the answers, behind the number of the connection."""

import http.client
import sys

connection = http.client.HTTPConnection(sys.argv[1], timeout=10)
ports = []  # of the connections so far


def ask(method, path, body=None):
    connection.request(method, path, body)  # an iterator is sent in chunks
    port = connection.sock.getsockname()[1]
    if port not in ports:
        ports.append(port)
    answer = connection.getresponse()
    content = answer.read()
    print(len(ports), method, path, answer.status, answer.reason, len(content), content[:12])


ask("GET", "/hello?name=ada")
ask("HEAD", "/hello")
ask("POST", "/echo", b"hello")
ask("POST", "/echo", iter([b"hel", b"lo"]))
ask("PUT", "/echo", 100_000 * b"x")
ask("POST", "/hello", b"not read")
ask("GET", "/stream?lines=3&pause=0")
ask("HEAD", "/stream")
ask("DELETE", "/nothing")
ask("GET", "/elsewhere")
ask("GET", "/fails")
ask("GET", "/hello")  # an error has closed the first connection

connection.close()
connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
ask("GET", "/stream?lines=3&pause=0")
