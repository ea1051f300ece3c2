"""Addresses of this room; the style guide only where it is asked for."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from lianfang.web import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("language", set_language, name="set_language"),
]

if settings.DEBUG or settings.LIANFANG_STYLEGUIDE:
    urlpatterns.append(path("styleguide", views.styleguide, name="styleguide"))
