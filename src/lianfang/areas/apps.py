"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AreasConfig(AppConfig):
    name = "lianfang.areas"
    label = "areas"

    def ready(self) -> None:
        """Put the areas into the navigation, and the boundaries on an area's page."""
        from lianfang.areas import cards
        from lianfang.kernel.verbs import Verb
        from lianfang.web import navigation, slots
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        navigation.register(
            NavItem(_("Areas"), "areas", "map", order=20, tab=True), visible=may(Verb.READ)
        )
        slots.AREA.register(cards.boundaries, order=90)
