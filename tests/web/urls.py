"""The product's addresses, and views that fail in each way."""

from __future__ import annotations

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from lianfang.kernel.problems import FORBIDDEN, Refuse


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refuse(FORBIDDEN)


def database_gone(request: HttpRequest) -> HttpResponse:
    raise OperationalError("could not connect: password=secret")


def crash(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret in the message")


urlpatterns = [
    path("", include("lianfang.config.urls")),
    path("refuse", refuse),
    path("database-gone", database_gone),
    path("crash", crash),
]

handler404 = "lianfang.web.views.not_found"
handler500 = "lianfang.web.views.broken"
