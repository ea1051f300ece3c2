"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class TracingConfig(AppConfig):
    name = "lianfang.tracing"
    label = "tracing"

    def ready(self) -> None:
        """Put the room into the navigation and onto the home and person pages."""
        from lianfang.kernel.verbs import Verb
        from lianfang.tracing import panels
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem
        from lianfang.web.slots import HOME, PERSON

        traces, watches = may(Verb.TRACE), may(Verb.WATCH)

        def lists(request: HttpRequest) -> bool:
            return watches(request) and not traces(request)

        navigation.register(
            NavItem(_("Cases"), "cases", "search", order=34, match=("/cases", "/contacts")),
            visible=traces,
        )
        navigation.register(
            NavItem(_("Contacts to be found"), "contact_lists", "search", order=56),
            visible=lists,
        )
        HOME.register(panels.home, order=15)
        PERSON.register(panels.person, order=60)
        panels.tell()
