"""Who is told of a record, and the notices that come of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from lianfang.areas.models import Grant
from lianfang.areas.rules import ROLE_VERBS
from lianfang.kernel import bulk
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.scope import Place
from lianfang.kernel.verbs import Verb
from lianfang.messaging.models import Notice
from lianfang.messaging.rules import Topic
from lianfang.people.models import Account, Organisation

# Whom one record tells at most: beyond it a notice is an announcement, and those have their ledger.
MOST = 5_000


def with_verb(place: Place, verb: Verb, *, near: bool = False) -> list[UUID]:
    """Return the accounts whose role at the place or above, inside the district, has the verb.

    `near` leaves out those above the community (or, for a place further up, above the place).
    """
    rungs = [
        (level, id_) for level, id_ in place.ladder if not near or level >= min(place.level, 5)
    ]
    return _granted(Q(area_id__in=[id_ for _, id_ in rungs]), verb)


def at_path(path: str, verb: Verb) -> list[UUID]:
    """Return the accounts whose role on the very area of `path` has the verb."""
    return _granted(Q(area__path=path), verb)


def below(place: Place, verb: Verb) -> list[UUID]:
    """Return the accounts whose role in the place or below has the verb."""
    return _granted(Q(area__path__under=place.path), verb)


def _granted(where: Q, verb: Verb) -> list[UUID]:
    roles = [str(role) for role, verbs in ROLE_VERBS.items() if verb in verbs]
    found = Grant.objects.filter(where, ended_at=None, role__in=roles)
    return sorted(set(found.values_list("account_id", flat=True)[:MOST]))


def of_organisations(ids: Iterable[UUID]) -> list[UUID]:
    """Return the accounts that act for one of the organisations or for a unit of it."""
    units = set(ids)
    for path in Organisation.objects.filter(id__in=units).values_list("path", flat=True):
        below_ = Organisation.objects.filter(path__startswith=path, valid_to=None)
        units |= set(below_.values_list("id", flat=True))
    found = Grant.objects.filter(organisation_id__in=units, ended_at=None)
    return sorted(set(found.values_list("account_id", flat=True)[:MOST]))


def of_persons(ids: Iterable[UUID]) -> list[UUID]:
    """Return the accounts of persons; who has none is reached by the link that he was given."""
    found = Account.objects.filter(person_id__in=set(ids))
    return sorted(found.values_list("id", flat=True)[:MOST])


def of_ref(ref: str) -> list[UUID]:
    """Return the account of an actor's ref, if it is one."""
    kind, _, text = ref.partition(":")
    return [UUID(text)] if kind == "account" and text else []


def tell(
    batch: Batch[Any],
    item: Item[Any],
    topic: Topic,
    accounts: Iterable[UUID],
    *,
    kind: str = "",
    groups: bool = False,
    urgent: bool = False,
    about: str = "",
    text: str = "",
    count: int = 1,
    subject_id: UUID | None = None,
    place: Place | None = None,
    organisations: Iterable[UUID] = (),
) -> int:
    """Make one notice for each account, and with `groups` one for those who follow the place.

    Who acts is not told of the own act. Returns how many notices were made.
    """
    where = place or item.place
    kind = kind or item.entry.command
    own = of_ref(batch.actor.ref)
    receivers: list[tuple[UUID | None, UUID | None]] = [
        (account, None) for account in sorted(set(accounts)) if account not in own
    ]
    if groups and where:
        receivers.append((None, None))
    receivers += [(None, organisation) for organisation in sorted(set(organisations))]
    bulk.insert(
        [
            Notice(
                district=batch.district,
                # Two kinds of duty may climb to one place in one tick: `about` tells them apart.
                id=item.derive("notice", kind, account, organisation, subject_id, about),
                account_id=account,
                kind=kind,
                topic=topic,
                urgent=urgent,
                about=about[:120],
                text=text[:600],
                count=count,
                area_id=where.id if where else None,
                path=where.path if where else "",
                organisation_id=organisation,
                subject_id=subject_id,
                at=batch.received_at,
            )
            for account, organisation in receivers
        ]
    )
    return len(receivers)
