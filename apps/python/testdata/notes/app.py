"""A Flask application: notes, which are kept in the session of who wrote them."""
import tempfile

from flask import Flask, Response, abort, g, jsonify, make_response, request, send_file, stream_with_context

from notes import Full, notes

LARGE = tempfile.NamedTemporaryFile(suffix=".bin")
LARGE.write(b"0123456789abcdef" * (1 << 16))  # 1 MiB
LARGE.flush()


def create_app():
    app = Flask(__name__)
    app.secret_key = "for a test"
    app.register_blueprint(notes, url_prefix="/notes")
    app.torn_down = app.left = 0

    @app.before_request
    def look():
        g.visitor = request.cookies.get("visitor", "somebody")
        if request.path == "/closed":
            return "before_request answers\n", 403

    @app.after_request
    def sign(response):
        response.headers["X-Visitor"] = g.visitor
        return response

    @app.teardown_request
    def count(error):
        app.torn_down += 1

    @app.errorhandler(404)
    def not_found(error):
        return jsonify(missing=request.path), 404

    @app.errorhandler(Full)
    def full(error):
        return jsonify(error=str(error)), 409

    @app.get("/torn-down")
    def torn_down():
        return "%d\n" % app.torn_down

    @app.get("/visit/<name>")
    def visit(name):
        response = make_response("Welcome, %s!\n" % name)
        response.set_cookie("visitor", name, max_age=60, httponly=True, samesite="Lax")
        return response

    @app.get("/stream")
    def stream():
        @stream_with_context
        def parts():
            for part in "one", "", "two":
                yield part and "%s for %s\n" % (part, request.args.get("for", "nobody"))
        return Response(parts(), mimetype="text/plain")

    @app.get("/endless")
    def endless():
        def parts():
            try:
                while True:
                    yield b"x" * 65536
            finally:  # who asked has left
                app.left += 1
        return Response(parts(), mimetype="text/plain")

    @app.get("/left")
    def left():
        return "%d\n" % app.left

    @app.post("/echo")
    def echo():
        source = request.stream  # for request itself is over before the last part is
        return Response(iter(lambda: source.read(4), b""), mimetype="text/plain")

    @app.get("/large")
    def large():
        return send_file(LARGE.name, as_attachment=True, download_name="large.bin")

    @app.get("/source")
    def source():
        return send_file(__file__, mimetype="text/x-python")

    @app.post("/upload")
    def upload():
        file = request.files["file"]
        return {"by": request.form["by"], "name": file.filename, "size": len(file.read())}

    @app.get("/teapot")
    def teapot():
        abort(418)

    @app.get("/fails")
    def fails():
        raise KeyError("the secret")

    return app
