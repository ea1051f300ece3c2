"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "lianfang.supplies"
    label = "supplies"
