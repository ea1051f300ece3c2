"""Changes the coverage counters of rounds; each on every level of the ladder."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from lianfang.kernel import bulk
from lianfang.kernel.scope import Place, within
from lianfang.people.rules import HouseholdState
from lianfang.screening.models import Coverage, RoundArea, RoundDistrict, RoundTally
from lianfang.screening.rules import DONE, EXCUSED, Outcome, RoundState

_NUMBER = {name: n for n, name in enumerate(RoundTally.counters)}


class Deltas:
    """Changes of counters, collected for one batch and written in one statement."""

    def __init__(self, district: str) -> None:
        """Collect for one district."""
        self.district = district
        self._sums: dict[tuple[str, UUID, UUID], tuple[tuple[int], list[int]]] = {}

    def add(self, round_id: UUID, place: Place, counter: str, by: int = 1) -> None:
        """Add to a counter of the place and of each ancestor."""
        number = _NUMBER[counter]
        for level, area_id in place.ladder:
            row = self._sums.get((self.district, round_id, area_id))
            if row is None:
                row = ((level,), [0] * len(_NUMBER))
                self._sums[(self.district, round_id, area_id)] = row
            row[1][number] += by

    def standing(
        self, round_id: UUID, place: Place, outcome: Outcome, fever: bool, outsiders: int, by: int
    ) -> None:
        """Add (by = 1) or take back (by = -1) what one line of the ledger counts."""
        if outcome is not Outcome.UNVISITED:
            self.add(round_id, place, outcome.value, by)
        if fever:
            self.add(round_id, place, "fever", by)
        if outsiders:
            self.add(round_id, place, "outsiders", by * outsiders)

    def write(self) -> None:
        """Write what was collected."""
        bulk.add_counters(
            RoundTally, RoundTally.key_fields, ("level",), RoundTally.counters, self._sums
        )


def open_rounds(district: str) -> dict[UUID, tuple[tuple[str, ...], UUID | None]]:
    """Return the district's open rounds: the paths that each covers, and the round it continues."""
    ids = list(
        RoundDistrict.objects.filter(district=district, state=RoundState.OPEN)
        .order_by("id")
        .values_list("id", flat=True)
    )
    rounds: dict[UUID, tuple[tuple[str, ...], UUID | None]] = {}
    rows = RoundArea.objects.filter(round_id__in=ids).order_by("round_id", "area__path")
    for round_id, path, continues in rows.values_list(
        "round_id", "area__path", "round__continues_id"
    ):
        paths, _ = rounds.get(round_id, ((), None))
        rounds[round_id] = ((*paths, path), continues)
    return rounds


def covers(paths: Iterable[str], place: Place) -> bool:
    """Tell whether the place lies within a round's paths."""
    return any(place.path.startswith(path) for path in paths)


def settled(district: str, round_id: UUID, household_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of the households an earlier round has settled (done or excused)."""
    rows = Coverage.objects.filter(
        district=district,
        round_id=round_id,
        household_id__in=list(household_ids),
        outcome__in=[*DONE, *EXCUSED],
    )
    return set(rows.values_list("household_id", flat=True))


def owed(district: str, paths: Iterable[str], continues: UUID | None) -> Q:
    """Return the condition of the households that a round owes a visit.

    All live doors under its paths; of a round that continues another, those that the first left
    open, and those that came on the list since.
    """
    condition = Q(district=district, state=HouseholdState.LIVE) & within(paths, "area__path")
    if continues:
        done = Coverage.objects.filter(
            district=district, round_id=continues, outcome__in=[*DONE, *EXCUSED]
        )
        condition &= ~Q(id__in=done.values("household_id"))
    return condition
