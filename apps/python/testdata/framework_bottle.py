import bottle

app = bottle.Bottle()


@app.route("/", method=["GET", "POST"])
def hello():
    return "Hello, %s!\n" % bottle.request.params.get("name", "world")
