"""The views: for each way that Django answers there is one."""
import datetime
import hashlib
import tempfile

from django.contrib import messages
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import last_modified, require_POST

from .forms import SignForm

LARGE = b"0123456789abcdef" * (1 << 16)  # 1 MiB
CHANGED = datetime.datetime(2026, 3, 31, 12, 54, 48, tzinfo=datetime.timezone.utc)


def sign(request):
    """A form: shown, shown again with what is wrong, or accepted."""
    form = SignForm(request.POST or None)
    if form.is_valid():
        request.session["name"] = form.cleaned_data["name"]
        messages.success(request, "Your words: %s" % form.cleaned_data["words"])
        return redirect("/thanks/")
    return render(request, "book/sign.html", {"form": form})


def thanks(request):
    """The session knows the name, and a message is shown once."""
    return render(request, "book/thanks.html", {"name": request.session.get("name", "nobody")})


@last_modified(lambda request: CHANGED)
def about(request):
    return HttpResponse("A guestbook.\n", content_type="text/plain")


def cookies(request):
    """Tell the cookies that came, and set two."""
    response = JsonResponse(request.COOKIES)
    response.set_cookie("plain", "1")
    response.set_cookie("strict", "a b;c", max_age=60, path="/cookies/", httponly=True, samesite="Strict")
    return response


def stream(request):
    return StreamingHttpResponse(iter(["one\n", "", "two\n", "three\n"]), content_type="text/plain")


@csrf_exempt
def echo(request):
    """Answer four bytes as soon as they have come."""
    return StreamingHttpResponse(iter(lambda: request.read(4), b""), content_type="text/plain")


def file(request):
    large = tempfile.NamedTemporaryFile()
    large.write(LARGE)
    large.seek(0)
    return FileResponse(large, as_attachment=True, filename="large.bin")


@csrf_exempt
@require_POST
def upload(request):
    file = request.FILES["file"]
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return JsonResponse({"by": request.POST["by"], "name": file.name, "size": file.size, "sha256": digest.hexdigest()})


def cafe(request, name):
    response = HttpResponse("Bonjour, %s !\n" % name, content_type="text/plain; charset=utf-8")
    response["X-Name"] = name
    return response


def fails(request):
    raise KeyError("the secret")
