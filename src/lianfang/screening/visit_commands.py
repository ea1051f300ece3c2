"""Visits: the command that a whole city sends at once, so its handler works on lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import problem
from lianfang.kernel.registry import list_command
from lianfang.kernel.rules import LIVE, DutyAction
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import Door, by_household, read_doors
from lianfang.people.models import Person
from lianfang.people.rules import HouseholdState
from lianfang.screening import days, payloads, series
from lianfang.screening.ledger import Deltas, covers, open_rounds, settled
from lianfang.screening.models import Coverage, Reading, Round, RoundDistrict, Visit
from lianfang.screening.rules import (
    LOWEST_FEVER_C,
    OPEN,
    Outcome,
    RoundState,
    Standing,
    answer_fault,
    takes_over,
    tenths,
)
from lianfang.screening.series import Series

REVISIT, REFERRAL, ARRIVAL = "revisit", "referral", "arrival"

ROUND_CLOSED = problem(
    "round.closed",
    _("The round “{name}” is closed and takes no more visits."),
    _("Record it in the round that runs now; this entry is kept."),
    status=409,
)
NOT_IN_ROUND = problem(
    "round.not_covered",
    _("The round “{name}” does not cover this door."),
    _("Choose the round of your community."),
)
NO_SELF_REPORT = problem(
    "round.no_self_report",
    _("This round does not count what households report themselves."),
    _("Visit or telephone the household."),
)
NOT_A_MEMBER = problem(
    "visit.not_a_member",
    _("A temperature was given for somebody who does not live here."),
    _("Register or move the person first."),
)
BAD_ANSWER = problem(
    "visit.bad_answer",
    _("The answer to “{question}” does not fit ({fault})."),
    _("Answer the question as the form asks."),
)
NOTHING_TO_CORRECT = problem(
    "visit.nothing_to_correct",
    _("The visit to be corrected is not one of this door in this round."),
    _("Open the household and correct the visit from its history."),
    status=409,
)
DOOR_ENDED = problem(
    "visit.door_ended",
    _("This door was taken off the list."),
    _("Look at the household's history; the entry is kept."),
    status=409,
)


@dataclass(slots=True)
class _Known:
    """What the handler read for a whole list before it writes."""

    rounds: dict[UUID, Round]
    open: dict[UUID, tuple[tuple[str, ...], UUID | None]]
    households: dict[UUID, Door]
    members: dict[UUID, set[UUID]]
    lines: dict[tuple[UUID, UUID], Coverage]
    revisits: set[tuple[UUID | None, UUID | None]]
    corrected: dict[UUID, Visit]
    # Doors that the round before has settled: a visit there is kept, but not owed.
    settled: set[tuple[UUID, UUID]]
    series: Series
    # The round in which each entry counts: of a daily round that of the day of the visit.
    round_of: dict[UUID, Round]
    # What each accepted entry of the list visits, for corrections further on in the list.
    sent: dict[UUID, tuple[UUID, UUID | None]]
    # The visit for which each person has a live referral.
    referrals: dict[UUID, str]


@list_command(
    "household.visit",
    payloads.Visit,
    verb=Verb.VISIT,
    locate=by_household(),
    title=_("Visit a household"),
)
def visit(batch: Batch[payloads.Visit]) -> None:
    """Record visits: readings, coverage, tallies, and the duties that follow."""
    known = _read(batch)
    for item in batch:
        _check(batch, item, known)
    deltas = Deltas(batch.district)
    rows: list[Visit] = []
    readings: list[Reading] = []
    touched: dict[tuple[UUID, UUID], Coverage] = {}
    fresh: set[tuple[UUID, UUID]] = set()
    for item in batch:
        assert item.place
        made = _rows(batch, item, known.round_of[item.id])
        rows.append(made[0])
        readings += made[1]
        _stand(batch, item, made[0], known, deltas, touched, fresh)
        _count(item, made[0])
        _follow_up(batch, item, made[0], made[1], known)
    bulk.insert(rows)
    bulk.insert(readings)
    bulk.insert([line for key, line in touched.items() if key in fresh])
    bulk.upsert(
        [line for key, line in touched.items() if key not in fresh],
        ("district", "round_id", "household_id"),
        ("area_id", "outcome", "fever", "outsiders", "visit_id", "occurred_at", "owner"),
    )
    for item in batch:
        if item.payload.corrects_id:
            Visit.objects.filter(district=batch.district, id=item.payload.corrects_id).update(
                superseded_by_id=item.id
            )
    deltas.write()


def _read(batch: Batch[payloads.Visit]) -> _Known:
    """Read everything that the list needs, in a fixed number of queries."""
    items = list(batch)
    district = batch.district
    doors = {i.payload.household_id for i in items}
    households: dict[UUID, Door] = batch.memo["doors"]
    targets = {into for _, _, into in households.values() if into} - doors
    if targets:
        households = households | read_doors(district, targets)
        doors |= targets
    members: dict[UUID, set[UUID]] = defaultdict(set)
    if any(i.payload.readings or i.payload.stays or i.payload.corrects_id for i in items):
        people = Person.objects.filter(district=district, household_id__in=doors)
        for id_, home in people.values_list("id", "household_id"):
            members[home].add(id_)  # type: ignore[index]
    rounds = Round.objects.in_bulk({i.payload.round_id for i in items})
    calendar = series.read(district, rounds.values())
    round_of = {
        i.id: round_ if i.payload.corrects_id else calendar.day(round_, i.at)
        for i in items
        if (round_ := rounds.get(i.payload.round_id))
    }
    rounds |= {round_.id: round_ for round_ in round_of.values()}
    lines = {
        (line.round_id, line.household_id): line
        for line in Coverage.objects.filter(
            district=district, round_id__in=list(rounds), household_id__in=doors
        )
    }
    revisits = set(
        Duty.objects.filter(
            district=district, kind=REVISIT, subject_id__in=doors, state__in=LIVE
        ).values_list("context_id", "subject_id")
    )
    wanted = [i.payload.corrects_id for i in items if i.payload.corrects_id]
    corrected = (
        {v.id: v for v in Visit.objects.filter(district=district, id__in=wanted)} if wanted else {}
    )
    before = {
        (id_, door)
        for id_, round_ in rounds.items()
        if round_.continues_id
        for door in settled(district, round_.continues_id, doors)
    }
    open_now = open_rounds(district)
    for round_ in rounds.values():
        if paths := calendar.late.get(round_.id):
            open_now[round_.id] = (paths, None)
    return _Known(
        rounds,
        open_now,
        households,
        members,
        lines,
        revisits,
        corrected,
        before,
        calendar,
        round_of,
        {},
        _referrals(district, items, members),
    )


def _referrals(
    district: str, items: Iterable[Item[payloads.Visit]], members: dict[UUID, set[UUID]]
) -> dict[UUID, str]:
    """Return the live referrals that this list may end or need not open twice."""
    wanted: set[UUID] = set()
    for item in items:
        if item.payload.corrects_id:
            wanted |= members.get(item.payload.household_id, set())
        wanted |= {
            r.person_id
            for r in item.payload.readings
            if r.temperature and r.temperature >= LOWEST_FEVER_C
        }
    if not wanted:
        return {}
    live = Duty.objects.filter(
        district=district, kind=REFERRAL, subject_id__in=wanted, state__in=LIVE
    )
    return {
        person: str(details.get("visit_id", ""))
        for person, details in live.values_list("subject_id", "details")
        if person
    }


def _check(batch: Batch[payloads.Visit], item: Item[payloads.Visit], known: _Known) -> None:
    """Refuse what cannot count; send a visit to a merged door on to the one that stayed."""
    payload = item.payload
    round_ = known.round_of.get(item.id)
    if round_ is None:
        return item.refuse(problems.NOT_FOUND, "round_id")
    if round_.id != payload.round_id:
        item.result["round_id"] = str(round_.id)
    if round_.id not in known.open:
        ended = RoundDistrict.objects.filter(
            district=batch.district, id=round_.id, state=RoundState.CLOSED
        )
        code = ROUND_CLOSED if ended.exists() or round_.closed_at else NOT_IN_ROUND
        return item.refuse(code, "round_id", name=round_.name)
    _, state, into = known.households[payload.household_id]
    if into is not None:
        target = known.households[into]
        item.subject_id, item.place = into, places({target[0]}, batch)[target[0]]
        item.result["household_id"] = str(into)
        state = target[1]
    if state != HouseholdState.LIVE:
        return item.refuse(DOOR_ENDED, "household_id")
    assert item.place
    if not covers(known.open[round_.id][0], item.place):
        return item.refuse(NOT_IN_ROUND, "round_id", name=round_.name)
    if payload.outcome is Outcome.SELF_REPORTED and not round_.self_report:
        return item.refuse(NO_SELF_REPORT, "outcome")
    living = known.members.get(item.subject_id or payload.household_id, set())
    for number, reading in enumerate(payload.readings):
        if reading.person_id not in living:
            return item.refuse(NOT_A_MEMBER, f"readings.{number}.person_id")
    if payload.corrects_id:
        first = known.corrected.get(payload.corrects_id)
        what = (first.round_id, first.household_id) if first else None
        if (what or known.sent.get(payload.corrects_id)) != (round_.id, item.subject_id):
            return item.refuse(NOTHING_TO_CORRECT, "corrects_id")
    if not batch.replaying:
        _answers(item, round_)
    if item.refusal is None:
        known.sent[item.id] = (round_.id, item.subject_id)
    return None


def _answers(item: Item[payloads.Visit], round_: Round) -> None:
    if item.payload.outcome in OPEN or item.payload.all_normal:
        return
    for question in round_.questions:
        value = item.payload.answers.get(question["key"])
        if fault := answer_fault(question, value):
            item.refuse(
                BAD_ANSWER, f"answers.{question['key']}", question=question["words"], fault=fault
            )
            return


def _rows(
    batch: Batch[Any], item: Item[payloads.Visit], round_: Round
) -> tuple[Visit, list[Reading]]:
    payload = item.payload
    assert item.place
    assert item.subject_id
    readings = []
    for reading in payload.readings:
        value = tenths(reading.temperature)
        readings.append(
            Reading(
                district=batch.district,
                id=item.derive("reading", reading.person_id),
                visit_id=item.id,
                person_id=reading.person_id,
                tenths=value,
                symptoms=[str(s) for s in reading.symptoms],
                fever=value is not None and value >= round_.fever_tenths,
                absent=reading.absent,
            )
        )
    row = Visit(
        district=batch.district,
        id=item.id,
        round_id=round_.id,
        household_id=item.subject_id,
        area_id=item.place.id,
        outcome=payload.outcome,
        all_normal=payload.all_normal,
        fever=any(r.fever for r in readings),
        outsiders=[o.model_dump(mode="json", exclude_defaults=True) for o in payload.outsiders],
        stays=[s.model_dump(mode="json", exclude_defaults=True) for s in payload.stays],
        actor=batch.actor.ref,
        occurred_at=item.at,
        corrects_id=payload.corrects_id,
    )
    return row, readings


def _stand(
    batch: Batch[Any],
    item: Item[payloads.Visit],
    row: Visit,
    known: _Known,
    deltas: Deltas,
    touched: dict[tuple[UUID, UUID], Coverage],
    fresh: set[tuple[UUID, UUID]],
) -> None:
    """Put the visit into the ledger if it counts; a later or more telling one stays."""
    assert item.place
    payload = item.payload
    key = (row.round_id, row.household_id)
    if key in known.settled:
        item.result["counts"] = False
        return
    line = known.lines.get(key)
    if line is None and row.round_id in known.series.late:
        # The door came on the list after that day was closed: the day does not owe it.
        item.result["counts"] = False
        return
    new = Standing(payload.outcome, item.at, item.id, row.fever)
    standing = (
        Standing(Outcome(line.outcome), line.occurred_at, line.visit_id, line.fever)
        if line and line.occurred_at
        else None
    )
    corrects = line is not None and payload.corrects_id == line.visit_id
    if not payload.corrects_id:
        deltas.add(row.round_id, item.place, "visits")
    if standing and standing.visit_id != item.id and standing.outcome != new.outcome:
        item.result["earlier"] = {"outcome": standing.outcome, "visit_id": str(line.visit_id)}  # type: ignore[union-attr]
    if not corrects and not takes_over(standing, new):
        item.result["counts"] = False
        return
    outsiders = sum(o.persons for o in payload.outsiders)
    if line is None:
        line = Coverage(
            district=batch.district, round_id=key[0], household_id=key[1], area_id=item.place.id
        )
        known.lines[key] = line
        fresh.add(key)
    else:
        old_place = places({line.area_id}, batch).get(line.area_id, item.place)
        deltas.standing(key[0], old_place, Outcome(line.outcome), line.fever, line.outsiders, -1)
    line.area_id, line.outcome, line.fever = item.place.id, payload.outcome, row.fever
    line.outsiders, line.visit_id, line.occurred_at = outsiders, item.id, item.at
    if payload.outcome not in OPEN:
        line.owner = ""
    deltas.standing(key[0], item.place, payload.outcome, row.fever, outsiders, 1)
    touched[key] = line


def _count(item: Item[payloads.Visit], row: Visit) -> None:
    """Count the day's visits and fevers (the day of the visit, in the deployment's zone)."""
    if item.payload.corrects_id:
        return
    day = days.day_of(item.at)
    item.count("visits", day)
    if row.fever:
        item.count("fever", day)


def _follow_up(
    batch: Batch[Any],
    item: Item[payloads.Visit],
    row: Visit,
    readings: Iterable[Reading],
    known: _Known,
) -> None:
    """Open the duties that a visit calls for, and end those that it answers."""
    assert item.place
    round_ = known.rounds[row.round_id]
    key = (row.round_id, row.household_id)
    line = known.lines.get(key)
    if line and Outcome(line.outcome) in OPEN:
        if key not in known.revisits and row.round_id not in known.series.late:
            known.revisits.add(key)
            item.open_duty(_revisit(batch, item, row, item.place, round_))
    elif key in known.revisits:
        known.revisits.discard(key)
        item.settle(REVISIT, row.household_id, row.round_id)
    feverish = {reading.person_id for reading in readings if reading.fever}
    if item.payload.corrects_id:
        # What the corrected visit asked for by mistake is called off.
        for person_id in sorted(known.members.get(row.household_id, set()) - feverish):
            if known.referrals.get(person_id) == str(item.payload.corrects_id):
                del known.referrals[person_id]
                item.settle(REFERRAL, person_id, None, DutyAction.CANCEL, "visit.corrected")
    for reading in readings:
        if reading.fever and reading.person_id not in known.referrals:
            known.referrals[reading.person_id] = str(row.id)
            item.open_duty(
                NewDuty(
                    REFERRAL,
                    f"referral-{reading.person_id}",
                    item.place,
                    due_at=batch.after(hours=round_.referral_hours),
                    path=f"{item.place.path}{row.household_id.hex}/",
                    subject_kind="person",
                    subject_id=reading.person_id,
                    context_id=row.household_id,
                    priority=9,
                    claim_minutes=30,
                    details={"tenths": reading.tenths, "visit_id": str(row.id)},
                )
            )
    watched = tuple(round_.watched_origins)
    origins = [o.from_area for o in item.payload.outsiders] + [s.area for s in item.payload.stays]
    if watched and any(o.startswith(watched) for o in origins):
        item.open_duty(
            NewDuty(
                ARRIVAL,
                "arrival",
                item.place,
                due_at=batch.after(hours=24),
                path=f"{item.place.path}{row.household_id.hex}/",
                subject_kind="household",
                subject_id=row.household_id,
                context_id=row.round_id,
                priority=7,
                details={"from": sorted({o for o in origins if o.startswith(watched)})},
            )
        )


def _revisit(
    batch: Batch[Any], item: Item[Any], row: Visit, place: Place, round_: Round
) -> NewDuty:
    return NewDuty(
        REVISIT,
        "revisit",
        place,
        due_at=batch.after(hours=round_.revisit_hours),
        path=f"{place.path}{row.household_id.hex}/",
        subject_kind="household",
        subject_id=row.household_id,
        context_id=row.round_id,
        priority=3 if row.outcome == Outcome.REFUSED else 1,
        details={"outcome": str(row.outcome)},
    )
