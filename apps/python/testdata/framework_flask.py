from flask import Flask, request

app = Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def hello():
    return "Hello, %s!\n" % request.values.get("name", "world")
