"""Door cards: a new one, none at all, bound to a telephone; and what households ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import crypto, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import by_household
from lianfang.people.models import Person
from lianfang.people.rules import PersonState
from lianfang.services import payloads
from lianfang.services.models import Ask, DoorCard

ASK = duty_kind("ask", _("Question from a door"), verb=Verb.SERVE)
ASK_HOURS, ASKS_A_DAY = 12, 5

NOT_THE_PHONE = problem(
    "card.not_the_phone",
    _("This is no telephone number that the community has for this door."),
    _("Try another number of the household, or ask the grid worker to correct it."),
)
NO_WORDS = problem("ask.no_words", _("The question is empty."), _("Write it in a few words."))
TOO_MANY = problem(
    "ask.too_many",
    _("Your household has asked {count} times in the last 24 hours."),
    _("Wait until tomorrow, or call the community."),
    status=429,
)
ANSWERED = problem(
    "ask.answered",
    _("Somebody has answered this already."),
    _("Look at the answer."),
    status=409,
)


def _card(batch: Batch[Any], item: Item[Any]) -> DoorCard:
    household_id = item.payload.household_id
    found = DoorCard.objects.filter(district=batch.district, household_id=household_id).first()
    return found or DoorCard(
        district=batch.district, household_id=household_id, changed_at=batch.received_at
    )


@command(
    "card.renew",
    payloads.OnCard,
    verb=Verb.SERVE,
    locate=by_household(),
    title=_("Give a door a new card"),
)
def renew(batch: Batch[payloads.OnCard], item: Item[payloads.OnCard]) -> None:
    """Make the door's old card, and all browsers bound by it, worthless."""
    row = _card(batch, item)
    row.serial, row.stopped, row.bound_at = row.serial + 1, False, None
    row.changed_at = batch.received_at
    row.save()
    item.result = {"serial": row.serial}


@command(
    "card.stop",
    payloads.OnCard,
    verb=Verb.SERVE,
    locate=by_household(),
    title=_("Stop a door's card"),
)
def stop(batch: Batch[payloads.OnCard], item: Item[payloads.OnCard]) -> None:
    """Let no card open this door's page until there is a new one."""
    row = _card(batch, item)
    row.stopped, row.changed_at = True, batch.received_at
    row.save()


@command(
    "card.bind",
    payloads.BindCard,
    verb=Verb.ORDER,
    locate=by_household(),
    title=_("Bind a door's card"),
)
def bind(batch: Batch[payloads.BindCard], item: Item[payloads.BindCard]) -> None:
    """Accept a browser that knows a telephone number of somebody who lives here."""
    if not batch.replaying:
        known = Person.objects.filter(
            district=batch.district,
            household_id=item.payload.household_id,
            state=PersonState.LIVE,
            phone_index=crypto.blind_index(item.payload.phone),
        )
        if not item.payload.phone or not known.exists():
            raise Refuse(NOT_THE_PHONE, "phone")
    row = _card(batch, item)
    row.bound_at = batch.received_at
    row.save()


@command("ask.place", payloads.PlaceAsk, verb=Verb.ORDER, locate=by_household(), title=_("Ask"))
def ask(batch: Batch[payloads.PlaceAsk], item: Item[payloads.PlaceAsk]) -> None:
    """Put a question, or a wish about one's data, before the community."""
    wanted = item.payload
    assert item.place
    if not batch.replaying:
        if not wanted.text:
            raise Refuse(NO_WORDS, "text")
        lately = Ask.objects.filter(
            district=batch.district,
            household_id=wanted.household_id,
            asked_at__gt=batch.received_at - timedelta(hours=24),
        ).count()
        if lately >= ASKS_A_DAY:
            raise Refuse(TOO_MANY, "text", count=lately)
    Ask.objects.create(
        district=batch.district,
        id=item.id,
        household_id=wanted.household_id,
        area_id=item.place.id,
        kind=wanted.kind,
        text=wanted.text,
        asked_at=batch.received_at,
    )
    item.open_duty(
        NewDuty(
            ASK,
            ASK,
            item.place,
            due_at=batch.after(hours=ASK_HOURS),
            path=f"{item.place.path}{wanted.household_id.hex}/",
            subject_kind="household",
            subject_id=wanted.household_id,
            context_id=item.id,
            priority=2,
            details={"ask": str(wanted.kind)},
        )
    )


def by_ask(batch: Batch[Any]) -> None:
    """Locate entries by the question that they name: at its door."""
    ids = {item.payload.ask_id for item in batch}
    rows = Ask.objects.filter(district=batch.district, id__in=ids)
    doors = {r[0]: r[1:] for r in rows.values_list("id", "area_id", "household_id")}
    found = places({area_id for area_id, _ in doors.values()}, batch)
    for item in batch:
        if door := doors.get(item.payload.ask_id):
            item.place, item.subject_id = found[door[0]], door[1]
            item.path = f"{item.place.path}{door[1].hex}/"


@command("ask.answer", payloads.AnswerAsk, verb=Verb.SERVE, locate=by_ask, title=_("Answer"))
def answer(batch: Batch[payloads.AnswerAsk], item: Item[payloads.AnswerAsk]) -> None:
    """Answer what a household asked; it reads the answer on its page."""
    row = Ask.objects.get(district=batch.district, id=item.payload.ask_id)
    if row.household_id != item.payload.household_id:
        raise Refuse(problems.NOT_FOUND, "household_id")
    if row.answered_at:
        raise Refuse(ANSWERED, "ask_id")
    if not item.payload.text and not batch.replaying:
        raise Refuse(NO_WORDS, "text")
    row.answer, row.answered_at = item.payload.text, batch.received_at
    row.answered_by = batch.actor.ref
    row.save()
    item.settle(ASK, row.household_id, row.id)
