"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    name = "lianfang.watching"
    label = "watching"

    def ready(self) -> None:
        """Put the checks onto the phone."""
        from lianfang.people import phone
        from lianfang.watching import phone_queries

        phone.add_list("watching", phone_queries.part)
