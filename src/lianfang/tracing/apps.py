"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "lianfang.tracing"
    label = "tracing"
