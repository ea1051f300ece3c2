"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The visual design, the base pages, the one shape of a problem."""

    name = "lianfang.web"
    label = "web"
