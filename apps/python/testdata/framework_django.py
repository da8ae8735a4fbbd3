from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="for a test")


def hello(request):
    name = request.POST.get("name") or request.GET.get("name", "world")
    return HttpResponse("Hello, %s!\n" % name, content_type="text/plain")


urlpatterns = [path("", hello)]
app = get_wsgi_application()
