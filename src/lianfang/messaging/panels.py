"""What this room shows on the pages of the rooms below it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.verbs import Verb
from lianfang.people import history
from lianfang.web import navigation
from lianfang.web.acting import may
from lianfang.web.components import NavItem


def register() -> None:
    """Fill the places of other rooms, and say how this room's records look."""
    navigation.register(
        NavItem(_("Channels"), "channels", "bell", order=90, match=("/channels",)),
        visible=may(Verb.ANNOUNCE),
    )
    history.tell("channel.keep", "channel.own", icon="bell")
    history.tell("channel.stop", "channel.stop_own", icon="close")
