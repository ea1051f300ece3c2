"""Recalls: everybody below a unit back by a deadline; who answered, who is silent, per unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.models import Area
from lianfang.areas.tree import by_area, places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.kernel.words import DUTY_KINDS
from lianfang.mobilising.models import Recall, Recalled, RecallTally
from lianfang.mobilising.rules import Answer
from lianfang.people.locate import by_person
from lianfang.people.models import Membership, Organisation

SILENT = "recall_silent"
DUTY_KINDS[SILENT] = _("Find those who are silent to a recall")

NOT_RECALLED = problem(
    "recall.not_recalled",
    _("This recall does not go to this person."),
    _("Look at the recall's list of members."),
    status=409,
)
NO_REASON = problem(
    "recall.no_reason",
    _("Who is excused needs a reason."),
    _("Write it in a few words."),
)
PAST_DEADLINE = problem(
    "recall.past_deadline",
    _("The deadline lies in the past."),
    _("Correct the date."),
)


class OpenRecall(Payload):
    """A recall to all members of an organisation and the units below it."""

    recall_id: UUID
    organisation_id: UUID
    area_id: UUID
    name: str = Field(min_length=1, max_length=120)
    text: str = Field("", max_length=500)
    deadline: datetime


class OfRecall(Payload):
    """One recall."""

    recall_id: UUID


class AnswerRecall(OfRecall):
    """What a member says, or what is known of the member."""

    person_id: UUID
    answer: Answer
    why: str = Field("", max_length=200)


@command(
    "recall.open",
    OpenRecall,
    verb=Verb.CALL_UP,
    locate=by_area(),
    title=_("Recall to duty"),
    reference=True,
)
def open_recall(batch: Batch[OpenRecall], item: Item[OpenRecall]) -> None:
    """Define a recall; each district with members takes part by a record of its own."""
    payload = item.payload
    if Recall.objects.filter(id=payload.recall_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "recall_id")
    if not Organisation.objects.filter(id=payload.organisation_id, valid_to=None).exists():
        raise Refuse(problems.NOT_FOUND, "organisation_id")
    if payload.deadline <= batch.received_at and not batch.replaying:
        raise Refuse(PAST_DEADLINE, "deadline")
    bulk.insert(
        [
            Recall(
                id=payload.recall_id,
                name=payload.name,
                text=payload.text,
                organisation_id=payload.organisation_id,
                area_id=payload.area_id,
                deadline=payload.deadline,
                opened_at=batch.received_at,
                opened_by=batch.actor.ref,
            )
        ]
    )
    item.subject_id = payload.recall_id
    item.result = {"recall_id": str(payload.recall_id)}


def _in_district(batch: Batch[Any]) -> None:
    """Locate entries on a recall at the district in which they act."""
    area_id = Area.objects.filter(code=batch.district, valid_to=None).values_list("id", flat=True)
    found = places(area_id, batch)
    known = set(
        Recall.objects.filter(id__in={i.payload.recall_id for i in batch}).values_list(
            "id", flat=True
        )
    )
    for item in batch:
        item.subject_id = item.payload.recall_id
        if found and item.payload.recall_id in known:
            item.place = next(iter(found.values()))
            item.path = item.place.path


@command(
    "recall.join",
    OfRecall,
    verb=Verb.CALL_UP,
    locate=_in_district,
    title=_("Take part in a recall"),
    hidden=True,
)
def join(batch: Batch[OfRecall], item: Item[OfRecall]) -> None:
    """List the members in this district; each unit answers for its silent ones by the deadline.

    Again adds those who joined since.
    """
    recall = Recall.objects.select_related("organisation").get(id=item.payload.recall_id)
    assert item.place
    units = Organisation.objects.filter(path__startswith=recall.organisation.path, valid_to=None)
    known = set(
        Recalled.objects.filter(district=batch.district, recall_id=recall.id).values_list(
            "person_id", flat=True
        )
    )
    rows: dict[UUID, Recalled] = {}
    members = Membership.objects.filter(
        district=batch.district, organisation_id__in=units.values("id"), until=None
    ).order_by("since", "id")
    for person_id, organisation_id in members.values_list("person_id", "organisation_id"):
        if person_id not in known and person_id not in rows:
            rows[person_id] = Recalled(
                district=batch.district,
                id=item.derive("recalled", person_id),
                recall_id=recall.id,
                person_id=person_id,
                organisation_id=organisation_id,
            )
    bulk.insert(list(rows.values()))
    by_unit = Counter(row.organisation_id for row in rows.values())
    _count(batch.district, {(recall.id, u): {Answer.SILENT: n} for u, n in by_unit.items()})
    for unit in sorted(by_unit):
        item.open_duty(
            NewDuty(
                SILENT,
                f"silent-{unit}",
                item.place,
                due_at=recall.deadline,
                subject_kind="organisation",
                subject_id=unit,
                context_id=recall.id,
                priority=5,
            )
        )
    item.result = {"members": len(rows), "units": len(by_unit)}


def _count(district: str, changes: dict[tuple[UUID, UUID], dict[Answer, int]]) -> None:
    deltas = {
        (district, recall_id, unit): (
            (),
            [by.get(Answer(name), 0) for name in RecallTally.counters],
        )
        for (recall_id, unit), by in changes.items()
    }
    bulk.add_counters(RecallTally, RecallTally.key_fields, (), RecallTally.counters, deltas)


@list_command(
    "recall.answer",
    AnswerRecall,
    verb=Verb.WORK,
    locate=by_person,
    title=_("Answer a recall"),
)
def answer(batch: Batch[AnswerRecall]) -> None:
    """Note what members say; when nobody of a unit is silent its duty is done."""
    rows = {
        (r.recall_id, r.person_id): r
        for r in Recalled.objects.filter(
            district=batch.district,
            recall_id__in={i.payload.recall_id for i in batch},
            person_id__in={i.payload.person_id for i in batch},
        )
    }
    changed: dict[UUID, Recalled] = {}
    changes: dict[tuple[UUID, UUID], Counter[Answer]] = defaultdict(Counter)
    for item in batch:
        payload = item.payload
        row = rows.get((payload.recall_id, payload.person_id))
        if row is None:
            item.refuse(NOT_RECALLED, "person_id")
            continue
        if payload.answer is Answer.EXCUSED and not payload.why:
            item.refuse(NO_REASON, "why")
            continue
        before = Answer(row.answer)
        row.answer, row.why = payload.answer, payload.why
        row.answered_at = None if payload.answer is Answer.SILENT else item.at
        changed[row.id] = row
        if before is not payload.answer:
            change = changes[row.recall_id, row.organisation_id]
            change[before] -= 1
            change[payload.answer] += 1
        item.result = {"answer": str(payload.answer)}
    bulk.upsert(list(changed.values()), ("district", "id"), ("answer", "why", "answered_at"))
    _count(batch.district, {key: dict(change) for key, change in changes.items()})
    _settle_answered(batch, rows)


def _settle_answered(batch: Batch[AnswerRecall], rows: dict[tuple[UUID, UUID], Recalled]) -> None:
    """Settle what each unit owes where nobody is silent any more, by its last answer."""
    last = {}
    for item in batch:
        row = rows[item.payload.recall_id, item.payload.person_id]
        last[row.recall_id, row.organisation_id] = item
    silent = set(
        Recalled.objects.filter(
            district=batch.district,
            recall_id__in={recall_id for recall_id, _ in last},
            answer=Answer.SILENT,
        )
        .values_list("recall_id", "organisation_id")
        .distinct()
    )
    for (recall_id, unit), item in last.items():
        if (recall_id, unit) not in silent:
            item.settle(SILENT, unit, recall_id)


@command(
    "recall.remind",
    OfRecall,
    verb=Verb.CALL_UP,
    locate=_in_district,
    title=_("Remind those who are silent"),
)
def remind(batch: Batch[OfRecall], item: Item[OfRecall]) -> None:
    """Count one more reminder for everybody who is silent."""
    reminded = Recalled.objects.filter(
        district=batch.district, recall_id=item.payload.recall_id, answer=Answer.SILENT
    ).update(reminders=F("reminders") + 1)
    item.result = {"reminded": reminded}


def _by_recall(batch: Batch[Any]) -> None:
    ids = {item.payload.recall_id for item in batch}
    found = dict(Recall.objects.filter(id__in=ids).values_list("id", "area__path"))
    for item in batch:
        item.subject_id = item.payload.recall_id
        item.path = found.get(item.payload.recall_id)


@command(
    "recall.close_district",
    OfRecall,
    verb=Verb.CALL_UP,
    locate=_in_district,
    title=_("Close a recall in a district"),
    hidden=True,
)
def close_district(batch: Batch[OfRecall], item: Item[OfRecall]) -> None:
    """End what units owe to a recall here; the answers stay."""
    recall_id = item.payload.recall_id
    tallies = RecallTally.objects.filter(district=batch.district, recall_id=recall_id)
    for unit in tallies.order_by("organisation_id").values_list("organisation_id", flat=True):
        item.settle(SILENT, unit, recall_id, DutyAction.EXPIRE, "recall.closed")


@command(
    "recall.close",
    OfRecall,
    verb=Verb.CALL_UP,
    locate=_by_recall,
    title=_("Close a recall"),
    reference=True,
)
def close(batch: Batch[OfRecall], item: Item[OfRecall]) -> None:
    """Mark a recall closed."""
    Recall.objects.filter(id=item.payload.recall_id, closed_at=None).update(
        closed_at=batch.received_at
    )
