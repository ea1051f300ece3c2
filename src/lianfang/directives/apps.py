"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectivesConfig(AppConfig):
    name = "lianfang.directives"
    label = "directives"

    def ready(self) -> None:
        """Put the room into the navigation and onto the home page."""
        from lianfang.directives import panels
        from lianfang.kernel.verbs import Verb
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem
        from lianfang.web.slots import HOME

        navigation.register(
            NavItem(
                _("Directives"), "directives", "file", order=50, match=("/directives", "/tasks")
            ),
            visible=may(Verb.READ),
        )
        HOME.register(panels.home, order=20)
        panels.tell()
