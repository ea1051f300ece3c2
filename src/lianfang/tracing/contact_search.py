"""Finds whoever was near somebody: in the presences, and in what other rooms know."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections

from lianfang.arrivals import aboard_queries
from lianfang.arrivals import queries as arrivals
from lianfang.kernel.routing import current_alias
from lianfang.kernel.times import local
from lianfang.mobilising import duty_queries
from lianfang.people import account_queries
from lianfang.people.models import Person
from lianfang.people.rules import PersonState
from lianfang.screening import queries as screening
from lianfang.tracing.rules import (
    VISIT_MINUTES,
    Basis,
    Degree,
    PlaceKind,
    Window,
    degree,
    nearer,
    overlap,
    seat_row,
)


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody who was near: how near, how that is known, and the last day of it."""

    person_id: UUID
    degree: Degree
    basis: Basis
    last_day: date


def near(
    district: str,
    person_id: UUID,
    household_id: UUID | None,
    window: Window,
    at_places: Iterable[Near] | None = None,
) -> dict[UUID, Near]:
    """Return who was near a person within a window, each once with the nearer degree.

    Household, shared place and span, vehicle with seats, room and table at a site, duty together,
    and who came to the door. Nobody's scope is asked: it is for handlers.
    """
    if at_places is None:
        at_places = met(district, [person_id], window).get(person_id, ())
    found: dict[UUID, Near] = {}
    zone = ZoneInfo(settings.TIME_ZONE)
    since = datetime.combine(window.first, time(), zone).astimezone(UTC)
    until = datetime.combine(window.last + timedelta(days=1), time(), zone).astimezone(UTC)
    for one in (
        *at_places,
        *_household(district, person_id, household_id, window.last),
        *_at_door(district, household_id, since, until),
        *_elsewhere(district, person_id, since, until),
    ):
        _add(found, one)
    found.pop(person_id, None)
    return found


def _add(found: dict[UUID, Near], one: Near) -> None:
    known = found.get(one.person_id)
    if known is None:
        found[one.person_id] = one
        return
    best = nearer(known.degree, one.degree)
    basis = one.basis if best == one.degree and best != known.degree else known.basis
    found[one.person_id] = Near(one.person_id, best, basis, max(known.last_day, one.last_day))


# The day and the place lead both sides of the join through the indexes of the table. Asked for many
# people at once it is the second hop.
_MET = """
    SELECT a.person_id, b.person_id, a.place_kind, b.day, a.from_at, a.to_at, b.from_at, b.to_at,
           a.seat_row, b.seat_row
    FROM tracing_presence a
    JOIN tracing_presence b ON b.district = a.district AND b.place_id = a.place_id
        AND b.day = a.day AND b.from_at < a.to_at AND b.to_at > a.from_at
    WHERE a.district = %s AND a.person_id {among} AND a.day BETWEEN %s AND %s
        AND b.person_id <> a.person_id
"""


def met(district: str, people: Collection[UUID], window: Window) -> dict[UUID, list[Near]]:
    """Return whom each of these people met at a place at the same time, in one statement."""
    if not people:
        return {}
    connection = connections[current_alias()]
    text = connection.vendor == "sqlite"
    among = "IN (SELECT value FROM json_each(%s))" if text else "= ANY(%s)"
    who: Any = json.dumps([p.hex for p in people]) if text else list(people)
    with connection.cursor() as cursor:
        sql = _MET.format(among=among)
        cursor.execute(sql, [district, who, window.first, window.last])
        rows = cursor.fetchall()
    found: dict[UUID, list[Near]] = {}
    for of, other, kind, day, a0, a1, b0, b1, row, other_row in rows:
        if text:
            of, other, day = UUID(str(of)), UUID(str(other)), _day(day)
            a0, a1, b0, b1 = _moment(a0), _moment(a1), _moment(b0), _moment(b1)
        how, basis = degree(kind, overlap((a0, a1), (b0, b1)), row, other_row)
        found.setdefault(of, []).append(Near(other, how, basis, day))
    for listed in found.values():
        listed.sort(key=lambda one: (one.person_id, one.last_day, one.basis, one.degree))
    return found


