"""Referrals: opened, transport, accepted, on the way, arrived, result; or called off."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import places
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import by_person, put
from lianfang.people.models import Person
from lianfang.people.rules import PersonState
from lianfang.screening.rules import tenths
from lianfang.watching import payloads, referral_rows
from lianfang.watching.models import Referral
from lianfang.watching.rules import Origin, ReferralAction, Result
from lianfang.watching.watch_commands import NO_REASON, of_person

NO_CLINIC = problem(
    "referral.no_clinic",
    _("Which clinic takes the person?"),
    _("Choose the clinic, or write its name."),
)


def by_referral(batch: Batch[Any]) -> None:
    """Locate entries by the referral that they name."""
    ids = {item.payload.referral_id for item in batch}
    rows_ = Referral.objects.filter(district=batch.district, id__in=ids)
    found = {row[0]: row[1:] for row in rows_.values_list("id", "area_id", "household_id")}
    places({area_id for area_id, _ in found.values()}, batch)
    for item in batch:
        item.subject_id = item.payload.referral_id
        if where := found.get(item.payload.referral_id):
            put(item, batch, where[0], where[1])


def _load(batch: Batch[Any], item: Item[Any]) -> Referral:
    row = Referral.objects.filter(district=batch.district, id=item.payload.referral_id).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "referral_id")
    if item.payload.note:
        row.note = item.payload.note
    return row


@command(
    "referral.open",
    payloads.OpenReferral,
    verb=Verb.REFER,
    locate=by_person,
    title=_("Send a person to a clinic"),
)
def open_(batch: Batch[payloads.OpenReferral], item: Item[payloads.OpenReferral]) -> None:
    """Open a referral by hand; the result names the live one where the person has one already."""
    wanted = item.payload
    person = Person.objects.filter(district=batch.district, id=wanted.person_id).first()
    if person is None or person.state != PersonState.LIVE:
        raise Refuse(problems.NOT_FOUND, "person_id")
    assert item.place
    watch = of_person(batch.district, person.id)
    opening = referral_rows.Opening(
        item,
        person.id,
        watch.area_id if watch else item.place.id,
        Origin.HAND,
        person.id,
        watch.household_id if watch else person.household_id,
        watch.post_id if watch else None,
        watch.id if watch else None,
        tenths(wanted.temperature),
        tuple(map(str, wanted.symptoms)),
        wanted.note,
        wanted.referral_id,
    )
    referral_rows.open_all(batch, [opening])
    item.subject_id = wanted.referral_id


@command(
    "referral.transport",
    payloads.ArrangeTransport,
    verb=Verb.REFER,
    locate=by_referral,
    title=_("Arrange the way to the clinic"),
)
def transport(
    batch: Batch[payloads.ArrangeTransport], item: Item[payloads.ArrangeTransport]
) -> None:
    """Say how the person gets there."""
    row = _load(batch, item)
    referral_rows.step(batch, item, row, ReferralAction.TRANSPORT)
    row.transport = item.payload.by
    row.save()


@command(
    "referral.accept",
    payloads.AcceptReferral,
    verb=Verb.REFER,
    locate=by_referral,
    title=_("The clinic accepts the person"),
)
def accept(batch: Batch[payloads.AcceptReferral], item: Item[payloads.AcceptReferral]) -> None:
    """Note which clinic takes the person."""
    row = _load(batch, item)
    if not item.payload.clinic_id and not item.payload.clinic:
        raise Refuse(NO_CLINIC, "clinic")
    referral_rows.step(batch, item, row, ReferralAction.ACCEPT)
    row.clinic_id, row.clinic = item.payload.clinic_id, item.payload.clinic
    row.save()


@command(
    "referral.depart",
    payloads.OnReferral,
    verb=Verb.REFER,
    locate=by_referral,
    title=_("The person is on the way"),
)
def depart(batch: Batch[payloads.OnReferral], item: Item[payloads.OnReferral]) -> None:
    """Note that the person has left for the clinic; the watch owes no checks meanwhile."""
    row = _load(batch, item)
    referral_rows.step(batch, item, row, ReferralAction.DEPART)
    row.save()


@command(
    "referral.arrive",
    payloads.OnReferral,
    verb=Verb.REFER,
    locate=by_referral,
    title=_("The person has arrived at the clinic"),
)
def arrive(batch: Batch[payloads.OnReferral], item: Item[payloads.OnReferral]) -> None:
    """Note that the clinic has the person."""
    row = _load(batch, item)
    referral_rows.step(batch, item, row, ReferralAction.ARRIVE)
    row.save()


@command(
    "referral.result",
    payloads.ReferralResult,
    verb=Verb.REFER,
    locate=by_referral,
    title=_("The clinic's result"),
)
def result(batch: Batch[payloads.ReferralResult], item: Item[payloads.ReferralResult]) -> None:
    """Enter what was found: negative and the watch goes on, positive and it ends in the clinic."""
    row, found = _load(batch, item), item.payload.result
    action = ReferralAction.RETEST if found is Result.RETEST else ReferralAction.RESULT
    referral_rows.step(batch, item, row, action)
    row.result = found
    row.save()
    if found is Result.POSITIVE:
        referral_rows.admit(batch, item, row)
    item.result = {"result": str(found)}
    if row.watch_id:
        item.result["watch_id"] = str(row.watch_id)


@command(
    "referral.cancel",
    payloads.CancelReferral,
    verb=Verb.REFER,
    locate=by_referral,
    title=_("Call a referral off"),
)
def cancel(batch: Batch[payloads.CancelReferral], item: Item[payloads.CancelReferral]) -> None:
    """Call a referral off, with the reason; a watch goes on."""
    row = _load(batch, item)
    if not item.payload.note and not batch.replaying:
        raise Refuse(NO_REASON, "note")
    referral_rows.step(batch, item, row, ReferralAction.CANCEL)
    row.save()
