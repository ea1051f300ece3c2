"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScreeningConfig(AppConfig):
    name = "lianfang.screening"
    label = "screening"

    def ready(self) -> None:
        """Put the rounds into the navigation, and fill the places of other rooms' pages."""
        from lianfang.kernel.verbs import Verb
        from lianfang.screening import panels
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        panels.register()
        navigation.register(
            NavItem(_("Rounds"), "rounds", "round", order=25, tab=True, match=("/rounds",)),
            visible=may(Verb.READ),
        )
