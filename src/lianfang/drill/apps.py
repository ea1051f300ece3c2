"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class DrillConfig(AppConfig):
    name = "lianfang.drill"
    label = "drill"
