"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefingConfig(AppConfig):
    name = "lianfang.briefing"
    label = "briefing"

    def ready(self) -> None:
        """Put the board into the navigation, and register the commands."""
        from lianfang.briefing import commands  # noqa: F401
        from lianfang.kernel.verbs import Verb
        from lianfang.people import history
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        navigation.register(
            NavItem(_("Board"), "board", "chart", order=20, match=("/board", "/brief")),
            visible=may(Verb.READ),
        )
        history.tell("brief.arrange", icon="edit")
