"""Takes a watch over from another district: the person's row here, the watch, the end there."""

from __future__ import annotations

from uuid import UUID

from lianfang.kernel.actors import CLOCK, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.models import Person
from lianfang.people.rules import PersonState
from lianfang.watching.models import Watch


def take_over(actor: Actor, act: UUID, row: Watch, area_id: UUID) -> list[Receipt]:
    """Submit what takes the offered watch `row` over into an area; returns the receipts.

    A person with the same document has a row in this district already; anybody else gets one. The
    last receipt is that of the watch. Cut off after it, the clock ends the watch over there; sent
    again from the start, nothing happens twice.
    """
    assert row.person_id
    assert row.person
    here, moment, who = row.to_district, now(), row.person
    known = None
    if who.id_index:
        same = Person.objects.filter(district=here, id_index=who.id_index, state=PersonState.LIVE)
        known = same.values_list("id", flat=True).first()
    person_id = known or derive_id(act, "person", row.id)
    entries = []
    if known is None:
        identity = {
            "person_id": str(person_id),
            "area_id": str(area_id),
            "name": who.name,
            "sex": who.sex,
            "born": who.born.isoformat() if who.born else None,
            "phone": who.phone,
            "id_kind": who.id_kind,
            "id_number": who.id_number,
        }
        id_ = derive_id(act, "register", row.id)
        entries.append(Entry(id_, "person.register", identity, moment, here))
    payload = {
        "watch_id": str(derive_id(act, "watch", row.id)),
        "person_id": str(person_id),
        "from_district": row.district,
        "from_watch_id": str(row.id),
        "reason": row.reasons[0],
        "reasons": row.reasons,
        "place": row.place if row.place != "hospital" else "home",
        "from_day": row.from_day.isoformat(),
        "until_day": row.until_day.isoformat(),
        "days": max(1, min(90, (row.until_day - row.from_day).days)),
        "checks_a_day": row.checks_a_day,
        "self_check": row.self_check,
        "area_id": str(area_id),
    }
    entries.append(Entry(derive_id(act, "take", row.id), "watch.take_over", payload, moment, here))
    receipts = submit(actor, entries)
    if receipts[-1].stands:
        end = {
            "watch_id": str(row.id),
            "by_district": here,
            "by_watch_id": receipts[-1].result["watch_id"],
        }
        id_ = derive_id(UUID(receipts[-1].result["watch_id"]), "taken", row.id)
        submit(CLOCK, [Entry(id_, "watch.taken", end, moment, row.district)])
    return receipts
