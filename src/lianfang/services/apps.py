"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "lianfang.services"
    label = "services"

    def ready(self) -> None:
        """Fill the places of other rooms' pages."""
        from lianfang.services import panels

        panels.register()
