"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "lianfang.people"
    label = "people"

    def ready(self) -> None:
        """Say who acts in a request, put the pages into the navigation, fill other rooms' pages."""
        from lianfang.areas import naming
        from lianfang.kernel.verbs import Verb
        from lianfang.people import account_queries, auth, cards, history
        from lianfang.web import acting, navigation
        from lianfang.web.acting import may
        from lianfang.web.components import NavItem

        acting.provide(auth.actor_of)
        cards.register()
        naming.provide(account_queries.named_workers)
        history.register_own()
        logged_in = _logged_in
        navigation.register(
            NavItem(_("Now"), "home", "home", order=10, tab=True), visible=logged_in
        )
        navigation.register(
            NavItem(_("Duties"), "duties", "duty", order=30, tab=True), visible=may(Verb.WORK)
        )
        match = ("/people", "/organisations", "/persons")
        navigation.register(
            NavItem(_("People"), "accounts", "people", order=60, match=match),
            visible=may(Verb.GRANT),
        )
        navigation.register(
            NavItem(_("Journal"), "journal", "journal", order=70), visible=may(Verb.READ_JOURNAL)
        )


def _logged_in(request: object) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated
