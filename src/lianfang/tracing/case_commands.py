"""Cases: opened, corrected, judged, interviewed, looked at."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianfang.areas.locate import at_area
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.models import Person
from lianfang.tracing import kinds, payloads, who
from lianfang.tracing.locate import by_case
from lianfang.tracing.models import Case, Contact
from lianfang.tracing.problems import CASE_KNOWN, DAYS_TURNED, NOT_LOOKED, NOT_THAT_WAY, WHO_MISSING
from lianfang.tracing.rules import CASE_TABLE, ON_DESK, CaseState, ContactState

_DATES = (
    "asymptomatic",
    "onset",
    "sample",
    "result",
    "isolated",
    "rule",
    "first_day",
    "setting",
    "cluster",
    "infected_by_id",
)


@command(
    "case.open",
    payloads.OpenCase,
    verb=Verb.TRACE,
    locate=at_area(subject="case_id"),
    title=_("Open a case"),
)
def open_case(batch: Batch[payloads.OpenCase], item: Item[payloads.OpenCase]) -> None:
    """Open a case; somebody has to interview it within hours."""
    payload, district = item.payload, batch.district
    assert item.place
    if Case.objects.filter(district=district, id=payload.case_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "case_id")
    person = _person(district, payload.person_id)
    said = who.of_payload(payload)
    index = said.index()
    if person is None and not said.text() and not batch.replaying:
        raise Refuse(WHO_MISSING, "name")
    if _live_twin(district, payload.person_id, index):
        raise Refuse(CASE_KNOWN, "person_id" if person else "name")
    _check_days(item)
    last = Case.objects.filter(district=district).aggregate(n=Max("number"))["n"]
    row = Case(
        district=district,
        id=payload.case_id,
        number=(last or 0) + 1,
        area_id=item.place.id,
        path=f"{item.place.path}{payload.case_id.hex}/",
        person_id=payload.person_id,
        household_id=person.household_id if person else None,
        who=said.text(),
        who_index=index,
        state=payload.state,
        import_key=payload.import_key,
        opened_at=batch.received_at,
    )
    _dates(row, payload)
    row.save(force_insert=True)
    _counted(item, payload.state, 1)
    item.open_duty(
        NewDuty(
            kinds.INTERVIEW,
            "interview",
            item.place,
            due_at=batch.after(hours=kinds.INTERVIEW_HOURS),
            path=row.path,
            subject_kind="case",
            subject_id=row.id,
            priority=9,
        )
    )
    item.result = {"case_id": str(row.id), "number": row.number}


def _person(district: str, person_id: UUID | None) -> Person | None:
    if person_id is None:
        return None
    found = Person.objects.filter(district=district, id=person_id).first()
    if found is None:
        raise Refuse(problems.NOT_FOUND, "person_id")
    return found


def _live_twin(district: str, person_id: UUID | None, index: str) -> bool:
    live = Case.objects.filter(district=district).exclude(state=CaseState.RULED_OUT)
    if person_id is not None:
        return live.filter(person_id=person_id).exists()
    return bool(index) and live.filter(person_id=None, who_index=index).exists()


def _check_days(item: Item[Any]) -> None:
    """Refuse a day that lies in the future."""
    today: date = local(item.at).date()
    for name in ("onset", "sample", "result", "isolated"):
        day = getattr(item.payload, name)
        if day and day > today:
            raise Refuse(DAYS_TURNED, name, name=day.isoformat())


def _dates(row: Case, payload: payloads.CaseDates) -> None:
    for name in _DATES:
        setattr(row, name, getattr(payload, name))


def _counted(item: Item[Any], state: str, by: int) -> None:
    item.count(f"cases_{state}", "now", by)


def the_case(batch: Batch[Any], item: Item[Any]) -> Case:
    """Return the case of an entry that `by_case` has located."""
    found: Case = batch.memo["cases"][item.payload.case_id]
    return found


@command(
    "case.correct",
    payloads.CorrectCase,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Correct a case's dates"),
)
def correct(batch: Batch[payloads.CorrectCase], item: Item[payloads.CorrectCase]) -> None:
    """Put the right dates in the place of those that were there."""
    row = the_case(batch, item)
    _check_days(item)
    if item.payload.infected_by_id == row.id:
        raise Refuse(problems.NOT_FOUND, "infected_by_id")
    _dates(row, item.payload)
    row.save()


@command(
    "case.judge",
    payloads.JudgeCase,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Confirm a case or rule it out"),
)
def judge(batch: Batch[payloads.JudgeCase], item: Item[payloads.JudgeCase]) -> None:
    """Confirm a case or rule it out; of one that is ruled out no contact is sent down any more."""
    row, state = the_case(batch, item), item.payload.state
    if state not in CASE_TABLE[CaseState(row.state)]:
        raise Refuse(NOT_THAT_WAY, "state")
    _counted(item, row.state, -1)
    _counted(item, state, 1)
    row.state, row.judged_at = state, batch.received_at
    row.result = item.payload.result or row.result
    row.save()
    if state == CaseState.RULED_OUT:
        left = Contact.objects.filter(
            district=batch.district, case_id=row.id, state__in=sorted(ON_DESK)
        )
        count = left.update(state=ContactState.STRUCK, why="case.ruled_out")
        item.count("contacts_open", "now", -count)
        for kind in (kinds.INTERVIEW, kinds.DESK):
            item.settle(kind, row.id, None, DutyAction.CANCEL, "case.ruled_out")
    item.result = {"state": str(state)}


@command(
    "case.interview",
    payloads.Interview,
    verb=Verb.TRACE,
    locate=by_case,
    title=_("Write an interview down"),
)
def interview(batch: Batch[payloads.Interview], item: Item[payloads.Interview]) -> None:
    """Keep what the case said; a later interview replaces it, the first stays in the journal."""
    row, payload = the_case(batch, item), item.payload
    said = {n: getattr(payload, n) for n in payload.sealed_fields if getattr(payload, n)}
    row.interview = json.dumps(said, ensure_ascii=False, sort_keys=True) if said else ""
    row.save(update_fields=["interview"])
    item.settle(kinds.INTERVIEW, row.id)


@command(
    "case.look",
    payloads.LookAtCase,
    verb=Verb.READ,
    locate=by_case,
    title=_("Open who a case is"),
)
def look(batch: Batch[payloads.LookAtCase], item: Item[payloads.LookAtCase]) -> None:
    """Keep who opened who a case is, and why."""
    if batch.replaying:
        return
    path = item.path or ""
    if not batch.actor.may(Verb.TRACE, path) and not (
        batch.actor.may(Verb.OPEN_PERSON, path) or batch.actor.sees(Sight.HEALTH, path)
    ):
        raise Refuse(problems.FORBIDDEN)
    if len(item.payload.reason) < 4:
        raise Refuse(NOT_LOOKED, "reason")
