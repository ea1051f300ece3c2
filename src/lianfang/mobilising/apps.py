"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MobilisingConfig(AppConfig):
    name = "lianfang.mobilising"
    label = "mobilising"

    def ready(self) -> None:
        """Put the room into the navigation."""
        from lianfang.kernel.verbs import Verb
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        prefixes = ("/mobilising", "/calls", "/whistles", "/teams", "/recalls", "/duty-times")
        navigation.register(
            NavItem(
                _("Mobilising"),
                "mobilising",
                "team",
                order=35,
                match=(*prefixes, "/deployments"),
            ),
            visible=may(Verb.READ),
        )
