"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "lianfang.services"
    label = "services"

    def ready(self) -> None:
        """Fill the places of other rooms' pages, and put the desk into the navigation."""
        from lianfang.kernel.verbs import Verb
        from lianfang.people import phone
        from lianfang.services import carrying, panels
        from lianfang.web import navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        panels.register()
        phone.add_photo("order.buy", "receipt_id", carrying.photo_of)
        phone.add_photo("order.leave", "photo_id", carrying.photo_of)
        navigation.register(
            NavItem(_("Services"), "services", "send", order=40, match=("/services",)),
            visible=may(Verb.SERVE),
        )
        navigation.register(
            NavItem(_("Errands"), "errands", "send", order=35, tab=True), visible=may(Verb.WORK)
        )
