"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArrivalsConfig(AppConfig):
    name = "lianfang.arrivals"
    label = "arrivals"

    def ready(self) -> None:
        """Put the room into the navigation, and its cards on the home page."""
        from lianfang.arrivals import panels
        from lianfang.kernel.verbs import Verb
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        panels.register()
        navigation.register(
            NavItem(
                _("Arrivals"), "arrivals", "arrow-down", order=65, match=("/arrivals", "/stays")
            ),
            visible=may(Verb.PLACE),
        )
        navigation.register(
            NavItem(_("Sites and beds"), "sites", "building", order=66, match=("/sites",)),
            visible=may(Verb.READ),
        )
