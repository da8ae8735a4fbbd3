"""A Bottle application: a menu."""
import os

import bottle
from bottle import HTTPError, request, response, static_file, template

app = bottle.Bottle()
DISHES = {"soup": 4, "crêpe": 7}


@app.get("/")
def every():
    return template("% for dish, price in dishes.items():\n{{dish}}: {{price}}\n% end\n", dishes=DISHES)


@app.get("/dish/<name>")
def dish(name):
    if name not in DISHES:
        raise HTTPError(404, "We have no %s." % name)
    return {"dish": name, "price": DISHES[name]}


@app.post("/order")
def order():
    name, number = request.forms.getunicode("name"), request.forms.get("number", type=int)
    response.status = 201
    response.set_cookie("ordered", name, secret="for a test")
    return "%d of %s for %d\n" % (number, name, number * DISHES[name])


@app.get("/ordered")
def ordered():
    return request.get_cookie("ordered", "nothing", secret="for a test") + "\n"


@app.post("/upload")
def upload():
    file = request.files.file
    return {"name": file.raw_filename, "size": len(file.file.read())}


@app.get("/stream")
def stream():
    response.content_type = "text/plain"
    yield "one\n"
    yield ""
    yield "two\n"


@app.get("/source")
def source():
    return static_file(os.path.basename(__file__), root=os.path.dirname(__file__), mimetype="text/x-python")


@app.get("/old")
def old():
    bottle.redirect("/")


@app.get("/fails")
def fails():
    raise KeyError("the secret")


@app.error(404)
def not_found(error):
    return "Sorry: %s\n" % error.body
