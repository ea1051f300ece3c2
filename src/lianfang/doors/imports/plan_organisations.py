# cjk: kinds of organisations as registers write them
"""A list of organisations against those that exist: created below their parents, attached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.doors.imports.places import Places
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.problems import BadValue, Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import OrganisationRow, RefusedRow
from lianfang.kernel.batch import Entry
from lianfang.people import lookup

_KINDS = {
    "party": "党组织 党委 党支部 党总支 基层党组织",
    "committee": "居委会 村委会 居民委员会 社区居委会 自治组织",
    "office": "街道 街道办 机关 政府 政府机关 机关单位",
    "police": "警务 派出所 公安 警务室",
    "health": "医疗机构 医院 卫生服务站 社区卫生服务中心 医疗",
    "property": "物业 物业公司 物业服务",
    "company": "企业 公司 商户 单位",
    "school": "学校 幼儿园 小学 中学 大学",
    "volunteers": "志愿组织 志愿队 志愿服务队 社会组织",
    "taskforce": "突击队 专班",
}
KINDS = {word: kind for kind, words in _KINDS.items() for word in words.split()}


class OrganisationPlanner:
    """Plans a whole list at once, since a parent may stand below its units."""

    size = 0

    def __init__(self, setting: Setting) -> None:
        """Plan for one import."""
        self.setting = setting
        self.places = Places(setting.area, setting.places)

    def plan(self, entries: Sequence[OrganisationRow]) -> Step:
        """Plan the organisations, parents first; each stage of the tree is a stage of its own."""
        step = Step()
        self._known = lookup.organisations_by_name(
            {row.name for row in entries} | {row.parent for row in entries if row.parent}
        )
        self._rows: dict[str, OrganisationRow] = {}
        for row in entries:
            self._rows.setdefault(row.name, row)
            if row.code:
                self._rows.setdefault(row.code, row)
        self._ids: dict[int, tuple[UUID, int]] = {}
        for row in entries:
            try:
                areas = [self._area(said) for said in row.areas]
                id_, depth = self._place(row, step, ())
            except BadValue as bad:
                step.returned.append(((row.row,), Problem(bad.code, row.row, params=bad.params)))
                continue
            self._attach(row, id_, depth, areas, step)
        return step

    def _area(self, said: str) -> UUID:
        if found := self.places.find(said):
            return found.area_id
        for area in self._upper(said):
            return area.id
        raise BadValue("grid-unknown", value=said[:30])

    def _upper(self, said: str) -> list[Area]:
        """Return the area of the import itself where a street's list names it."""
        area = self.setting.area
        return [area] if said in (area.code, area.name) else []

    def _place(self, row: OrganisationRow, step: Step, above: tuple[int, ...]) -> tuple[UUID, int]:
        """Return id and stage of a row's organisation, planning it and its parents once."""
        if row.row in self._ids:
            return self._ids[row.row]
        if row.row in above:
            raise BadValue("organisation-circle")
        parent_id, depth = None, 0
        if row.parent:
            if (upper := self._rows.get(row.parent)) is not None:
                parent_id, depth = self._place(upper, step, (*above, row.row))
                depth += 1
            elif candidates := self._known.get(row.parent):
                parent_id = candidates[0][0]
            else:
                raise BadValue("organisation-parent-unknown", value=row.parent[:40])
        same = [id_ for id_, upper_id in self._known.get(row.name, []) if upper_id == parent_id]
        if same:
            self._ids[row.row] = (same[0], depth)
            return self._ids[row.row]
        id_ = self.setting.derive("organisation", row.row)
        payload: dict[str, Any] = {
            "organisation_id": str(id_),
            "name": row.name[:120],
            "kind": KINDS.get(row.kind, row.kind)[:20],
            "parent_id": str(parent_id) if parent_id else None,
        }
        entry = self._entry("organisation.create", row.row, payload)
        step.planned.append(Planned(entry, (row.row,), {"organisations_new": 1}, row.name, depth))
        self._ids[row.row] = (id_, depth)
        return self._ids[row.row]

    def _attach(
        self, row: OrganisationRow, id_: UUID, depth: int, areas: Sequence[UUID], step: Step
    ) -> None:
        served = lookup.areas_served(id_)
        fresh = [area_id for area_id in dict.fromkeys(areas) if area_id not in served]
        for area_id in fresh:
            payload = {"organisation_id": str(id_), "area_id": str(area_id)}
            entry = self._entry("organisation.attach", f"{row.row}:{area_id}", payload)
            step.planned.append(
                Planned(entry, (row.row,), {"attached": 1}, row.name, stage=depth + 1)
            )
        if not fresh and not any(row.row in p.rows for p in step.planned):
            step.counts["organisations_same"] += 1

    def _entry(self, command: str, key: object, payload: dict[str, Any]) -> Entry:
        id_ = self.setting.derive("entry", command, key)
        return Entry(id_, command, payload, self.setting.at)

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Nothing to keep: what a list leaves out stays."""

    def finish(self) -> Iterator[Step]:
        """Nothing follows from the list as a whole."""
        yield from ()
