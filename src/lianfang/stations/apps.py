"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    name = "lianfang.stations"
    label = "stations"

    def ready(self) -> None:
        """Fill other rooms' pages, the navigation, and the phone."""
        from lianfang.kernel.verbs import Verb
        from lianfang.people import phone
        from lianfang.stations import panels, phone_queries
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        panels.register()
        phone.add_list("stations", phone_queries.part)
        navigation.register(
            NavItem(_("Posts"), "posts", "post", order=45, match=("/posts",)),
            visible=may(Verb.READ),
        )
