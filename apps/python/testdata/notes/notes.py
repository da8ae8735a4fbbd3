"""The blueprint: /notes/ as JSON."""
from flask import Blueprint, abort, jsonify, request, session, url_for

notes = Blueprint("notes", __name__)


class Full(Exception):
    """A session is a cookie, and has room for three notes."""


@notes.get("/")
def every():
    return jsonify(session.get("notes", []))


@notes.post("/")
def add():
    kept = session.setdefault("notes", [])
    if len(kept) == 3:
        raise Full("there are three notes")
    kept.append(request.get_json()["text"])
    session.modified = True
    return {"notes": len(kept)}, 201, {"Location": url_for("notes.one", number=len(kept))}


@notes.get("/<int:number>")
def one(number):
    kept = session.get("notes", [])
    if not 1 <= number <= len(kept):
        abort(404)
    return kept[number - 1]
