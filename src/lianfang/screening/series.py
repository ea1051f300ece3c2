"""Daily rounds: which day of a series a visit belongs to, whatever round the phone names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lianfang.kernel.actors import CLOCK
from lianfang.screening import days
from lianfang.screening.models import Round, RoundArea, RoundDistrict
from lianfang.screening.rules import RoundState


@dataclass(frozen=True, slots=True)
class Series:
    """The days of the daily rounds that a list of visits names.

    `late` are the days that the clock has closed: a visit of that day that comes later (from a
    phone without signal) still counts in its ledger. A day that a person closed takes no more.
    """

    by_day: dict[tuple[UUID | None, str], Round] = field(default_factory=dict)
    late: dict[UUID, tuple[str, ...]] = field(default_factory=dict)

    def day(self, round_: Round, at: datetime) -> Round:
        """Return the round of the series on the local day of `at`; the same without a series."""
        if round_.series_id is None:
            return round_
        return self.by_day.get((round_.series_id, days.day_of(at)), round_)


def read(district: str, rounds: Iterable[Round]) -> Series:
    """Return the series of those of `rounds` that are daily; three queries, none without them."""
    ids = {r.series_id for r in rounds} - {None}
    if not ids:
        return Series()
    members = list(Round.objects.filter(series_id__in=ids).order_by("first_day", "id"))
    closed = set(
        RoundDistrict.objects.filter(
            district=district,
            id__in=[r.id for r in members],
            state=RoundState.CLOSED,
            closed_by=CLOCK.ref,
        ).values_list("id", flat=True)
    )
    paths: dict[UUID, list[str]] = {}
    rows = RoundArea.objects.filter(round_id__in=closed).order_by("area__path")
    for round_id, path in rows.values_list("round_id", "area__path"):
        paths.setdefault(round_id, []).append(path)
    return Series(
        {(r.series_id, r.first_day.isoformat()): r for r in members},
        {id_: tuple(found) for id_, found in paths.items()},
    )
