"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    name = "lianfang.watching"
    label = "watching"
