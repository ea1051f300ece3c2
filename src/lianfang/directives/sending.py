"""What takes several records: a directive goes into the districts in use, and out again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area, Grant
from lianfang.areas.rules import DISTRICT_LEVEL
from lianfang.directives.models import Directive, DirectiveDistrict, DirectiveTarget
from lianfang.directives.owing import received_above
from lianfang.directives.rules import DirectiveState
from lianfang.kernel.actors import CLOCK, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.queries import streams
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.web.acts import CommandForm


def issue(
    actor: Actor,
    payload: dict[str, Any],
    entry_id: UUID | None = None,
    *,
    at: datetime | None = None,
) -> Receipt:
    """Issue a directive and let it arrive where somebody works; returns the receipt of issuing.

    Safe to send again with the same `entry_id`. The clock does the second part too, for districts
    that wake up later.
    """
    moment = at or now()
    entry = Entry(entry_id or new_id(), "directive.issue", payload, moment)
    receipt = submit(actor, [entry], received_at=at)[0]
    if receipt.stands:
        spread(moment)
    return receipt


def in_use() -> dict[str, str]:
    """Return the districts in which somebody works (a grant, or a journal), with their paths."""
    codes = set(streams()) - {""}
    granted = Grant.objects.filter(ended_at=None, area__isnull=False).exclude(area__district="")
    codes |= set(granted.values_list("area__district", flat=True).distinct())
    found = Area.objects.filter(code__among=sorted(codes), valid_to=None, level=DISTRICT_LEVEL)
    return dict(found.values_list("code", "path"))


def spread(moment: datetime) -> list[Receipt]:
    """Let directives arrive in districts, and those that are over end there; returns receipts.

    A chore of the clock. Nothing is sent where there is nothing to do.
    """
    live = list(Directive.objects.filter(state=DirectiveState.ISSUED).order_by("issued_at", "id"))
    receipts: list[Receipt] = []
    if live:
        reach: dict[UUID, list[str]] = {}
        targets = DirectiveTarget.objects.filter(
            directive__in=[d.id for d in live], area__isnull=False
        )
        for directive_id, path in targets.values_list("directive_id", "path"):
            reach.setdefault(directive_id, []).append(path)
        there = in_use()
        arrived = set(
            DirectiveDistrict.objects.filter(id__in=[d.id for d in live]).values_list(
                "district", "id"
            )
        )
        for directive in live:
            mine = reach.get(directive.id, [])
            for district, path in sorted(there.items()):
                if (district, directive.id) in arrived or directive.to_level < DISTRICT_LEVEL:
                    continue
                if mine and received_above(directive, mine, path) is not None:
                    receipts += _tell("directive.arrive", directive.id, [district], moment)
    over = DirectiveDistrict.objects.filter(state=DirectiveState.ISSUED).exclude(
        id__in=[d.id for d in live]
    )
    for district, directive_id in over.order_by("district", "id").values_list("district", "id"):
        receipts += _tell("directive.end_district", directive_id, [district], moment)
    return receipts


def _tell(
    command: str, directive_id: UUID, districts: Iterable[str], moment: datetime
) -> list[Receipt]:
    content = {"directive_id": str(directive_id)}
    return [
        submit(
            CLOCK,
            [Entry(derive_id(directive_id, command, district), command, content, moment, district)],
            received_at=moment,
        )[0]
        for district in districts
    ]


def remind(actor: Actor, form: CommandForm) -> int:
    """Remind all below who are late, above and within districts; returns how many were reminded.

    Each receiver once, whatever waits for it; safe to send again with the same form.
    """
    form.is_valid()
    moment, reminded = now(), 0
    wide = [a for a in _directed(actor) if not a.district]
    everywhere = "" in actor.paths(Verb.DIRECT)
    entries = [(None, "")] if everywhere else [(a.id, a.path) for a in wide]
    for area_id, path in entries:
        content = {"area_id": str(area_id)} if area_id else {}
        id_ = derive_id(form.entry, "remind", path)
        receipt = submit(actor, [Entry(id_, "directive.remind_above", content, moment)])[0]
        reminded += int(receipt.result.get("receivers", 0)) if receipt.stands else 0
    owing_now = set(DirectiveDistrict.objects.values_list("district", flat=True).distinct())
    paths = actor.paths(Verb.DIRECT)
    for district, root in in_use().items():
        inside = [p for p in paths if p.startswith(root) and p != root]
        whole = any(root.startswith(p) for p in paths)
        wanted = [root] if whole else inside
        for area in Area.objects.filter(path__in=wanted, valid_to=None).order_by("path"):
            if district not in owing_now:
                continue
            content = {"area_id": str(area.id)}
            id_ = derive_id(form.entry, "remind", area.path)
            entry = Entry(id_, "directive.remind", content, moment, district)
            receipt = submit(actor, [entry])[0]
            reminded += int(receipt.result.get("receivers", 0)) if receipt.stands else 0
    return reminded


def _directed(actor: Actor) -> list[Area]:
    paths = [p for p in actor.paths(Verb.DIRECT) if p]
    return list(Area.objects.filter(path__in=paths, valid_to=None).order_by("path"))
