"""What is told to households, staff, organisations and those on duty; corrected, withdrawn."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import by_area, places
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.models import Duty
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.rules import LIVE, DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.messaging import knocking, telling
from lianfang.messaging.bulletin_payloads import OfBulletin, Publish, Withdraw, Words
from lianfang.messaging.models import Bulletin, Gram
from lianfang.messaging.rules import Audience, BulletinKind, Severity, Topic, Verdict, grams

NO_SOURCE = problem(
    "bulletin.no_source",
    _("The answer to a rumour needs a source and what there is to it."),
    _("Name who says so: the health commission's notice, a doctor, the waterworks."),
)
NO_ANSWER = problem(
    "bulletin.no_answer", _("There is no text."), _("Write what people shall know, in a few lines.")
)
NO_AUDIENCE = problem(
    "bulletin.no_audience",
    _("It is not said which organisation or which kind of duty."),
    _("Choose one, or tell everybody in the area."),
)
WITHDRAWN = problem(
    "bulletin.withdrawn",
    _("This was withdrawn."),
    _("Publish it anew if it holds after all."),
    status=409,
)


def _checked(payload: Words, kind: str) -> None:
    if not payload.text:
        raise Refuse(NO_ANSWER, "text")
    if kind == BulletinKind.RUMOUR and not (payload.source and payload.verdict):
        raise Refuse(NO_SOURCE, "verdict" if payload.source else "source")


def _index(batch: Batch[Any], row: Bulletin) -> None:
    """Make the bulletin findable by what it says now."""
    Gram.objects.filter(district=batch.district, bulletin_id=row.id).delete()
    found = sorted(grams(f"{row.title}\n{row.text}\n{row.source}"))
    bulk.insert([Gram(district=batch.district, gram=g, bulletin_id=row.id) for g in found])


@command(
    "bulletin.publish",
    Publish,
    verb=Verb.ANNOUNCE,
    locate=by_area(),
    title=_("Tell people something"),
)
def publish(batch: Batch[Publish], item: Item[Publish]) -> None:
    """Tell it; those with an account get a notice, the area's groups a message."""
    payload = item.payload
    place = item.place
    if place is None or place.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "area_id")
    _checked(payload, payload.kind)
    if (payload.audience is Audience.ORGANISATION and payload.organisation_id is None) or (
        payload.audience is Audience.DUTY and not payload.duty_kind
    ):
        raise Refuse(NO_AUDIENCE, "audience")
    key = {"district": batch.district, "id": payload.bulletin_id}
    if Bulletin.objects.filter(**key).exists():
        raise Refuse(problems.OTHER_CONTENT, "bulletin_id")
    kept = payload.model_dump(exclude={"bulletin_id", "doors"})
    row = Bulletin(
        **key,
        **kept,
        doors=[str(d) for d in payload.doors],
        path=place.path,
        published_at=batch.received_at,
        published_by=batch.actor.ref,
        changed_at=batch.received_at,
    )
    row.save(force_insert=True)
    _index(batch, row)
    item.subject_id = row.id
    item.result = {"bulletin_id": str(row.id), "told": _tell(batch, item, row)}


def _tell(batch: Batch[Any], item: Item[Publish], row: Bulletin) -> int:
    """Make the notices of something new."""
    assert item.place
    organisations = []
    if row.audience == Audience.ORGANISATION and row.organisation_id:
        who = telling.of_organisations([row.organisation_id])
        organisations = [row.organisation_id]
    elif row.audience == Audience.DUTY:
        duties = Duty.objects.filter(
            district=batch.district, kind=row.duty_kind, state__in=LIVE, path__under=row.path
        ).exclude(owner="")
        who = [
            a for ref in set(duties.values_list("owner", flat=True)) for a in telling.of_ref(ref)
        ]
    else:
        # Who goes to the doors has to know what the doors were told.
        verb = Verb.WORK if row.audience == Audience.STAFF else Verb.VISIT
        who = telling.below(item.place, verb)
    return telling.tell(
        batch,
        item,
        Topic.INFORMATION,
        who,
        groups=row.audience in (Audience.HOUSEHOLDS, Audience.STAFF) and not row.doors,
        urgent=row.severity == Severity.SEVERE,
        about=row.title,
        text=row.text[:600] + (f"\n{row.source}" if row.source else ""),
        subject_id=row.id,
        organisations=organisations,
    )


def by_bulletin(batch: Batch[Any]) -> None:
    """Locate entries by the bulletin that they name."""
    ids = {item.payload.bulletin_id for item in batch}
    rows = dict(
        Bulletin.objects.filter(district=batch.district, id__in=ids).values_list("id", "area_id")
    )
    found = places(rows.values(), batch)
    for item in batch:
        item.subject_id = item.payload.bulletin_id
        if place := found.get(rows.get(item.payload.bulletin_id)):  # type: ignore[arg-type]
            item.place, item.path = place, place.path


def live(batch: Batch[Any], bulletin_id: Any) -> Bulletin:
    """Return a bulletin that was not withdrawn; refuses others."""
    row = Bulletin.objects.filter(district=batch.district, id=bulletin_id).first()
    if row is None:
        raise Refuse(problems.NOT_FOUND, "bulletin_id")
    if row.withdrawn_at:
        raise Refuse(WITHDRAWN, "bulletin_id")
    return row


@command(
    "bulletin.change",
    Words,
    verb=Verb.ANNOUNCE,
    locate=by_bulletin,
    title=_("Correct what was told"),
)
def change(batch: Batch[Words], item: Item[Words]) -> None:
    """Correct the words; who had read them is not asked again."""
    row = live(batch, item.payload.bulletin_id)
    _checked(item.payload, row.kind)
    row.title, row.text = item.payload.title, item.payload.text
    row.source, row.verdict = item.payload.source, item.payload.verdict or Verdict.NONE
    row.version += 1
    row.changed_at = batch.received_at
    row.save(update_fields=["title", "text", "source", "verdict", "version", "changed_at"])
    _index(batch, row)


@command(
    "bulletin.withdraw",
    Withdraw,
    verb=Verb.ANNOUNCE,
    locate=by_bulletin,
    title=_("Withdraw what was told"),
)
def withdraw(batch: Batch[Withdraw], item: Item[Withdraw]) -> None:
    """Show it no more, and let nobody knock for it."""
    row = live(batch, item.payload.bulletin_id)
    row.withdrawn_at = row.changed_at = batch.received_at
    row.withdrawn_why = item.payload.why
    row.save(update_fields=["withdrawn_at", "changed_at", "withdrawn_why"])
    knocks = Duty.objects.filter(
        district=batch.district, kind=knocking.KNOCK, context_id=row.id, state__in=LIVE
    )
    for subject_id in knocks.order_by("id").values_list("subject_id", flat=True):
        assert subject_id
        item.settle(knocking.KNOCK, subject_id, row.id, DutyAction.CANCEL, "bulletin.withdrawn")


@command(
    "bulletin.knock",
    OfBulletin,
    verb=Verb.ANNOUNCE,
    locate=by_bulletin,
    title=_("Let the doors that are not reached be gone to"),
)
def knock(batch: Batch[OfBulletin], item: Item[OfBulletin]) -> None:
    """Open a duty for each grid with doors that are not reached, without waiting for the time."""
    row = live(batch, item.payload.bulletin_id)
    item.result["doors"] = knocking.open_duties(batch, item, row)
