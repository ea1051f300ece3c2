"""Which district a request is about: the one it names, or the only one of the actor's scope."""

from __future__ import annotations

from lianfang.areas import queries
from lianfang.doors.api import errors
from lianfang.doors.api.reading import DISTRICT
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import Refuse


def chosen(actor: Actor, given: str | None) -> str:
    """Return the district of a read or a command.

    Raises Refuse when none was given and the scope spans several.
    """
    if given is not None:
        if not DISTRICT.match(given):
            raise Refuse(errors.BAD_QUERY, "district", name="district", reason=given[:20])
        return given
    found = queries.districts(actor)
    if len(found) == 1:
        return found[0]
    raise Refuse(errors.WHICH_DISTRICT, "district")
