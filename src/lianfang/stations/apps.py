"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "lianfang.stations"
    label = "stations"
