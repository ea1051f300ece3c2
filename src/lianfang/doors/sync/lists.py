"""The small lists of a phone: areas, rounds, duties, and who its owner is; each with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.translation import get_language

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level, district_of
from lianfang.doors.sync.protocol import seconds
from lianfang.kernel import queries as kernel_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight
from lianfang.kernel.words import DUTY_KINDS
from lianfang.people.models import Account, Household, Person
from lianfang.screening import queries
from lianfang.screening.models import Round, RoundDistrict
from lianfang.screening.rules import RoundState
from lianfang.services import carrying

MOST_DUTIES = 300
MOST_ROUNDS = 20


def digest(rows: Any) -> str:
    """Return a short digest by which a list that did not change is told."""
    text = json.dumps(rows, sort_keys=True, default=str) + str(get_language())
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def areas(paths: Collection[str]) -> list[list[Any]]:
    """Return [id, code, name, level, path] of the areas in scope and of their communities.

    Ended grids are among them: doors may still lie there.
    """
    if not paths:
        return []
    above = {
        "/".join(path.split("/")[:n]) + "/"
        for path in paths
        for n in range(Level.STREET, path.count("/"))
    }
    found = Area.objects.filter(within(paths, "path")) | Area.objects.filter(path__in=above)
    rows = found.order_by("path", "id").values_list("id", "code", "name", "level", "path")
    return [[str(row[0]), *row[1:]] for row in rows.distinct()]


def open_rounds(actor: Actor, paths: Collection[str]) -> list[Round]:
    """Return the rounds that take visits now in the districts of `paths`."""
    districts = {district_of(path) for path in paths}
    if not districts:
        return []
    taking = RoundDistrict.objects.filter(district__in=districts, state=RoundState.OPEN)
    found = queries.rounds(actor).filter(state=RoundState.OPEN, id__in=taking.values("id"))
    return list(found.distinct()[:MOST_ROUNDS])


def rounds(found: Iterable[Round]) -> list[dict[str, Any]]:
    """Return what a phone needs of each round."""
    return [
        {
            "id": str(r.id),
            "name": r.name,
            "purpose": r.purpose,
            "first": r.first_day.isoformat(),
            "last": r.last_day.isoformat(),
            "fever": r.fever_tenths,
            "questions": r.questions,
            "paths": [a.path for a in queries.round_areas(r.id)],
        }
        for r in found
    ]


def me(account: Account, actor: Actor, paths: Collection[str]) -> dict[str, Any]:
    """Return who the phone's owner is, and what may be done with it."""
    standing = [g for g in actor.live_grants if g.subject is None]
    return {
        "ref": actor.ref,
        "name": account.name,
        "username": account.username,
        # What a duty gives for its own door is no role.
        "roles": sorted({g.role for g in standing}),
        "may": sorted({str(v) for g in standing for v in g.verbs}),
        "paths": sorted(paths),
        "zone": settings.TIME_ZONE,
    }


def duties(actor: Actor) -> list[list[Any]]:
    """Return the duties that are the actor's own, and those that may be claimed.

    [district, id, kind, words, state, mine (0/1), subject kind, subject, household, address,
    person, due, priority, claimed until, details, area]. The address and the person are there for
    whoever may see them anyhow, and while the actor carries the duty as far as the duty lends them:
    then the row is all that the phone has of the door, and it goes with the duty.
    """
    districts = area_queries.districts(actor)
    if not districts or not actor.active:
        return []
    own = list(kernel_queries.own_duties(actor, districts).order_by("due_at", "id")[:MOST_DUTIES])
    free = list(
        kernel_queries.open_duties(actor, districts).order_by(
            F("due_at").asc(nulls_last=True), "id"
        )[: MOST_DUTIES - len(own)]
    )
    found = [*own, *free]
    doors = _doors(found)
    people = _people(found)
    moment = now()
    # A claim that has run out lends nothing, also before the clock takes it back.
    carried = [d for d in own if not d.claimed_until or d.claimed_until > moment]
    errands = carrying.errands(actor, carried)
    carried_ids = {d.id for d in carried}
    rows = []
    for duty in found:
        mine = duty.owner == actor.ref
        here = duty.id in carried_ids or actor.sees(Sight.ADDRESS, duty.path)
        door = doors.get(household_of(duty) or UUID(int=0))
        address = door.label if door and here else ""
        named = actor.sees(Sight.IDENTITY, duty.path) or actor.sees(Sight.NAME, duty.path)
        person = people.get(duty.subject_id) if duty.subject_id else None
        who = person.name if person and named else ""
        health = actor.sees(Sight.HEALTH, duty.path)
        details = dict(duty.details) if health else {}
        if errand := errands.get(duty.id):
            who = errand.who
            details |= {
                "wants": errand.wants,
                "note": errand.note,
                "href": errand.href,
                "order": str(errand.order_id),
                "order_state": errand.state,
                "price": errand.price_fen,
                "ceiling": errand.ceiling_fen,
            }
        rows.append(
            [
                duty.district,
                str(duty.id),
                duty.kind,
                str(DUTY_KINDS.get(duty.kind, duty.kind)),
                duty.state,
                int(mine),
                duty.subject_kind,
                str(duty.subject_id) if duty.subject_id and (address or health) else None,
                str(door.id) if door and address else None,
                address,
                who,
                seconds(duty.due_at),
                duty.priority,
                seconds(duty.claimed_until),
                details,
                str(duty.area_id),
            ]
        )
    return rows


def household_of(duty: Duty) -> UUID | None:
    """Return the door at which a duty lies, from its path."""
    last = duty.path.rstrip("/").rpartition("/")[2]
    try:
        return UUID(hex=last) if len(last) == 32 else None
    except ValueError:
        return None


def _doors(found: Iterable[Duty]) -> dict[UUID, Household]:
    wanted = {(d.district, household_of(d)) for d in found} - {(d.district, None) for d in found}
    rows = Household.objects.filter(
        district__in={district for district, _ in wanted}, id__in={door for _, door in wanted}
    )
    return {row.id: row for row in rows}


def _people(found: Iterable[Duty]) -> dict[UUID, Person]:
    wanted = [(d.district, d.subject_id) for d in found if d.subject_kind == "person"]
    rows = Person.objects.filter(
        district__in={district for district, _ in wanted}, id__in=[i for _, i in wanted if i]
    ).only("id", "name")
    return {row.id: row for row in rows}
