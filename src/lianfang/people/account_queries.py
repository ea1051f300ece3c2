"""What can be read of accounts and organisations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lianfang.areas import queries as area_queries
from lianfang.areas.models import Area, Grant
from lianfang.areas.rules import ROLE_VERBS, Role
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Account, Membership, Organisation, OrganisationArea, Person


def accounts(actor: Actor) -> QuerySet[Account]:
    """Return the accounts with a role where the actor gives roles; at the root all of them.

    Those whose roles there have ended stay visible: what they did is still in the journal.
    """
    paths = actor.paths(Verb.GRANT)
    found: QuerySet[Account] = Account.objects.all()
    if "" in paths:
        return found
    mine = Grant.objects.filter(within(paths, "area__path"))
    return found.filter(id__in=mine.values("account_id"))


# As many colleagues as a browser's list of suggestions still searches well.
SUGGESTED = 400


def suggested(actor: Actor) -> list[tuple[str, str]]:
    """Return (login name, name) of the actor's colleagues, by name, for a field's suggestions."""
    found = accounts(actor).filter(is_active=True).order_by("name", "username")
    return list(found.values_list("username", "name")[:SUGGESTED])


def chosen(actor: Actor, text: str) -> list[Account]:
    """Return the accounts that `text` means: that login name, else colleagues of that name.

    A login name is known to its owner and may be of anybody; names are looked for in scope only.
    """
    wanted = text.strip()
    exact = list(Account.objects.filter(username__iexact=wanted))
    return exact or list(accounts(actor).filter(name=wanted, is_active=True)[:2])


def account(actor: Actor, account_id: UUID) -> Account | None:
    """Return one account in the actor's scope, or the actor's own."""
    found: QuerySet[Account] = accounts(actor)
    if account_id == actor.id:
        found = Account.objects.all()
    return found.filter(id=account_id).first()


def matching(found: QuerySet[Account], text: str) -> QuerySet[Account]:
    """Narrow accounts to those whose name or login name holds `text`."""
    return found.filter(Q(name__icontains=text) | Q(username__icontains=text)) if text else found


def names(refs: Iterable[str]) -> dict[str, str]:
    """Return the names behind actors' refs such as `account:<uuid>`; others are left out.

    The names of colleagues are no secret among those who may read what they did.
    """
    ids = {ref: UUID(ref.partition(":")[2]) for ref in set(refs) if ref.startswith("account:")}
    found = dict(Account.objects.filter(id__in=ids.values()).values_list("id", "name"))
    return {ref: found[id_] for ref, id_ in ids.items() if id_ in found}


def refs(actor: Actor, text: str) -> list[str]:
    """Return the refs of the accounts in the actor's scope whose name or log-in fits `text`."""
    found = matching(accounts(actor), text).values_list("id", flat=True)[:200]
    return [f"account:{id_}" for id_ in found]


def accounts_by_id(ids: Iterable[UUID]) -> dict[UUID, Account]:
    """Return accounts by id, for lists of grants."""
    found: dict[UUID, Account] = Account.objects.in_bulk(list(set(ids)))
    return found


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers for an area: a name, a role, and the account (None where it is out of scope)."""

    account_id: UUID
    name: str
    role: str
    active: bool


def responsible(area: Area) -> list[Responsible]:
    """Return the people with a role on this very area, the oldest grant first."""
    grants = list(area_queries.grants_on(area))
    who = accounts_by_id(g.account_id for g in grants)
    return [
        Responsible(g.account_id, who[g.account_id].name, g.role, who[g.account_id].is_active)
        for g in grants
        if g.account_id in who
    ]


def named_workers(area_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the grid workers of each grid."""
    grants = Grant.objects.filter(
        area_id__in=set(area_ids), role="grid_worker", ended_at=None
    ).order_by("given_at", "id")
    pairs = [(g.area_id, g.account_id) for g in grants if g.area_id]
    who = accounts_by_id(account_id for _, account_id in pairs)
    result: dict[UUID, list[str]] = {}
    for area_id, account_id in pairs:
        if account_id in who:
            result.setdefault(area_id, []).append(who[account_id].name)
    return result


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations that serve areas of the actor, and those nobody has placed yet.

    An organisation's name is no secret; whoever may organise finds all live ones.
    """
    live = Organisation.objects.filter(valid_to=None)
    if actor.may_somewhere(Verb.ORGANISE):
        return live
    served = OrganisationArea.objects.filter(
        within(actor.paths(Verb.READ), "area__path"), until=None
    )
    return live.filter(id__in=served.values("organisation_id"))


def organisation(actor: Actor, organisation_id: UUID) -> Organisation | None:
    """Return one organisation."""
    found = organisations(actor).select_related("parent").filter(id=organisation_id)
    return found.first()


def with_counts(found: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Add to each organisation how many areas it serves (`areas`) and its units (`parts`)."""
    return found.select_related("parent").annotate(
        areas=Count("served", filter=Q(served__until=None), distinct=True),
        parts=Count("units", filter=Q(units__valid_to=None), distinct=True),
    )


