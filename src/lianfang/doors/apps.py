"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "lianfang.doors"
    label = "doors"
