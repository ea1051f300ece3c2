"""What can be read of directives: lists, one of them, and what waits for the actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.areas.models import Area, AreaSet, Grant
from lianfang.areas.rules import Level
from lianfang.directives import owing
from lianfang.directives.answering import led
from lianfang.directives.models import Directive, DirectiveTarget, LocalNode, UpperNode
from lianfang.directives.rules import DirectiveState, NodeState, late, node_state, rungs
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Organisation

# Somebody who leads more areas than this looks at the cascade, not at a list of copies.
_MOST = 60


def own_units(actor: Actor) -> list[Organisation]:
    """Return the organisations for which the actor may answer: those of the grants, and below."""
    if actor.id is None:
        return []
    ids = Grant.objects.filter(
        account_id=actor.id, ended_at=None, organisation_id__isnull=False
    ).values_list("organisation_id", flat=True)
    tops = Organisation.objects.filter(id__in=list(ids)).values_list("path", flat=True)
    scope = Q(pk__in=[])
    for path in tops:
        scope |= Q(path__startswith=path)
    return list(Organisation.objects.filter(scope, valid_to=None).order_by("path")[:_MOST])


def own_areas(actor: Actor) -> list[Area]:
    """Return the areas that the actor leads, so may answer for."""
    paths = [path for path in led(actor) if path][:_MOST]
    return list(Area.objects.filter(path__in=paths, valid_to=None).order_by("path"))


def directives(actor: Actor) -> QuerySet[Directive]:
    """Return the directives issued in the actor's scope, or that reach into it."""
    paths = actor.paths(Verb.READ)
    if "" in paths:
        return Directive.objects.all()
    reach = within(paths, "path")
    for path in paths:
        # A grid hears what its community hears.
        level = min(path.count("/"), Level.COMMUNITY)
        reach |= Q(path__in=rungs(path), directive__to_level__gte=level)
    area_targets = DirectiveTarget.objects.filter(reach, area__isnull=False)
    units = [u.id for u in own_units(actor)]
    unit_targets = DirectiveTarget.objects.filter(organisation_id__in=units)
    return Directive.objects.filter(
        within(paths, "path")
        | Q(id__in=area_targets.values("directive_id"))
        | Q(id__in=unit_targets.values("directive_id"))
    )


def directive(actor: Actor, directive_id: UUID) -> Directive | None:
    """Return one directive; None when absent or forbidden."""
    found = directives(actor).filter(id=directive_id)
    return found.select_related("from_area", "from_organisation", "replaces").first()


def versions(row: Directive) -> list[Directive]:
    """Return all versions of a paper, the newest first."""
    return list(Directive.objects.filter(chain_id=row.chain_id).order_by("-version"))


def area_sets() -> list[tuple[str, str]]:
    """Return the named sets of areas, for a choice."""
    found = AreaSet.objects.filter(valid_to=None).order_by("name")
    return [(str(id_), name) for id_, name in found.values_list("id", "name")[:200]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A copy of a directive at a receiver for which the actor answers."""

    directive: Directive
    area_id: UUID | None
    organisation_id: UUID | None
    district: str
    name: str
    level: int
    received_at: datetime
    read_at: datetime | None
    acked_at: datetime | None
    passed_at: datetime | None
    acted_at: datetime | None

    @property
    def state(self) -> NodeState:
        """Return where the copy stands."""
        return node_state(self.received_at, self.read_at, self.acked_at, self.acted_at)

    @property
    def owes_acknowledgement(self) -> bool:
        """Tell whether it is not acknowledged yet."""
        return self.acked_at is None

    @property
    def owes_act(self) -> bool:
        """Tell whether the receiver shall act and nothing shows that it did."""
        row = self.directive
        acts = row.act_level if row.act_level is not None else row.to_level
        return bool(row.act_due) and self.level <= acts and self.acted_at is None

    @property
    def due(self) -> datetime | None:
        """Return when the next thing is due."""
        if self.owes_acknowledgement:
            return self.directive.ack_due
        return self.directive.act_due if self.owes_act else None

    def late(self, moment: datetime) -> bool:
        """Tell whether what is due is over its time."""
        return late(self.due, None, moment)

    @property
    def passes(self) -> bool:
        """Tell whether the receiver hands it on to a level below."""
        return self.area_id is not None and self.level < self.directive.to_level


def copies(actor: Actor, only: UUID | None = None) -> list[Waiting]:
    """Return the copies in force of everything for which the actor answers, the first due first."""
    areas = own_areas(actor)
    result = _upper(areas, own_units(actor), only)
    by_district: dict[str, list[Area]] = {}
    for area in areas:
        if area.district:
            by_district.setdefault(area.district, []).append(area)
    for district, mine in by_district.items():
        result += _local(district, mine, only)
    last = now().replace(year=9000)
    return sorted(result, key=lambda w: (w.due or last, w.directive.issued_at, w.name))


def waiting(actor: Actor) -> list[Waiting]:
    """Return the copies that need the actor: to be acknowledged, or acted upon."""
    return [w for w in copies(actor) if w.owes_acknowledgement or w.owes_act]


def _upper(
    areas: Iterable[Area], units: Iterable[Organisation], only: UUID | None
) -> list[Waiting]:
    wide = [a.id for a in areas if not a.district]
    ids = [u.id for u in units]
    if not wide and not ids:
        return []
    found = UpperNode.objects.filter(
        Q(area_id__in=wide) | Q(organisation_id__in=ids),
        directive__state=DirectiveState.ISSUED,
        received_at__isnull=False,
    ).select_related("directive", "area", "organisation")
    if only:
        found = found.filter(directive_id=only)
    return [
        Waiting(
            n.directive,
            n.area_id,
            n.organisation_id,
            "",
            (n.area.name if n.area else n.organisation.name if n.organisation else ""),
            n.level,
            n.received_at or n.directive.issued_at,
            n.read_at,
            n.acked_at,
            n.passed_at,
            n.acted_at,
        )
        for n in found.order_by("id")
    ]


def _local(district: str, areas: list[Area], only: UUID | None) -> list[Waiting]:
    here = owing.papers(district, [only] if only else None)
    if not here:
        return []
    ids = [p.directive.id for p in here]
    handed = owing.passed(district, ids)
    nodes = {
        (n.directive_id, n.area_id): n
        for n in LocalNode.objects.filter(
            district=district, directive_id__in=ids, area_id__in=[a.id for a in areas]
        )
    }
    result = []
    for area in areas:
        for paper in here:
            if not paper.covers(area.path, area.level):
                continue
            received = paper.received(area.path, handed)
            if received is None:
                continue
            n = nodes.get((paper.directive.id, area.id))
            times = (n.read_at, n.acked_at, n.passed_at, n.acted_at) if n else (None,) * 4
            result.append(
                Waiting(
                    paper.directive,
                    area.id,
                    None,
                    district,
                    area.name,
                    area.level,
                    n.received_at or received if n else received,
                    *times,
                )
            )
    return result
