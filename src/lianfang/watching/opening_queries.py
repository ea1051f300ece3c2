"""What can be read of openings: who looked at whom, and took which list out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Account, Person
from lianfang.watching.rows import zone

SEEN = ("person.open", "person.reveal", "export.record")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def openings(actor: Actor, district: str, f: Mapping[str, str]) -> QuerySet[Record]:
    """Return the openings of a district in the areas whose journal the actor may read.

    `f` narrows them: `what` (a command), `area` (an id of `areas`), `from` and `to` (ISO days), `q`
    (somebody's name, or a word of the reason).
    """
    paths = actor.paths(Verb.READ_JOURNAL)
    inside = None if "" in paths else area_queries.ids_within(paths)
    found = kernel.records(district, inside).filter(command__in=SEEN)
    if f.get("what"):
        found = found.filter(command=f["what"])
    if f.get("area") in {id_ for id_, _name in areas(actor)}:
        path = area_queries.path(UUID(f["area"])) or "\0"
        found = found.filter(area_id__in=area_queries.ids_within([path]))
    if first := _day(f.get("from", "")):
        found = found.filter(received_at__gte=datetime.combine(first, time(), zone()))
    if last := _day(f.get("to", "")):
        end = datetime.combine(last + timedelta(days=1), time(), zone())
        found = found.filter(received_at__lt=end)
    if text := f.get("q", ""):
        who = Account.objects.filter(Q(name__icontains=text) | Q(username__icontains=text))
        refs = [f"account:{id_}" for id_ in who.values_list("id", flat=True)[:200]]
        found = found.filter(Q(actor__in=refs) | Q(payload__icontains=text))
    return found


def areas(actor: Actor) -> list[tuple[str, str]]:
    """Return the areas from the counties down whose journal the actor may read, as choices."""
    found = area_queries.areas(actor).filter(level__gte=3, valid_to=None).order_by("path")[:300]
    return [(str(a.id), a.name) for a in found if actor.may(Verb.READ_JOURNAL, a.path)]


def names(rows: Iterable[Record]) -> dict[UUID, str]:
    """Return the names of the persons whom records are about; the caller masks them."""
    listed = list(rows)
    found = Person.objects.filter(
        district__in={r.district for r in listed},
        id__in=[r.subject_id for r in listed if r.subject_id],
    )
    return dict(found.values_list("id", "name"))
