"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class BriefingConfig(AppConfig):
    name = "lianfang.briefing"
    label = "briefing"
