"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchingConfig(AppConfig):
    name = "lianfang.watching"
    label = "watching"

    def ready(self) -> None:
        """Fill the places of other rooms' pages, the navigation, and the phone's lists."""
        from lianfang.kernel.verbs import Verb
        from lianfang.people import phone
        from lianfang.watching import panels, phone_queries
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        panels.register()
        phone.add_list("watching", phone_queries.part)
        navigation.register(
            NavItem(_("Under watch"), "watches", "isolated", order=32, match=("/watches",)),
            visible=may(Verb.WATCH),
        )
        navigation.register(
            NavItem(_("Referrals"), "referrals", "fever", order=46, match=("/referrals",)),
            visible=may(Verb.REFER),
        )
