"""What can be read of notices: each account its own, and nobody another's."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor, ActorKind
from lianfang.messaging.models import Notice
from lianfang.mobilising import notice_queries as mobilising
from lianfang.people.models import Account


def notices(actor: Actor) -> QuerySet[Notice]:
    """Return the actor's own notices, from the districts where the actor has a role."""
    if actor.kind is not ActorKind.ACCOUNT or actor.id is None or not actor.active:
        return Notice.objects.none()
    return Notice.objects.filter(district__in=area_queries.districts(actor), account_id=actor.id)


def unread(actor: Actor) -> int:
    """Return how many of the actor's notices are unread; 100 stands for all beyond."""
    return len(notices(actor).filter(read_at=None).values_list("id")[:100])


def matching(
    found: QuerySet[Notice], *, text: str = "", topic: str = "", state: str = ""
) -> QuerySet[Notice]:
    """Narrow notices to a topic, to unread or urgent ones, and to those that name `text`."""
    if text:
        found = found.filter(Q(about__icontains=text) | Q(text__icontains=text))
    if topic:
        found = found.filter(topic=topic)
    if state == "unread":
        found = found.filter(read_at=None)
    elif state == "urgent":
        found = found.filter(urgent=True)
    return found


def link(actor: Actor, notice: Notice) -> str:
    """Return where a notice opens, '' where it leads nowhere."""
    topic, kind = notice.kind.partition(".")[0], notice.kind
    subject = notice.subject_id
    try:
        if kind in ("recall.join", "recall.remind", "deployment.publish", "shift.substitute"):
            return _own_page(actor, notice)
        if topic == "call" and subject:
            return reverse("call", args=[notice.district, subject])
        if topic == "whistle" and subject:
            return reverse("whistle", args=[notice.district, subject])
        if topic == "shift" and subject:
            return reverse("deployment", args=[subject])
        if topic == "relief" and subject:
            return reverse("relief", args=[notice.district, subject])
        if topic == "duty":
            return reverse("duties")
        if topic == "bulletin" and subject:
            return reverse("bulletin", args=[notice.district, subject])
        if notice.area_id:
            return reverse("area", args=[notice.area_id])
    except NoReverseMatch:
        return ""
    return ""


def _own_page(actor: Actor, notice: Notice) -> str:
    """Return the page where somebody answers a recall or sees the own shifts."""
    account = Account.objects.filter(id=actor.id).first()
    if account is None or account.person_id is None:
        return ""
    if notice.kind.startswith("recall") and notice.subject_id:
        return mobilising.recall_link(notice.district, notice.subject_id, account.person_id)
    return mobilising.shifts_link(account.person_district, account.person_id)
