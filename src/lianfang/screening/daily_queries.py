"""The days of a daily round: each day's coverage, who was missed, how many days in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.screening import queries
from lianfang.screening.door_queries import may_list
from lianfang.screening.models import Coverage, Round, RoundTally
from lianfang.screening.rules import OPEN, Counts, Outcome

# So far back the days missed in a row are counted.
LOOK_BACK = 30


def days(series_id: UUID, upto: date | None = None, limit: int = LOOK_BACK) -> list[Round]:
    """Return the days of a series up to a day, the latest first."""
    found = Round.objects.filter(series_id=series_id)
    if upto:
        found = found.filter(first_day__lte=upto)
    return list(found.order_by("-first_day", "-id")[:limit])


def coverage_of_days(
    actor: Actor, rounds: Sequence[Round], areas: Sequence[Area]
) -> dict[tuple[UUID, UUID], Counts]:
    """Return the coverage of areas (of one district) on each day, by (round, area): one query."""
    mine = [a for a in areas if actor.may(Verb.READ, a.path) and a.district]
    rows = RoundTally.objects.filter(
        district__in={a.district for a in mine},
        round_id__in=[r.id for r in rounds],
        area_id__in=[a.id for a in mine],
    )
    return {
        (row[0], row[1]): Counts(*row[2:])
        for row in rows.values_list("round_id", "area_id", *RoundTally.counters)
    }


@dataclass(frozen=True, slots=True)
class Missed:
    """A door that nobody met on a day, with the days in a row up to that one, and the last met."""

    household: Household
    outcome: Outcome
    days: int
    last_met: date | None


def missed(actor: Actor, series_id: UUID, area: Area, upto: date, limit: int = 500) -> list[Missed]:
    """Return the doors missed on a closed day, those missed longest first; three queries.

    A row of days ends where the door was done or excused, or was not on the list yet.
    """
    if not may_list(actor, area):
        return []
    rounds = days(series_id, upto)
    if not rounds:
        return []
    lines = Coverage.objects.filter(
        district=area.district,
        area_id__in=Area.objects.filter(path__under=area.path).values("id"),
    )
    shut = [o.value for o in OPEN]
    today = dict(
        lines.filter(round_id=rounds[0].id, outcome__in=shut).values_list("household_id", "outcome")
    )
    order = {r.id: n for n, r in enumerate(rounds)}
    history: dict[UUID, dict[int, str]] = {}
    rows = Coverage.objects.filter(
        district=area.district, round_id__in=list(order), household_id__in=list(today)
    )
    for round_id, door, outcome in rows.values_list("round_id", "household_id", "outcome"):
        history.setdefault(door, {})[order[round_id]] = outcome
    found = Household.objects.filter(district=area.district, id__in=list(today))
    if "" not in (paths := actor.paths(Verb.READ)):
        found = found.filter(within(paths, "area__path"))
    result: list[Missed] = []
    for home in found.select_related("area").order_by("sort_key", "id"):
        past = history.get(home.id, {})
        row = 0
        while past.get(row) in shut:
            row += 1
        met = next((rounds[n].first_day for n in sorted(past) if past[n] not in shut), None)
        result.append(Missed(home, Outcome(today[home.id]), row, met))
    return sorted(result, key=lambda one: -one.days)[:limit]


def entry_of_series(actor: Actor, series_id: UUID) -> Round | None:
    """Return the day of a series that runs now, or its last one, within the actor's rounds."""
    return queries.rounds(actor).filter(series_id=series_id).order_by("-first_day").first()
