"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DoorsConfig(AppConfig):
    """Ways in and out that are not pages."""

    name = "lianfang.doors"
    label = "doors"

    def ready(self) -> None:
        """Put the imports and the phones into the navigation, onto pages of areas, on the clock."""
        from lianfang.doors.imports import background, cards
        from lianfang.kernel import clock
        from lianfang.kernel.verbs import Verb
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        cards.register()
        if background.take_up not in clock.CHORES:
            clock.CHORES.append(background.take_up)
        verbs = (Verb.REGISTER, Verb.GRANT, Verb.ORGANISE, Verb.DRAW)
        wanted = [may(verb) for verb in verbs]
        navigation.register(
            NavItem(_("Imports"), "imports", "upload", order=50, match=("/imports",)),
            visible=lambda request: any(m(request) for m in wanted),
        )
        navigation.register(
            NavItem(_("Phones"), "devices", "phone", order=65, match=("/devices",)),
            visible=may(Verb.GRANT),
        )
