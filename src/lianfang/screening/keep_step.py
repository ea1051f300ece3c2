"""Keeps the denominators of open rounds in step with the list of doors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch
from lianfang.kernel.registry import follow
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.scope import Place
from lianfang.screening.ledger import Deltas, covers, open_rounds, settled
from lianfang.screening.models import Coverage
from lianfang.screening.rules import Outcome
from lianfang.screening.visit_commands import REVISIT

Open = dict[UUID, tuple[tuple[str, ...], UUID | None]]


@follow("household.register")
def registered(batch: Batch[Any]) -> None:
    """A door that comes on the list is owed by every open round that covers it."""
    rounds = open_rounds(batch.district)
    deltas = Deltas(batch.district)
    for item in batch:
        for round_id, (paths, _) in rounds.items():
            if item.place and covers(paths, item.place):
                deltas.add(round_id, item.place, "households")
    deltas.write()


@follow("household.close", "household.merge")
def ended(batch: Batch[Any]) -> None:
    """A door that leaves the list is owed no more; its line in the ledger goes with it."""
    rounds = open_rounds(batch.district)
    deltas = Deltas(batch.district)
    for item in batch:
        household_id = item.payload.household_id
        assert item.place
        _take_out(batch, rounds, deltas, item.place, [household_id], delete=True)
        item.settle(REVISIT, household_id, None, DutyAction.CANCEL, "household.ended")
    deltas.write()


@follow("household.assign")
def assigned(batch: Batch[Any]) -> None:
    """A door that changes its grid takes its line along."""
    rounds = open_rounds(batch.district)
    deltas = Deltas(batch.district)
    for item in batch:
        assert item.place
        for origin_id, labels in item.result.get("moved", {}).items():
            ids = [UUID(label) for label in labels]
            origin = places({UUID(origin_id)}, batch)[UUID(origin_id)]
            _take_out(batch, rounds, deltas, origin, ids, delete=False, to=item.place)
    deltas.write()


def _take_out(
    batch: Batch[Any],
    rounds: Open,
    deltas: Deltas,
    origin: Place,
    ids: Iterable[UUID],
    *,
    delete: bool,
    to: Place | None = None,
) -> None:
    wanted = list(ids)
    for round_id, (paths, continues) in rounds.items():
        leaves, arrives = covers(paths, origin), to is not None and covers(paths, to)
        if not leaves and not arrives:
            continue
        outside = settled(batch.district, continues, wanted) if continues else set()
        owed = [i for i in wanted if i not in outside]
        lines = Coverage.objects.filter(
            district=batch.district, round_id=round_id, household_id__in=owed
        )
        for place, by in ((origin, -1 if leaves else 0), (to, 1 if arrives else 0)):
            if place is None or not by:
                continue
            deltas.add(round_id, place, "households", by * len(owed))
            for line in lines:
                deltas.standing(
                    round_id, place, Outcome(line.outcome), line.fever, line.outsiders, by
                )
        if delete:
            lines.delete()
        elif to is not None:
            lines.update(area_id=to.id)
