"""Passages: what checkpoints send in lists, so the handler works on lists; and counts of heads."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import bulk, times
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.verbs import Verb
from lianfang.screening.rules import tenths
from lianfang.stations import isolation, payloads
from lianfang.stations.locate import by_post
from lianfang.stations.models import (
    CrowdCount,
    Passage,
    PassageLine,
    Post,
    PostHour,
)
from lianfang.stations.post_commands import CLOSED
from lianfang.stations.recognise import Known
from lianfang.stations.rules import Direction, PostState, hour_of

AT_ODD = problem(
    "passage.time_odd",
    _("The time of the passage, {when}, cannot be."),
    _("It lies before the entry's own time, by at most 14 days."),
)
NOTHING_COUNTED = problem(
    "post.nothing_counted",
    _("Nothing was counted."),
    _("Type how many came in, went out, or wait."),
)
_EARLIER, _LATER = timedelta(days=14), timedelta(minutes=5)
_Hours = dict[tuple[Any, ...], list[int]]


@list_command(
    "passage.record",
    payloads.RecordPassage,
    verb=Verb.PASSAGE,
    locate=by_post,
    title=_("Record a passage"),
)
def record(batch: Batch[payloads.RecordPassage]) -> None:
    """Record passages: who passed, each temperature, what the post remembers, what it counts."""
    posts: dict[UUID, Post] = batch.memo["posts"]
    for item in batch:
        _check(item, posts[item.payload.post_id], _moment(item))
    items = list(batch)
    known = Known(batch, items)
    passages: list[Passage] = []
    lines: list[PassageLine] = []
    hours: _Hours = defaultdict(lambda: [0] * len(PostHour.counters))
    for item in items:
        if not batch.replaying:
            _identify(item, known)
        at = _moment(item)
        known.pass_by(item, at)
        made = _lines(batch, item, posts[item.payload.post_id], at)
        lines += made
        passage = _passage(batch, item, at, sum(line.fever for line in made))
        passages.append(passage)
        _count(item, passage, hours)
        item.result = _result(item, made)
    bulk.insert(passages)
    bulk.insert(lines)
    _remember(known)
    _write(batch.district, hours)
    if not batch.replaying:
        for post_id, part in groupby(items, key=lambda i: i.payload.post_id):
            isolation.answer(batch.district, posts[post_id].path, part)


def _moment(item: Item[payloads.RecordPassage]) -> datetime:
    return item.payload.at or item.at


def _check(item: Item[Any], post: Post, at: datetime) -> None:
    """Refuse a time that cannot be, and a post that was closed by then."""
    if not item.at - _EARLIER <= at <= item.at + _LATER:
        item.refuse(AT_ODD, "at", when=f"{times.local(at):%Y-%m-%d %H:%M}")
    elif post.state != PostState.OPEN and (post.closed_at is None or at > post.closed_at):
        item.refuse(CLOSED, "post_id", name=post.name)


def _identify(item: Item[payloads.RecordPassage], known: Known) -> None:
    """Put the ids of vehicle, travellers and persons into the payload that the journal keeps."""
    payload = item.payload
    lines: list[payloads.TravellerLine] = []
    taken: set[UUID | None] = set()
    for number, line in enumerate(payload.travellers):
        found = known.line(item, number)
        if found.traveller_id in taken:
            # Two of one vehicle who gave one number: the second is somebody else.
            found = line.model_copy(
                update={
                    "traveller_id": item.derive("traveller", number),
                    "person_id": None,
                    "household_id": None,
                }
            )
        taken.add(found.traveller_id)
        lines.append(found)
    item.payload = payload.model_copy(
        update={"vehicle_id": known.vehicle(item), "travellers": tuple(lines)}
    )


def _lines(
    batch: Batch[Any], item: Item[payloads.RecordPassage], post: Post, at: datetime
) -> list[PassageLine]:
    result = []
    for number, line in enumerate(item.payload.travellers):
        value = tenths(line.temperature)
        result.append(
            PassageLine(
                district=batch.district,
                id=item.derive("line", number),
                passage_id=item.id,
                number=number,
                at=at,
                traveller_id=line.traveller_id,
                person_id=line.person_id,
                tenths=value,
                fever=value is not None and value >= post.fever,
            )
        )
    return result


def _passage(
    batch: Batch[Any], item: Item[payloads.RecordPassage], at: datetime, fevers: int
) -> Passage:
    assert item.place
    payload = item.payload
    return Passage(
        district=batch.district,
        id=item.id,
        post_id=payload.post_id,
        area_id=item.place.id,
        at=at,
        actor=batch.actor.ref,
        direction=payload.direction,
        vehicle_id=payload.vehicle_id,
        from_place=payload.from_place,
        to_place=payload.to_place,
        people=payload.heads,
        fevers=fevers,
    )


def _count(item: Item[payloads.RecordPassage], passage: Passage, hours: _Hours) -> None:
    """Count the hour at the post, and the day on the ladder of its area."""
    into = passage.people if passage.direction == Direction.IN else 0
    row = (1, passage.people, passage.fevers, into, passage.people - into, 0, 0)
    sums = hours[passage.district, passage.post_id, hour_of(passage.at)]
    for place, number in enumerate(row):
        sums[place] += number
    day = timezone.localdate(passage.at).isoformat()
    item.count("passages", day)
    item.count("passage_people", day, passage.people)
    item.count("passage_fevers", day, passage.fevers)


def _result(item: Item[payloads.RecordPassage], lines: list[PassageLine]) -> dict[str, Any]:
    return {
        "passage_id": str(item.id),
        "people": item.payload.heads,
        "fevers": sum(line.fever for line in lines),
        "travellers": [
            {
                "traveller_id": str(line.traveller_id),
                "person_id": str(line.person_id) if line.person_id else None,
                "fever": line.fever,
            }
            for line in lines
        ],
    }


def _remember(known: Known) -> None:
    """Write what the posts remember of vehicles and travellers."""
    for rows, changing in (
        (
            list(known.vehicles.values()),
            ("plate", "plate_index", "passages", "last_at", "last_passage_id"),
        ),
        (
            list(known.travellers.values()),
            (
                "person_id",
                "household_id",
                "name",
                "phone",
                "phone_index",
                "id_kind",
                "id_number",
                "id_index",
                "passages",
                "last_at",
            ),
        ),
    ):
        touched = [row for row in rows if row.id in known.touched]
        bulk.insert([row for row in touched if row.id in known.fresh])
        bulk.upsert(
            [row for row in touched if row.id not in known.fresh], ("district", "id"), changing
        )


def _write(district: str, hours: _Hours) -> None:
    bulk.add_counters(
        PostHour,
        PostHour.key_fields,
        (),
        PostHour.counters,
        {key: ((), sums) for key, sums in hours.items()},
    )


@list_command(
    "post.count",
    payloads.CountCrowd,
    verb=Verb.WORK,
    locate=by_post,
    title=_("Count heads"),
)
def count(batch: Batch[payloads.CountCrowd]) -> None:
    """Record heads counted at posts."""
    posts: dict[UUID, Post] = batch.memo["posts"]
    rows: list[CrowdCount] = []
    hours: _Hours = defaultdict(lambda: [0] * len(PostHour.counters))
    for item in batch:
        payload = item.payload
        _check(item, posts[payload.post_id], item.at)
        if not (payload.entered or payload.left or payload.waiting is not None):
            item.refuse(NOTHING_COUNTED, "entered")
        if item.refusal:
            continue
        rows.append(
            CrowdCount(
                district=batch.district,
                id=item.id,
                post_id=payload.post_id,
                at=item.at,
                entered=payload.entered,
                left=payload.left,
                waiting=payload.waiting,
                actor=batch.actor.ref,
            )
        )
        sums = hours[batch.district, payload.post_id, hour_of(item.at)]
        sums[5] += payload.entered
        sums[6] += payload.left
        day = timezone.localdate(item.at).isoformat()
        item.count("crowd_in", day, payload.entered)
        item.count("crowd_out", day, payload.left)
    bulk.insert(rows)
    _write(batch.district, hours)


FILTER_HOURS = 12
FILTER_LONG = problem(
    "passage.filter_long",
    _("A filter for the phone lasts {hours} hours at most, until the end of the shift."),
    _("Ask for a new one when the next shift begins."),
)


@command(
    "passage.filter",
    payloads.TakeFilter,
    verb=Verb.PASSAGE,
    locate=by_post,
    title=_("Take a filter for a shift"),
    hidden=True,
)
def take_filter(batch: Batch[payloads.TakeFilter], item: Item[payloads.TakeFilter]) -> None:
    """Write down who took a filter of people in isolation to which post, until when.

    The filter itself is made beside the journal (`isolation.filter_for`) and kept nowhere.
    """
    post = batch.memo["posts"][item.payload.post_id]
    if post.state != PostState.OPEN:
        raise Refuse(CLOSED, "post_id", name=post.name)
    if not item.at < item.payload.until <= item.at + timedelta(hours=FILTER_HOURS):
        raise Refuse(FILTER_LONG, "until", hours=FILTER_HOURS)
    item.result = {"filter_id": str(item.id)}
