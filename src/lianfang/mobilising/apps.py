"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class MobilisingConfig(AppConfig):
    name = "lianfang.mobilising"
    label = "mobilising"
