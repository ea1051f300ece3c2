"""Rounds: open, join by districts, close with every door accounted for."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from lianfang.areas.models import Area, Grant
from lianfang.areas.rules import Role
from lianfang.areas.tree import places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import LIVE, DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household
from lianfang.screening.ledger import Deltas, open_rounds, owed
from lianfang.screening.models import Coverage, Round, RoundArea, RoundDistrict
from lianfang.screening.payloads import OfRound, OpenRound
from lianfang.screening.rules import Outcome, RoundState, tenths
from lianfang.screening.visit_commands import REVISIT

ROUND_EXISTS = problem(
    "round.exists",
    _("A round with this id exists already."),
    _("Make a new id for a new round."),
    status=409,
)
NOT_JOINED = problem(
    "round.not_joined",
    _("This district takes no part in the round, or has closed it."),
    _("Look at the round's page."),
    status=409,
)
SILENT = problem(
    "round.silent",
    _("{count} doors are open and nobody is named for them: {grids}."),
    _("Name a grid worker for these grids, then close the round."),
    status=409,
)


def _by_areas(batch: Batch[Any]) -> None:
    """Locate a new round: its verb is asked for at each of its areas."""
    for item in batch:
        found = places(item.payload.area_ids)
        if len(found) < len(set(item.payload.area_ids)):
            continue
        paths = [p.path for p in found.values()]
        refused = [p for p in paths if not batch.actor.may(Verb.PLAN_ROUND, p)]
        item.path = refused[0] if refused else paths[0]
        item.subject_id = item.payload.round_id


@command(
    "round.open",
    OpenRound,
    verb=Verb.PLAN_ROUND,
    locate=_by_areas,
    title=_("Open a round"),
    reference=True,
)
def open_round(batch: Batch[OpenRound], item: Item[OpenRound]) -> None:
    """Define a round; each district in which it runs joins with a record of its own."""
    payload = item.payload
    if Round.objects.filter(id=payload.round_id).exists():
        raise Refuse(ROUND_EXISTS, "round_id")
    if payload.continues_id and not Round.objects.filter(id=payload.continues_id).exists():
        raise Refuse(problems.NOT_FOUND, "continues_id")
    bulk.insert(
        [
            Round(
                id=payload.round_id,
                name=payload.name,
                purpose=payload.purpose,
                first_day=payload.first_day,
                last_day=payload.first_day if payload.daily else payload.last_day,
                series_id=payload.round_id if payload.daily else None,
                until=payload.last_day if payload.daily else None,
                questions=[q.model_dump(mode="json") for q in payload.questions],
                fever_tenths=tenths(payload.fever) or 373,
                self_report=payload.self_report,
                watched_origins=list(payload.watched_origins),
                revisit_hours=payload.revisit_hours,
                referral_hours=payload.referral_hours,
                continues_id=payload.continues_id,
                opened_at=batch.received_at,
                opened_by=batch.actor.ref,
            )
        ]
    )
    bulk.insert(
        [
            RoundArea(id=item.derive(area_id), round_id=payload.round_id, area_id=area_id)
            for area_id in sorted(set(payload.area_ids))
        ]
    )
    item.result = {"round_id": str(payload.round_id)}


def _by_round(batch: Batch[Any]) -> None:
    """Locate entries by their round: the first of its areas for which the verb is missing."""
    ids = {item.payload.round_id for item in batch}
    paths: dict[UUID, list[str]] = {}
    rows = RoundArea.objects.filter(round_id__in=ids).order_by("area__path")
    for round_id, path in rows.values_list("round_id", "area__path"):
        paths.setdefault(round_id, []).append(path)
    for item in batch:
        item.subject_id = item.payload.round_id
        mine = paths.get(item.payload.round_id, [])
        if mine:
            verb = batch.command.verb
            item.path = next((p for p in mine if not batch.actor.may(verb, p)), mine[0])


@command(
    "round.join",
    OfRound,
    verb=Verb.PLAN_ROUND,
    locate=_by_round,
    title=_("Take part in a round"),
    hidden=True,
)
def join(batch: Batch[OfRound], item: Item[OfRound]) -> None:
    """Count the doors that the round owes in this district. Again changes nothing."""
    item.result = {"households": take_part(batch, item.payload.round_id)}


def take_part(batch: Batch[Any], round_id: UUID) -> int:
    """Let the district join a round; returns how many doors it owes here."""
    round_ = Round.objects.get(id=round_id)
    if RoundDistrict.objects.filter(district=batch.district, id=round_.id).exists():
        return 0
    bulk.insert([RoundDistrict(district=batch.district, id=round_.id, joined_at=batch.received_at)])
    paths = list(RoundArea.objects.filter(round=round_).values_list("area__path", flat=True))
    doors = Household.objects.filter(owed(batch.district, paths, round_.continues_id))
    by_area = Counter(dict(doors.order_by().values_list("area_id").annotate(Count("id"))))
    deltas = Deltas(batch.district)
    for area_id, place in places(by_area).items():
        deltas.add(round_.id, place, "households", by_area[area_id])
    deltas.write()
    return by_area.total()


@command(
    "round.close_district",
    OfRound,
    verb=Verb.PLAN_ROUND,
    locate=_by_round,
    title=_("Close a round in a district"),
    hidden=True,
)
def close_district(batch: Batch[OfRound], item: Item[OfRound]) -> None:
    """Close the district's part: every door gets its line, every open one its owner.

    Refused while a door is silent: open, and in a grid for which nobody is named.
    """
    part = RoundDistrict.objects.filter(
        district=batch.district, id=item.payload.round_id, state=RoundState.OPEN
    ).first()
    if part is None:
        raise Refuse(NOT_JOINED, "round_id")
    item.result = {"open": account_for_all(batch, item, part, silent=False)}


def account_for_all(
    batch: Batch[Any], item: Item[Any], part: RoundDistrict, *, silent: bool
) -> int:
    """Close a district's part: each door gets its line, each open one its owner.

    Refused while doors are silent, unless `silent` lets them stand without an owner (at midnight
    nobody can be asked; they are shown as silent in the closed day). Returns the open doors.
    """
    paths, continues = open_rounds(batch.district)[part.id]
    missing = _unvisited(batch, part.id, paths, continues)
    tried = _tried_in_vain(batch, part.id)
    open_areas = Counter([line.area_id for line in missing] + tried)
    owners = _owners(set(open_areas))
    nobody = Counter({a: n for a, n in open_areas.items() if a not in owners})
    if nobody and not silent and not batch.replaying:
        codes = Area.objects.filter(id__in=nobody).order_by("code").values_list("name", flat=True)
        raise Refuse(SILENT, None, count=nobody.total(), grids=", ".join(codes[:10]))
    for line in missing:
        line.owner = owners.get(line.area_id, "")
    bulk.insert(missing)
    for area_id, owner in owners.items():
        Coverage.objects.filter(
            district=batch.district,
            round_id=part.id,
            area_id=area_id,
            outcome__in=[Outcome.NOBODY_HOME, Outcome.REFUSED],
        ).update(owner=owner)
    part.state, part.closed_at, part.closed_by = (
        RoundState.CLOSED,
        batch.received_at,
        batch.actor.ref,
    )
    part.save()
    revisits = Duty.objects.filter(
        district=batch.district, kind=REVISIT, context_id=part.id, state__in=LIVE
    )
    for household_id in revisits.order_by("id").values_list("subject_id", flat=True):
        item.settle(REVISIT, household_id, part.id, DutyAction.EXPIRE, "round.closed")  # type: ignore[arg-type]
    return open_areas.total()


def _unvisited(
    batch: Batch[Any], round_id: UUID, paths: tuple[str, ...], continues: UUID | None
) -> list[Coverage]:
    seen = Coverage.objects.filter(district=batch.district, round_id=round_id)
    doors = (
        Household.objects.filter(owed(batch.district, paths, continues))
        .exclude(id__in=seen.values("household_id"))
        .order_by("id")
        .values_list("id", "area_id")
    )
    return [
        Coverage(
            district=batch.district,
            round_id=round_id,
            household_id=id_,
            area_id=area_id,
            outcome=Outcome.UNVISITED,
        )
        for id_, area_id in doors
    ]


def _tried_in_vain(batch: Batch[Any], round_id: UUID) -> list[UUID]:
    """Return the area of each door where somebody was, and which is still open."""
    lines = Coverage.objects.filter(
        district=batch.district,
        round_id=round_id,
        outcome__in=[Outcome.NOBODY_HOME, Outcome.REFUSED],
    )
    return list(lines.values_list("area_id", flat=True))


def _owners(area_ids: set[UUID]) -> dict[UUID, str]:
    """Return who is named for each area: its grid worker, or the lead of its community."""
    found: dict[UUID, str] = {}
    grants = Grant.objects.filter(area_id__in=area_ids, ended_at=None).order_by("given_at", "id")
    roles = [Role.GRID_WORKER, Role.COMMUNITY_LEAD]
    for role in roles:
        for area_id, account_id in grants.filter(role=role).values_list("area_id", "account_id"):
            found.setdefault(area_id, f"account:{account_id}")
    return found


@command(
    "round.close",
    OfRound,
    verb=Verb.PLAN_ROUND,
    locate=_by_round,
    title=_("Close a round"),
    reference=True,
)
def close(batch: Batch[OfRound], item: Item[OfRound]) -> None:
    """Mark a round closed; its districts have closed their parts before."""
    changed = Round.objects.filter(id=item.payload.round_id, state=RoundState.OPEN).update(
        state=RoundState.CLOSED, closed_at=batch.received_at
    )
    if not changed:
        raise Refuse(NOT_JOINED, "round_id")
