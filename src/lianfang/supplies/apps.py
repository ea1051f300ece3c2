"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliesConfig(AppConfig):
    name = "lianfang.supplies"
    label = "supplies"

    def ready(self) -> None:
        """Put the room into the navigation and onto the home and area pages."""
        from lianfang.kernel.verbs import Verb
        from lianfang.supplies import panels
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem
        from lianfang.web.slots import AREA, HOME

        navigation.register(
            NavItem(
                _("Stock and supplies"),
                "supplies",
                "file",
                order=70,
                match=("/supplies", "/productions", "/key-places"),
            ),
            visible=may(Verb.READ),
        )
        HOME.register(panels.home, order=60)
        AREA.register(panels.area, order=70)
        panels.tell()
