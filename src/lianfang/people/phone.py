"""What a room adds to the phone: its part of the list, and acts that its owner does for oneself.

A room registers both in `AppConfig.ready`; the phone's door (doors/sync) asks here and knows no
room. A list is read at each contact of each phone, so keep it to few queries and few rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lianfang.kernel.actors import Actor, Granted
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Account


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose phone it is: the actor, and the person behind the account where one is known."""

    actor: Actor
    account_id: UUID
    district: str = ""
    person_id: UUID | None = None


# Returns what the screens of the room need, as JSON; None where the owner has nothing there. What
# it says must not depend on the moment, or it would be sent anew at each contact.
List = Callable[[Owner], Any]
# Returns the path at which the owner may do this for oneself, None where the payload names no
# row of the owner's: (owner, district of the entry, payload).
Own = Callable[[Owner, str, Mapping[str, Any]], str | None]

# Returns whose key seals the photo of an act (a household), None where the actor may leave none.
PhotoOf = Callable[[Actor, str, Mapping[str, Any]], UUID | None]

_lists: dict[str, List] = {}
_own: dict[str, tuple[Verb, Own]] = {}
_photos: dict[str, tuple[str, PhotoOf]] = {}


def add_list(name: str, function: List) -> None:
    """Let `function` fill the part `name` of the phone's list."""
    _lists[name] = function


def add_own(command: str, verb: Verb, function: Own) -> None:
    """Let an owner do `command` for oneself where `function` finds the path, without a role there.

    It is what the room's signed links let their holders do; the record names the account.
    """
    _own[command] = (verb, function)


def add_photo(command: str, field: str, function: PhotoOf) -> None:
    """Let an entry of `command` bring a photo along, whose id goes into `field` of its payload."""
    _photos[command] = (field, function)


def photo_of(
    actor: Actor, command: str, district: str, payload: Mapping[str, Any]
) -> tuple[str, UUID] | None:
    """Return the field for the photo's id and whose key seals it; None where none is taken."""
    field, function = _photos.get(command, ("", None))
    subject = function(actor, district, payload) if function else None
    return (field, subject) if subject else None


def owner_of(account: Account, actor: Actor) -> Owner:
    """Return whose phone it is."""
    return Owner(actor, account.id, account.person_district, account.person_id)


def lists(owner: Owner) -> dict[str, Any]:
    """Return every room's part of the owner's list, by the room's name."""
    if not owner.actor.active:
        return dict.fromkeys(_lists)
    return {name: function(owner) for name, function in sorted(_lists.items())}


def own_grant(
    owner: Owner, command: str, district: str, payload: Mapping[str, Any]
) -> Granted | None:
    """Return the permission that an act on the owner's own row needs; None for any other act."""
    known = _own.get(command)
    path = known[1](owner, district, payload) if known else None
    if known is None or path is None:
        return None
    return Granted("own", path, frozenset({known[0]}), frozenset())
