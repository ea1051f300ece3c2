"""Directives as a whole: issued, superseded by a new version, withdrawn. Reference data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from lianfang.areas.models import Area, AreaSetMember
from lianfang.areas.rules import Level
from lianfang.areas.tree import by_area
from lianfang.directives import problems, rules
from lianfang.directives.answering import in_force
from lianfang.directives.models import Directive, DirectiveTarget, UpperNode
from lianfang.directives.payloads import Issue, Withdraw
from lianfang.directives.rules import DirectiveState, Passing
from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Organisation

# An organisation has no place in the area tree; its copy stands at this level.
UNIT = 0


@command(
    "directive.issue",
    Issue,
    verb=Verb.DIRECT,
    locate=by_area("from_area_id"),
    title=_("Issue a directive"),
    reference=True,
)
def issue(batch: Batch[Issue], item: Item[Issue]) -> None:
    """Issue a directive; receivers above the districts get their copies, districts join later."""
    payload = item.payload
    item.subject_id = payload.directive_id
    if Directive.objects.filter(id=payload.directive_id).exists():
        raise Refuse(problems.EXISTS, "directive_id")
    for name in ("ack_due", "act_due"):
        due = getattr(payload, name)
        if due and due <= batch.received_at and not batch.replaying:
            raise Refuse(problems.PAST_DUE, name)
    path = item.path or ""
    areas = _targets(payload, path)
    units = list(Organisation.objects.filter(id__in=payload.organisation_ids, valid_to=None))
    if len(units) < len(set(payload.organisation_ids)):
        raise Refuse(NOT_FOUND, "organisation_ids")
    before = _before(batch, payload, path)
    below = _below(areas, payload.to_level)
    if not units and not any(below.values()):
        raise Refuse(problems.NO_RECEIVER, "to_level")
    row = Directive(
        id=payload.directive_id,
        number=payload.number,
        kind=payload.kind,
        title=payload.title,
        text=payload.text,
        attachments=[a.model_dump(mode="json") for a in payload.attachments],
        from_area_id=payload.from_area_id,
        from_organisation_id=payload.from_organisation_id,
        path=path,
        passing=payload.passing,
        to_level=payload.to_level,
        act_level=payload.act_level,
        ack_due=payload.ack_due,
        act_due=payload.act_due,
        expected=rules.sum_levels(below[a.path] for a in areas),
        version=before.version + 1 if before else 1,
        chain_id=before.chain_id if before else payload.directive_id,
        replaces=before,
        part_of_id=payload.part_of_id,
        issued_at=batch.received_at,
        issued_by=batch.actor.ref,
    )
    bulk.insert([row])
    bulk.insert(
        [
            DirectiveTarget(
                id=item.derive("target", a.id),
                directive_id=row.id,
                area_id=a.id,
                path=a.path,
                below=below[a.path],
            )
            for a in areas
        ]
        + [
            DirectiveTarget(id=item.derive("target", u.id), directive_id=row.id, organisation=u)
            for u in units
        ]
    )
    bulk.insert([*_upper(item, row, areas, below), *_units(item, row, units)])
    item.result = {"directive_id": str(row.id), "version": row.version, "expected": row.expected}


def _targets(payload: Issue, path: str) -> list[Area]:
    """Return the areas to which it goes first, none under another one. Raises Refuse."""
    ids = set(payload.area_ids)
    if payload.area_set_ids:
        sets = AreaSetMember.objects.filter(area_set_id__in=payload.area_set_ids)
        ids |= set(sets.values_list("area_id", flat=True))
    if ids:
        found = list(Area.objects.filter(id__in=ids, valid_to=None))
        if len(found) < len(ids):
            raise Refuse(NOT_FOUND, "area_ids")
    elif payload.organisation_ids:
        found = []
    else:
        found = list(Area.objects.filter(parent_id=payload.from_area_id, valid_to=None))
    for area in found:
        if not area.path.startswith(path) or area.path == path:
            raise Refuse(problems.OUTSIDE, "area_ids", name=area.name)
    kept = set(rules.outermost(a.path for a in found))
    return sorted((a for a in found if a.path in kept), key=lambda a: a.path)


def _before(batch: Batch[Issue], payload: Issue, path: str) -> Directive | None:
    """End the version that this one replaces."""
    if payload.replaces_id is None:
        return None
    before = Directive.objects.filter(id=payload.replaces_id).first()
    if before is None or before.path != path:
        raise Refuse(NOT_FOUND, "replaces_id")
    if before.state != DirectiveState.ISSUED:
        raise Refuse(problems.OVER, "replaces_id")
    _end(batch, before, DirectiveState.SUPERSEDED, "")
    return before


def _below(areas: Iterable[Area], to_level: int) -> dict[str, dict[str, int]]:
    """Return for each target and each area above the districts how many receivers lie in it.

    The counts of districts come from one pass over the tree, and are added up towards the top.
    """
    targets = list(areas)
    result: dict[str, dict[str, int]] = defaultdict(dict)
    wide = [a.path for a in targets if a.level < Level.COUNTY]
    for area in targets:
        if area.level >= Level.COUNTY:
            inside = Area.objects.filter(
                path__under=area.path, valid_to=None, level__lte=to_level
            ).order_by()
            rows = inside.values_list("level").annotate(Count("id"))
            result[area.path] = {str(level): number for level, number in rows}
    if not wide:
        return result
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    districts = (
        Area.objects.filter(valid_to=None, level__gte=Level.COUNTY, level__lte=to_level)
        .order_by()
        .values_list("district", "level")
        .annotate(Count("id"))
    )
    for district, level, number in districts:
        counted[district][str(level)] = number
    upper = Area.objects.filter(valid_to=None, level__lte=Level.COUNTY).order_by("path")
    for path, code, level in upper.values_list("path", "code", "level"):
        if not rules.covers(wide, path):
            continue
        mine = counted[code] if level == Level.COUNTY else {str(level): 1}
        if level > to_level:
            continue
        for rung in rules.rungs(path):
            if level == Level.COUNTY and rung == path:
                continue
            if rules.covers(wide, rung):
                result[rung] = rules.sum_levels([result[rung], mine])
    return result


def _upper(
    item: Item[Issue], row: Directive, areas: list[Area], below: dict[str, dict[str, int]]
) -> list[UpperNode]:
    paths = [a.path for a in areas if a.level < Level.COUNTY]
    first = {a.path for a in areas}
    found = Area.objects.filter(
        valid_to=None, level__lt=Level.COUNTY, level__lte=row.to_level
    ).order_by("path")
    return [
        UpperNode(
            id=item.derive("node", area_id),
            directive_id=row.id,
            area_id=area_id,
            path=path,
            level=level,
            below=below.get(path, {}),
            received_at=row.issued_at if row.passing == Passing.STRAIGHT or path in first else None,
        )
        for area_id, path, level in found.values_list("id", "path", "level")
        if rules.covers(paths, path)
    ]


def _units(item: Item[Issue], row: Directive, units: list[Organisation]) -> list[UpperNode]:
    return [
        UpperNode(
            id=item.derive("node", unit.id),
            directive_id=row.id,
            organisation_id=unit.id,
            level=UNIT,
            received_at=row.issued_at,
        )
        for unit in sorted(units, key=lambda u: u.id)
    ]


def _by_directive(batch: Batch[Any]) -> None:
    """Locate entries at the area that issued their directive."""
    ids = {item.payload.directive_id for item in batch}
    found: dict[UUID, str] = dict(Directive.objects.filter(id__in=ids).values_list("id", "path"))
    for item in batch:
        item.subject_id = item.payload.directive_id
        item.path = found.get(item.payload.directive_id)


@command(
    "directive.withdraw",
    Withdraw,
    verb=Verb.DIRECT,
    locate=_by_directive,
    title=_("Withdraw a directive"),
    reference=True,
)
def withdraw(batch: Batch[Withdraw], item: Item[Withdraw]) -> None:
    """End a directive; what was answered stays, what is owed ends in each district."""
    row = in_force(item.payload.directive_id)
    _end(batch, row, DirectiveState.WITHDRAWN, item.payload.why)


def _end(batch: Batch[Any], row: Directive, state: DirectiveState, why: str) -> None:
    row.state, row.ended_at, row.ended_why = state, batch.received_at, why
    row.ended_by = batch.actor.ref
    row.save(update_fields=["state", "ended_at", "ended_why", "ended_by"])
