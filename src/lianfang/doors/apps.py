"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    """Ways in and out that are not pages."""

    name = "lianfang.doors"
    label = "doors"
