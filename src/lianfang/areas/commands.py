"""What changes the tree and the grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas import queries, rules
from lianfang.areas.models import Area, AreaSet, AreaSetMember, Grant
from lianfang.areas.rules import Level, Role
from lianfang.areas.tree import by_area
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, everywhere
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb

NO_PARENT = problem(
    "area.no_parent",
    _("The area {code} names a parent {parent} that does not exist."),
    _("Import the upper levels first, or correct the parent's code."),
)
CODE_TAKEN = problem(
    "area.code_taken",
    _("The code {code} is in use by {name}."),
    _("Choose another code."),
    status=409,
)
RETIRED = problem(
    "area.retired",
    _("{name} was closed on {when} and takes no new records."),
    _("Choose the grid that took its place."),
    status=409,
)
ROLE_ABOVE = problem(
    "grant.role_above",
    _("You cannot give the role “{role}”."),
    _("Ask the level above to give it."),
    status=403,
)
ROW_LIMIT = 5_000


class AreaRow(Payload):
    """One area of an import: its code, name, and its parent's code ('' at the top).

    For a Chinese division code the parent may be left out: the code says it.
    """

    code: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z._-]+$")
    name: str = Field(min_length=1, max_length=120)
    parent: str = Field("", max_length=40)
    boundary: dict[str, Any] | None = None


class ImportAreas(Payload):
    """A part of an area file, parents before children (in this part or an earlier one)."""

    rows: tuple[AreaRow, ...] = Field(max_length=ROW_LIMIT)
    valid_from: date | None = None


class Draw(Payload):
    """A new area below an existing one; a grid in most cases."""

    parent_id: UUID
    code: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z._-]+$")
    name: str = Field(min_length=1, max_length=120)


class Rename(Payload):
    """A new name for an area."""

    area_id: UUID
    name: str = Field(min_length=1, max_length=120)


class Retire(Payload):
    """An area that ends; its households must have been assigned to others."""

    area_id: UUID
    last_day: date


class DefineSet(Payload):
    """A named set of areas; sent again with the same name it replaces the members."""

    name: str = Field(min_length=1, max_length=120)
    area_ids: tuple[UUID, ...]


class Give(Payload):
    """A role for an account in an area (null: everywhere)."""

    account_id: UUID
    role: Role
    area_id: UUID | None = None
    organisation_id: UUID | None = None


class End(Payload):
    """The end of a grant."""

    grant_id: UUID


@command(
    "area.import",
    ImportAreas,
    verb=Verb.DRAW,
    locate=everywhere,
    title=_("Import areas"),
    reference=True,
    hidden=True,
)
def import_areas(batch: Batch[ImportAreas], item: Item[ImportAreas]) -> None:
    """Make or rename areas by code. The same rows again change nothing."""
    rows = item.payload.rows
    wanted = {r.code for r in rows}
    known = _known(wanted | {_parent(r) for r in rows} - {""})
    fresh: dict[str, tuple[Any, ...]] = {}
    changed: list[AreaRow] = []
    for number, row in enumerate(rows):
        if row.code in known:
            changed.append(row)
            continue
        if row.code in fresh:
            continue
        parent_code = _parent(row)
        parent = known.get(parent_code) or fresh.get(parent_code)
        if parent_code and parent is None:
            raise Refuse(NO_PARENT, f"rows.{number}.parent", code=row.code, parent=parent_code)
        id_ = item.derive(row.code)
        place = _place_below(parent, row.code)
        fresh[row.code] = (id_, *place, row, parent[0] if parent else None)
    valid_from = item.payload.valid_from
    bulk.insert_values(
        Area,
        _COLUMNS,
        [
            (
                *(id_, row.code, row.name, level, parent_id, path),
                *(rules.district_of(path), valid_from, None, 0, row.boundary),
            )
            for id_, path, level, row, parent_id in fresh.values()
        ],
    )
    item.result = {"new": len(fresh), "changed": _take(changed)}


# In the order of the values above.
_COLUMNS = (
    "id",
    "code",
    "name",
    "level",
    "parent",
    "path",
    "district",
    "valid_from",
    "valid_to",
    "named",
    "boundary",
)


def _known(codes: set[str]) -> dict[str, tuple[Any, ...]]:
    """Return (id, path, level) of the live areas of these codes."""
    rows = Area.objects.filter(code__among=codes, valid_to=None)
    return {code: rest for code, *rest in rows.values_list("code", "id", "path", "level")}  # type: ignore[misc]


def _parent(row: AreaRow) -> str:
    return row.parent or (rules.parent_code(row.code) if rules.level_of(row.code) else "")


def _take(rows: list[AreaRow]) -> int:
    """Put names and boundaries into the areas of these codes; return how many that changed."""
    live = Area.objects.filter(code__among=[r.code for r in rows], valid_to=None)
    found = {a.code: a for a in live}
    changed: dict[str, Area] = {}
    for row in rows:
        area = found[row.code]
        boundary = row.boundary or area.boundary
        if (area.name, area.boundary) != (row.name, boundary):
            area.name, area.boundary = row.name, boundary
            changed[row.code] = area
    Area.objects.bulk_update(changed.values(), ["name", "boundary"], batch_size=500)
    return len(changed)


def _place_below(parent: Sequence[Any] | None, code: str) -> tuple[str, int]:
    """Return path and level of a new area below `parent`, a sequence of (id, path, level, …)."""
    path = f"{parent[1] if parent else ''}{code}/"
    level = rules.level_of(code)
    if level is None:
        level = Level(min(parent[2] + 1 if parent else Level.PROVINCE, Level.GRID))
    return path, level


def _new_area(
    id_: UUID,
    code: str,
    name: str,
    parent: Area | None,
    valid_from: date | None,
    boundary: dict[str, Any] | None = None,
) -> Area:
    path, level = _place_below((parent.id, parent.path, parent.level) if parent else None, code)
    return Area(
        id=id_,
        code=code,
        name=name,
        level=level,
        parent_id=parent.id if parent else None,
        path=path,
        district=rules.district_of(path),
        valid_from=valid_from,
        boundary=boundary,
    )


@command(
    "area.draw",
    Draw,
    verb=Verb.DRAW,
    locate=by_area("parent_id"),
    title=_("Draw an area"),
    reference=True,
)
def draw(batch: Batch[Draw], item: Item[Draw]) -> None:
    """Add an area below another."""
    parent = Area.objects.get(id=item.payload.parent_id)
    _live(parent)
    taken = Area.objects.filter(code=item.payload.code, valid_to=None).first()
    if taken:
        raise Refuse(CODE_TAKEN, "code", code=taken.code, name=taken.name)
    area = _new_area(
        item.derive("area"), item.payload.code, item.payload.name, parent, item.at.date()
    )
    bulk.insert([area])
    item.result = {"area_id": str(area.id)}


@command(
    "area.rename",
    Rename,
    verb=Verb.DRAW,
    locate=by_area(),
    title=_("Rename an area"),
    reference=True,
)
def rename(batch: Batch[Rename], item: Item[Rename]) -> None:
    """Give an area another name."""
    Area.objects.filter(id=item.payload.area_id).update(name=item.payload.name)


@command(
    "area.retire",
    Retire,
    verb=Verb.DRAW,
    locate=by_area(),
    title=_("Close an area"),
    reference=True,
)
def retire(batch: Batch[Retire], item: Item[Retire]) -> None:
    """End an area and the grants on it. A household left in it shows up as silent, never lost."""
    area = Area.objects.get(id=item.payload.area_id)
    _live(area)
    area.valid_to, area.named = item.payload.last_day, 0
    area.save(update_fields=["valid_to", "named"])
    Grant.objects.filter(area=area, ended_at=None).update(
        ended_at=batch.received_at, ended_by=batch.actor.ref
    )


@command(
    "area.define_set",
    DefineSet,
    verb=Verb.DRAW,
    locate=everywhere,
    title=_("Name a set of areas"),
    reference=True,
)
def define_set(batch: Batch[DefineSet], item: Item[DefineSet]) -> None:
    """Make or change a functional area."""
    ids = set(item.payload.area_ids)
    if Area.objects.filter(id__in=ids).count() != len(ids):
        raise Refuse(problems.NOT_FOUND, "area_ids")
    area_set = AreaSet.objects.filter(name=item.payload.name).first()
    if area_set is None:
        area_set = AreaSet(id=item.derive("set"), name=item.payload.name)
        bulk.insert([area_set])
    AreaSetMember.objects.filter(area_set=area_set).delete()
    bulk.insert(
        [
            AreaSetMember(id=item.derive(area_id), area_set_id=area_set.id, area_id=area_id)
            for area_id in sorted(ids)
        ]
    )
    item.result = {"area_set_id": str(area_set.id)}


@command(
    "grant.give",
    Give,
    verb=Verb.GRANT,
    locate=by_area(),
    title=_("Give a role"),
    reference=True,
)
def give(batch: Batch[Give], item: Item[Give]) -> None:
    """Give an account a role in an area. The same role again changes nothing."""
    payload = item.payload
    item.subject_id = payload.account_id
    if not batch.replaying and payload.role not in queries.grantable(batch.actor, item.path or ""):
        raise Refuse(ROLE_ABOVE, "role", role=payload.role)
    same = Grant.objects.filter(
        account_id=payload.account_id, role=payload.role, area=payload.area_id, ended_at=None
    ).first()
    if same:
        item.result = {"grant_id": str(same.id)}
        return
    if payload.area_id:
        _live(Area.objects.get(id=payload.area_id))
    grant = Grant(
        id=item.derive("grant"),
        account_id=payload.account_id,
        role=payload.role,
        area_id=payload.area_id,
        organisation_id=payload.organisation_id,
        given_at=batch.received_at,
        given_by=batch.actor.ref,
    )
    bulk.insert([grant])
    _name(grant, 1)
    item.result = {"grant_id": str(grant.id)}


def _name(grant: Grant, by: int) -> None:
    if grant.role == Role.GRID_WORKER and grant.area_id:
        Area.objects.filter(id=grant.area_id).update(named=F("named") + by)


def _by_grant(batch: Batch[Any]) -> None:
    found = Grant.objects.select_related("area").in_bulk([i.payload.grant_id for i in batch])
    for item in batch:
        if grant := found.get(item.payload.grant_id):
            item.path = grant.area.path if grant.area else ""
            item.subject_id = grant.account_id


@command(
    "grant.end",
    End,
    verb=Verb.GRANT,
    locate=_by_grant,
    title=_("End a role"),
    reference=True,
)
def end(batch: Batch[End], item: Item[End]) -> None:
    """End a grant now; entries made under it before and sent later are held, not lost."""
    grant = Grant.objects.get(id=item.payload.grant_id)
    if grant.ended_at is not None:
        return
    if not batch.replaying and Role(grant.role) not in queries.grantable(
        batch.actor, item.path or ""
    ):
        raise Refuse(ROLE_ABOVE, "grant_id", role=grant.role)
    grant.ended_at, grant.ended_by = batch.received_at, batch.actor.ref
    grant.save(update_fields=["ended_at", "ended_by"])
    _name(grant, -1)


def _live(area: Area) -> None:
    if area.valid_to is not None:
        raise Refuse(RETIRED, "area_id", name=area.name, when=area.valid_to)
