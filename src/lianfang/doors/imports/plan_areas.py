"""A list of areas against the tree: new ones below their parents, new names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lianfang.areas import rules
from lianfang.areas.models import Area
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.problems import Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import AreaRow, RefusedRow
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id


class AreaPlanner:
    """Plans a whole list at once, since a parent may stand below its children.

    For those who draw below an area (a community its grids); whole countries come by
    `lianfang import areas`.
    """

    size = 0

    def __init__(self, setting: Setting) -> None:
        """Plan for one import."""
        self.setting = setting

    def plan(self, entries: Sequence[AreaRow]) -> Step:
        """Plan the areas, parents first."""
        step = Step()
        rows = {row.code: row for row in entries}
        wanted = set(rows) | {self._parent(row) for row in entries}
        known = {a.code: a for a in Area.objects.filter(code__in=wanted, valid_to=None)}
        made: dict[str, tuple[Any, int]] = {}
        for row in entries:
            self._place(row, rows, known, made, step, set())
        return step

    @staticmethod
    def _parent(row: AreaRow) -> str:
        return row.parent or (rules.parent_code(row.code) if rules.level_of(row.code) else "")

    def _place(
        self,
        row: AreaRow,
        rows: dict[str, AreaRow],
        known: dict[str, Area],
        made: dict[str, tuple[Any, int]],
        step: Step,
        above: set[str],
    ) -> tuple[Any, int] | None:
        """Return id and stage of a row's area (None when it goes back), planning it once."""
        if row.code in made:
            return made[row.code]
        area = known.get(row.code)
        if area is not None:
            made[row.code] = (area.id, 0)
            if area.name == row.name:
                step.counts["areas_same"] += 1
            elif not area.path.startswith(self.setting.area.path):
                self._back(row, step, "area-outside", area=self.setting.area.name)
            else:
                payload = {"area_id": str(area.id), "name": row.name[:120]}
                self._add(step, row, "area.rename", payload, "areas_renamed", 0)
            return made[row.code]
        parent_code = self._parent(row)
        parent: tuple[Any, int] | None = None
        if (upper := known.get(parent_code)) is not None:
            if upper.path.startswith(self.setting.area.path):
                parent = (upper.id, -1)
            else:
                self._back(row, step, "area-outside", area=self.setting.area.name)
                return None
        elif parent_code in rows and parent_code not in above and parent_code != row.code:
            parent = self._place(rows[parent_code], rows, known, made, step, above | {row.code})
        if parent is None:
            self._back(row, step, "area-parent-unknown", value=parent_code or "—")
            return None
        payload = {"parent_id": str(parent[0]), "code": row.code, "name": row.name[:120]}
        entry = self._add(step, row, "area.draw", payload, "areas_new", parent[1] + 1)
        made[row.code] = (derive_id(entry.id, "area"), parent[1] + 1)
        return made[row.code]

    def _back(self, row: AreaRow, step: Step, code: str, **params: str) -> None:
        if not any(row.row in rows for rows, _ in step.returned):
            step.returned.append(((row.row,), Problem(code, row.row, params=params)))

    def _add(
        self,
        step: Step,
        row: AreaRow,
        command: str,
        payload: dict[str, Any],
        count: str,
        stage: int,
    ) -> Entry:
        id_ = self.setting.derive("entry", command, row.row)
        entry = Entry(id_, command, payload, self.setting.at)
        label = f"{row.code} {row.name}"
        step.planned.append(Planned(entry, (row.row,), {count: 1}, label, stage))
        return entry

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Nothing to keep: what a list leaves out stays."""

    def finish(self) -> Iterator[Step]:
        """Nothing follows from the list as a whole."""
        yield from ()
