"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "lianfang.kernel"
    label = "kernel"
