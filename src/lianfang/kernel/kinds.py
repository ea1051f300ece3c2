"""What each kind of duty is: its words, who may claim it, what it shows its owner of the door.

A kind that no room has declared may be claimed by whoever works there, and shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from lianfang.kernel.actors import Actor, Granted
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Words
from lianfang.kernel.rules import LIVE
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.kernel.words import DUTY_KINDS


@dataclass(frozen=True, slots=True)
class DutyKind:
    """A kind of duty. `sights` are its owner's at the duty's door for as long as it is live."""

    name: str
    verb: Verb = Verb.WORK
    sights: frozenset[Sight] = frozenset()


KINDS: dict[str, DutyKind] = {}


def duty_kind(
    name: str, words: Words, *, verb: Verb = Verb.WORK, sights: Iterable[Sight] = ()
) -> str:
    """Declare a kind of duty and return its name; a second one of that name is an error."""
    if name in KINDS:
        raise ValueError(f"duty kind {name} is declared twice")
    KINDS[name] = DutyKind(name, verb, frozenset(sights))
    DUTY_KINDS[name] = words
    return name


def may_claim(actor: Actor, kind: str, path: str) -> bool:
    """Tell whether the actor may take a duty of that kind at `path`."""
    declared = KINDS.get(kind)
    return declared is None or actor.may(declared.verb, path)


def beyond(actor: Actor) -> list[str]:
    """Return the kinds of duty that the actor may claim nowhere, for lists to leave out."""
    return sorted(k.name for k in KINDS.values() if not actor.may_somewhere(k.verb))


def door_of(path: str) -> UUID | None:
    """Return the household with which a duty's path ends, None for a duty at an area."""
    last = path.rstrip("/").rpartition("/")[2]
    return UUID(last) if len(last) == 32 else None


def carried(owner: str, districts: Iterable[str]) -> tuple[Granted, ...]:
    """Return what an actor's live duties let him see: each its own door, and no longer than it.

    There is nothing to take back: the next request makes the actor anew, and a duty that is over
    gives nothing.
    """
    showing = [k.name for k in KINDS.values() if k.sights]
    where = sorted(districts)
    if not showing or not where:
        return ()
    rows = Duty.objects.filter(
        # A claim that has run out shows nothing, also before the clock takes it back.
        Q(claimed_until=None) | Q(claimed_until__gt=now()),
        district__in=where,
        owner=owner,
        state__in=LIVE,
        kind__in=showing,
    ).order_by("id")
    return tuple(
        Granted("duty", path, frozenset({Verb.READ, Verb.WORK}), KINDS[kind].sights, subject=door)
        for kind, path in rows.values_list("kind", "path")
        if (door := door_of(path))
    )
