from django.urls import path

from . import views

urlpatterns = [
    path("", views.sign),
    path("thanks/", views.thanks),
    path("about/", views.about),
    path("cookies/", views.cookies),
    path("stream/", views.stream),
    path("echo/", views.echo),
    path("file/", views.file),
    path("upload/", views.upload),
    path("café/<name>/", views.cafe),
    path("fails/", views.fails),
]
