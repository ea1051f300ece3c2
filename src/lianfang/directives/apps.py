"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class DirectivesConfig(AppConfig):
    name = "lianfang.directives"
    label = "directives"
