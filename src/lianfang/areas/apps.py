"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "lianfang.areas"
    label = "areas"
