"""Where a case says that it was."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.tracing import payloads, presence_rows
from lianfang.tracing.case_commands import the_case
from lianfang.tracing.locate import by_case
from lianfang.tracing.models import Case, Presence, Spot
from lianfang.tracing.rules import seat_row

MANUAL = "interview"


def body(case: Case) -> UUID:
    """Return the id under which the presences of a case stand: the person's, else the case's."""
    return case.person_id or case.id


@command(
    "presence.note",
    payloads.NotePresence,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Note where a case was"),
)
def note(batch: Batch[payloads.NotePresence], item: Item[payloads.NotePresence]) -> None:
    """Note a stay; a place of the same name in the same area is the same place for all cases."""
    case, payload = the_case(batch, item), item.payload
    if Presence.objects.filter(district=batch.district, source_id=payload.presence_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "presence_id")
    place_id = payload.place_id or _spot(batch, item, case).id
    made = presence_rows.rows(
        batch,
        item,
        body(case),
        payload.kind,
        place_id,
        payload.from_at,
        payload.to_at,
        source=MANUAL,
        source_id=payload.presence_id,
        seat_row=seat_row(payload.seat) if payload.seat else None,
    )
    bulk.insert(made)
    item.result = {"place_id": str(place_id), "days": len(made)}


def _spot(
    batch: Batch[payloads.NotePresence], item: Item[payloads.NotePresence], case: Case
) -> Spot:
    payload = item.payload
    area_id = payload.area_id or case.area_id
    found = Spot.objects.filter(
        district=batch.district, kind=payload.kind, name=payload.name, area_id=area_id
    ).first()
    if found is None:
        found = Spot(
            district=batch.district,
            id=item.derive("spot"),
            kind=payload.kind,
            name=payload.name,
            area_id=area_id,
        )
        found.save(force_insert=True)
    return found


@command(
    "presence.strike",
    payloads.StrikePresence,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Strike a stay"),
)
def strike(batch: Batch[payloads.StrikePresence], item: Item[payloads.StrikePresence]) -> None:
    """Strike a stay that was written down by mistake; what other records tell is not struck."""
    case = the_case(batch, item)
    count, _models = Presence.objects.filter(
        district=batch.district,
        person_id=body(case),
        source=MANUAL,
        source_id=item.payload.presence_id,
    ).delete()
    if not count:
        raise Refuse(problems.NOT_FOUND, "presence_id")
