"""Watches: begin, extend, move, leave, release."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level
from lianfang.areas.tree import by_area, places
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household, Person
from lianfang.people.rules import PersonState
from lianfang.watching import kinds, payloads, rows
from lianfang.watching.models import Referral, Watch, WatchChoice
from lianfang.watching.payloads import SHORTER
from lianfang.watching.rules import LIVE_WATCHES, WatchAction

NOT_OVER = problem(
    "watch.not_over",
    _("The watch goes on until {until}."),
    _("Who may decide can release the person earlier, with the reason."),
    status=409,
)
AT_CLINIC = problem(
    "watch.at_clinic",
    _("This person has been sent to a clinic, and the result is not in."),
    _("Enter the result of the referral first, or call it off."),
    status=409,
)
NO_REASON = problem(
    "watch.no_reason",
    _("This needs a reason."),
    _("Say in a few words why."),
)


def of_person(district: str, person_id: UUID) -> Watch | None:
    """Return the live watch of a person."""
    rows_ = Watch.objects.filter(
        district=district, person_id=person_id, state__in=sorted(LIVE_WATCHES)
    )
    return rows_.first()


def who_and_where(batch: Batch[Any], item: Item[Any]) -> tuple[Person, Place]:
    """Return the person and the place of a watch that begins here. Raises Refuse."""
    place = item.place
    if place is None or place.district != batch.district or place.level < Level.COMMUNITY:
        raise Refuse(problems.NOT_FOUND, "area_id")
    person = Person.objects.filter(district=batch.district, id=item.payload.person_id).first()
    if person is None or person.state != PersonState.LIVE:
        raise Refuse(problems.NOT_FOUND, "person_id")
    return person, place


@command(
    "watch.start",
    payloads.StartWatch,
    verb=Verb.WATCH,
    locate=by_area(),
    title=_("Put a person under watch"),
)
def start(batch: Batch[payloads.StartWatch], item: Item[payloads.StartWatch]) -> None:
    """Begin a watch, or join it with the person's live one; the result has the watch's id."""
    wanted = item.payload
    person, place = who_and_where(batch, item)
    household_id = home_of(batch, item, wanted.household_id)
    row, merged = rows.begin(
        batch,
        item,
        wanted,
        person.id,
        place,
        household_id=household_id,
        existing=of_person(batch.district, person.id),
    )
    item.subject_id = person.id
    item.result = {"watch_id": str(row.id), "merged": merged}


def home_of(batch: Batch[Any], item: Item[Any], household_id: UUID | None) -> UUID | None:
    """Return the door of a watch after checking that it is a door of the place."""
    if household_id is None:
        return None
    home = Household.objects.filter(district=batch.district, id=household_id).first()
    if home is None:
        raise Refuse(problems.NOT_FOUND, "household_id")
    where = places({home.area_id}, batch).get(home.area_id)
    if where is None or item.place is None or not where.path.startswith(item.place.path):
        raise Refuse(problems.NOT_FOUND, "household_id")
    item.place = where
    return household_id


@command(
    "watch.extend",
    payloads.ExtendWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Extend a watch"),
)
def extend(batch: Batch[payloads.ExtendWatch], item: Item[payloads.ExtendWatch]) -> None:
    """Put the day of release off, with the reason."""
    row = rows.live(batch, item)
    _reason(batch, item.payload.why)
    if item.payload.until_day <= row.until_day:
        raise Refuse(SHORTER, "until_day", until=f"{row.until_day:%Y-%m-%d}")
    row.until_day = item.payload.until_day
    row.extended += 1
    if row.opens_at is None:
        rows.resume(row, item.at)
    rows.drop_release(item, row)
    row.save()


@command(
    "watch.move",
    payloads.MoveWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Continue a watch elsewhere"),
)
def move(batch: Batch[payloads.MoveWatch], item: Item[payloads.MoveWatch]) -> None:
    """Let a watch go on at another place of the same district."""
    row, wanted = rows.live(batch, item), item.payload
    to = places({wanted.area_id}, batch).get(wanted.area_id)
    if to is None or to.district != batch.district or to.level < Level.COMMUNITY:
        raise Refuse(problems.NOT_FOUND, "area_id")
    here = item.place
    item.place = to
    household_id = home_of(batch, item, wanted.household_id)
    to = item.place
    item.place = here
    rows.relocate(batch, item, row, to, str(wanted.place), wanted.post_id, household_id)
    row.save()


@command(
    "watch.left",
    payloads.LeftWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Somebody left the place of the watch"),
)
def left(batch: Batch[payloads.LeftWatch], item: Item[payloads.LeftWatch]) -> None:
    """Note that somebody was seen elsewhere or not found; a look is due within half an hour."""
    row = rows.live(batch, item)
    gone(batch, item, row, by="hand")
    row.save()


def gone(batch: Batch[Any], item: Item[Any], row: Watch, *, by: str) -> None:
    """Mark a watch as left and open the duty, in memory; twice makes one duty."""
    place = places({row.area_id}, batch).get(row.area_id)
    if row.left_at is None and place is not None:
        row.left_at = item.at
        rows.open_duty(batch, item, row, kinds.LEFT, kinds.LEFT_HOURS, place, priority=9, by=by)
        item.count("watch_left", rows.today(item.at).isoformat(), place=place)


@command(
    "watch.found",
    payloads.LeftWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Somebody is back at the place of the watch"),
)
def found(batch: Batch[payloads.LeftWatch], item: Item[payloads.LeftWatch]) -> None:
    """Note that somebody who had left is back."""
    row = rows.live(batch, item)
    back(item, row)
    row.save()


def back(item: Item[Any], row: Watch) -> None:
    """Take back that somebody has left, in memory."""
    if row.left_at is not None:
        row.left_at = None
        item.settle(kinds.LEFT, row.id, None, why="watch.found")


@command(
    "watch.release",
    payloads.WhyWatch,
    verb=Verb.WATCH,
    locate=rows.by_watch,
    title=_("Release a person from the watch"),
)
def release(batch: Batch[payloads.WhyWatch], item: Item[payloads.WhyWatch]) -> None:
    """End a watch on or after its day of release; earlier only who decides, with a reason."""
    row = rows.live(batch, item)
    early = rows.today(item.at) < row.until_day
    if early and not batch.replaying:
        if not batch.actor.may(Verb.DECIDE, item.path or ""):
            raise Refuse(NOT_OVER, "watch_id", until=f"{row.until_day:%Y-%m-%d}")
        _reason(batch, item.payload.why)
    if Referral.objects.filter(district=batch.district, watch_id=row.id, ended_at=None).exists():
        raise Refuse(AT_CLINIC, "watch_id")
    assert item.place
    rows.end(batch, item, row, WatchAction.RELEASE, item.place)
    row.save()
    item.result = {"early": early, "days": (rows.today(item.at) - row.from_day).days}


def _reason(batch: Batch[Any], why: str) -> None:
    if not why and not batch.replaying:
        raise Refuse(NO_REASON, "why")


@command(
    "watch.keep",
    payloads.KeepChoice,
    verb=Verb.DIRECT,
    locate=by_area(),
    title=_("Set clocks and keeping of watches"),
)
def keep(batch: Batch[payloads.KeepChoice], item: Item[payloads.KeepChoice]) -> None:
    """Set the district's step clocks, the days until the purge, and whether self-checks count."""
    place = item.place
    if place is None or place.district != batch.district or place.level != Level.COUNTY:
        raise Refuse(problems.NOT_FOUND, "area_id")
    chosen = item.payload
    WatchChoice.objects.update_or_create(
        district=batch.district,
        defaults={
            "step_minutes": {str(k): v for k, v in chosen.step_minutes.items()},
            "purge_days": chosen.purge_days,
            "self_check": chosen.self_check,
        },
    )