# Both hops in one statement, each step through an index of the table alone; only ids come back.
_TWO_HOPS = """
    WITH near AS MATERIALIZED (
        SELECT DISTINCT b.person_id
        FROM tracing_presence a
        JOIN tracing_presence b ON b.district = a.district AND b.place_id = a.place_id
            AND b.day = a.day AND b.from_at < a.to_at AND b.to_at > a.from_at
        WHERE a.district = %s AND a.person_id = %s AND a.day BETWEEN %s AND %s
    )
    SELECT person_id FROM near
    UNION
    SELECT b.person_id
    FROM near n
    JOIN tracing_presence a ON a.district = %s AND a.person_id = n.person_id
        AND a.day BETWEEN %s AND %s
    JOIN tracing_presence b ON b.district = a.district AND b.place_id = a.place_id
        AND b.day = a.day AND b.from_at < a.to_at AND b.to_at > a.from_at
"""


def within_two_hops(district: str, person_id: UUID, window: Window) -> set[UUID]:
    """Return who was at one place at one time with a person, or with somebody who was.

    From the presences alone, however short the time: how far an infection could have come.
    """
    connection = connections[current_alias()]
    text = connection.vendor == "sqlite"
    me: Any = person_id.hex if text else person_id
    days = [window.first, window.last]
    with connection.cursor() as cursor:
        cursor.execute(_TWO_HOPS, [district, me, *days, district, *days])
        found = {UUID(str(row[0])) if text else row[0] for row in cursor.fetchall()}
    return found - {person_id}


def _moment(value: datetime | str) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _household(
    district: str, person_id: UUID, household_id: UUID | None, last: date
) -> Iterable[Near]:
    if household_id is None:
        return
    rows = Person.objects.filter(
        district=district, household_id=household_id, state=PersonState.LIVE
    )
    for other in rows.exclude(id=person_id).order_by("id").values_list("id", flat=True):
        yield Near(other, Degree.CLOSE, Basis.HOUSEHOLD, last)


def _at_door(
    district: str, household_id: UUID | None, since: datetime, until: datetime
) -> Iterable[Near]:
    """Yield the workers who met somebody at the door: a visit is shorter than a close contact."""
    if household_id is None:
        return
    visits = screening.visits_between(district, [household_id], since, until)
    who = {
        ref: UUID(ref.partition(":")[2]) for _d, ref, _at in visits if ref.startswith("account:")
    }
    accounts = account_queries.accounts_by_id(who.values())
    how, _basis = degree(PlaceKind.HOUSEHOLD, VISIT_MINUTES)
    for _door, ref, at in visits:
        account = accounts.get(who[ref]) if ref in who else None
        if account and account.person_id and account.person_district == district:
            yield Near(account.person_id, how, Basis.PLACE, local(at).date())


def _elsewhere(district: str, person_id: UUID, since: datetime, until: datetime) -> Iterable[Near]:
    for mate in arrivals.neighbours(district, person_id, since):
        if mate.since < until:
            last = min(mate.until or until - timedelta(seconds=1), until)
            yield Near(mate.person_id, Degree.CLOSE, Basis.ROOM, local(last).date())
    for fellow in aboard_queries.aboard(district, person_id, since):
        row, other = seat_row(fellow.own_seat), seat_row(fellow.seat)
        how, basis = degree(PlaceKind.VEHICLE, 60, row, other)
        yield Near(fellow.person_id, how, basis, local(fellow.arrived_at).date())
    for other_id, start, end in duty_queries.together(district, person_id, since, until):
        how, basis = degree(PlaceKind.DUTY, overlap((start, end), (start, end)))
        yield Near(other_id, how, basis, local(end).date())
