"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "lianfang.screening"
    label = "screening"
