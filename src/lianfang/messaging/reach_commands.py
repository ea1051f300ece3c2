"""Who has read, acknowledged or been told something; which questions have an answer in common."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command, follow
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.messaging import knocking, rules
from lianfang.messaging.bulletin_commands import live
from lianfang.messaging.bulletin_payloads import AskedAgain, AtDoor
from lianfang.messaging.models import Asked, Bulletin, Reach
from lianfang.messaging.rules import Audience, BulletinKind, Reached, reached_after
from lianfang.people.locate import by_household
from lianfang.services import ask_queries

READ, REACHED, ASKS = rules.INFO_READ, rules.INFO_REACHED, rules.ASKS


def asked_metric(bulletin_id: Any) -> str:
    """Return the name of the counter of a question; its period is the day."""
    return f"asked:{bulletin_id.hex}"


def _step(batch: Batch[Any], item: Item[AtDoor], step: Reached) -> None:
    row = live(batch, item.payload.bulletin_id)
    place, household_id = item.place, item.payload.household_id
    assert place
    concerned = place.path.startswith(row.path) and row.audience == Audience.HOUSEHOLDS
    if not concerned or (row.doors and str(household_id) not in row.doors):
        raise Refuse(problems.NOT_FOUND, "bulletin_id")
    key = {"district": batch.district, "bulletin_id": row.id, "household_id": household_id}
    reach = Reach.objects.filter(**key).first() or Reach(**key)
    reach.state, now_reached = reached_after(reach.state, step, asks=row.acknowledge)
    if reach.read_at is None and step is not Reached.TOLD:
        reach.read_at = batch.received_at
        item.count(READ, str(row.id))
    if now_reached:
        reach.reached, reach.done_at = True, batch.received_at
        reach.done_by = batch.actor.ref
        item.count(REACHED, str(row.id))
    reach.save()
    if now_reached:
        knocking.settle(item, row, place.id)
    item.result = {"state": str(reach.state), "reached": reach.reached}


@command(
    "bulletin.read",
    AtDoor,
    verb=Verb.ORDER,
    locate=by_household(),
    title=_("Read what was told"),
    hidden=True,
)
def read(batch: Batch[AtDoor], item: Item[AtDoor]) -> None:
    """Note that the household opened it on its page."""
    _step(batch, item, Reached.READ)


@command(
    "bulletin.acknowledge",
    AtDoor,
    verb=Verb.ORDER,
    locate=by_household(),
    title=_("Acknowledge what was told"),
)
def acknowledge(batch: Batch[AtDoor], item: Item[AtDoor]) -> None:
    """Note that the household says it has understood."""
    _step(batch, item, Reached.ACKNOWLEDGED)


@command(
    "bulletin.told",
    AtDoor,
    verb=Verb.VISIT,
    locate=by_household(),
    title=_("Tell a household at its door"),
)
def told(batch: Batch[AtDoor], item: Item[AtDoor]) -> None:
    """Note that somebody told the household at its door or by telephone."""
    _step(batch, item, Reached.TOLD)


@command(
    "bulletin.asked",
    AskedAgain,
    verb=Verb.SERVE,
    locate=by_household(),
    title=_("Say that a question was asked before"),
)
def asked(batch: Batch[AskedAgain], item: Item[AskedAgain]) -> None:
    """Count a household's question for the answer that it has in common with others."""
    row = live(batch, item.payload.bulletin_id)
    asks = ask_queries.of_door(batch.district, item.payload.household_id)
    if row.kind not in (BulletinKind.FAQ, BulletinKind.RUMOUR) or item.payload.ask_id not in asks:
        raise Refuse(problems.NOT_FOUND, "ask_id")
    if Asked.objects.filter(district=batch.district, ask_id=item.payload.ask_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "ask_id")
    day = local(batch.received_at).date()
    Asked.objects.create(
        district=batch.district, ask_id=item.payload.ask_id, bulletin_id=row.id, day=day
    )
    Bulletin.objects.filter(district=batch.district, id=row.id).update(asked=F("asked") + 1)
    item.count(asked_metric(row.id), day.isoformat())


@follow("ask.place")
def question_came(batch: Batch[Any]) -> None:
    """Count the questions of a day."""
    for item in batch:
        if item.place:
            item.count(ASKS, local(batch.received_at).date().isoformat())
