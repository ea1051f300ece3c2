"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MobilisingConfig(AppConfig):
    name = "lianfang.mobilising"
    label = "mobilising"

    def ready(self) -> None:
        """Put the room into the navigation and onto the phone."""
        from lianfang.kernel.verbs import Verb
        from lianfang.mobilising import phone_queries
        from lianfang.people import phone
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
        phone.add_list("mobilising", phone_queries.part)
        for command in ("shift.acknowledge", "shift.drop"):
            phone.add_own(command, Verb.WORK, phone_queries.own_shift)
        for command in ("call.drop", "call.check_in", "call.check_out"):
            phone.add_own(command, Verb.WORK, phone_queries.own_sign_up)
        for command in ("recall.answer", "team.accept"):
            phone.add_own(command, Verb.WORK, phone_queries.own_person)
        for command in ("duty_time.begin", "duty_time.end"):
            phone.add_own(command, Verb.WORK, phone_queries.own_duty_time)