def served(organisation: Organisation) -> list[Area]:
    """Return the areas that an organisation serves now."""
    rows = OrganisationArea.objects.filter(organisation=organisation, until=None)
    return [row.area for row in rows.select_related("area").order_by("area__path")]


def serving(area: Area) -> list[Organisation]:
    """Return the organisations attached to this very area."""
    rows = OrganisationArea.objects.filter(area=area, until=None, organisation__valid_to=None)
    return [r.organisation for r in rows.select_related("organisation").order_by("since", "id")]


def units(organisation: Organisation) -> list[Organisation]:
    """Return the live units directly below an organisation."""
    return list(organisation.units.filter(valid_to=None).order_by("name"))


@dataclass(frozen=True, slots=True)
class Members:
    """The members of an organisation that the actor may read, and how many there are in all."""

    people: list[tuple[Membership, Person]] = field(default_factory=list)
    total: int = 0


def members(actor: Actor, organisation: Organisation, limit: int = 100) -> Members:
    """Return an organisation's present members; persons outside the scope count only."""
    districts = area_queries.districts(actor)
    rows = Membership.objects.filter(
        district__in=districts, organisation_id=organisation.id, until=None
    )
    total = rows.count()
    listed = list(rows.order_by("since", "id")[:limit])
    from lianfang.people.queries import persons

    found = {
        (p.district, p.id): p
        for p in persons(actor).filter(
            district__in={m.district for m in listed}, id__in=[m.person_id for m in listed]
        )
    }
    pairs = [(m, found[key]) for m in listed if (key := (m.district, m.person_id)) in found]
    return Members(pairs, total)


def memberships(actor: Actor, person: Person) -> list[tuple[Membership, Organisation, bool]]:
    """Return the organisations in which a person is now, and whether the actor may open each."""
    rows = organisations_of(person)
    if not rows:
        return []
    wanted = [one.id for _, one in rows]
    seen = set(organisations(actor).filter(id__in=wanted).values_list("id", flat=True))
    return [(membership, one, one.id in seen) for membership, one in rows]


def organisations_of(person: Person) -> list[tuple[Membership, Organisation]]:
    """Return the organisations in which a person is now."""
    rows = list(
        Membership.objects.filter(
            district=person.district, person_id=person.id, until=None
        ).order_by("since", "id")
    )
    found = Organisation.objects.in_bulk([r.organisation_id for r in rows])
    return [(r, found[r.organisation_id]) for r in rows if r.organisation_id in found]


def workers(area: Area) -> list[Responsible]:
    """Return who can carry duties in an area: a role with WORK on it or below, each once."""
    roles = [role for role, verbs in ROLE_VERBS.items() if Verb.WORK in verbs]
    grants = Grant.objects.filter(
        within([area.path], "area__path"), ended_at=None, role__in=roles
    ).order_by("given_at", "id")
    by_account = {g.account_id: g.role for g in reversed(list(grants))}
    who = accounts_by_id(by_account)
    found = [
        Responsible(id_, who[id_].name, role, True)
        for id_, role in by_account.items()
        if id_ in who and who[id_].is_active
    ]
    return sorted(found, key=lambda r: (r.role != Role.VOLUNTEER, r.name, str(r.account_id)))
