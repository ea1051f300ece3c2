"""What can be read of calls, and names that all of this room shows: the actor first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from lianfang.areas import queries as area_queries
from lianfang.kernel import crypto
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.models import (
    Attendance,
    Call,
    CallCount,
    CallGroup,
    SignUp,
)
from lianfang.mobilising.rules import (
    HOLDING,
    SignUpState,
    hours_to_cover,
)
from lianfang.people import queries as people_queries
from lianfang.people.models import Household, Organisation, Person
from lianfang.people.rules import HouseholdState


def above_all(paths: Iterable[str]) -> list[str]:
    """Return the paths of all areas above and at `paths`."""
    return ["/".join(p.split("/")[:n]) + "/" for p in paths for n in range(1, p.count("/") + 1)]


def calls(actor: Actor) -> QuerySet[Call]:
    """Return the calls in the actor's scope, the latest first."""
    paths = actor.paths(Verb.READ)
    districts = area_queries.districts(actor)
    found = Call.objects.filter(within(paths, "path"), district__in=districts)
    return found.order_by("-opened_at", "-id")


def call(actor: Actor, district: str, call_id: UUID) -> Call | None:
    """Return one call; None when absent or forbidden."""
    found = Call.objects.filter(district=district, id=call_id).first()
    return found if found and actor.may(Verb.READ, found.path) else None


def call_by_link(district: str, call_id: UUID) -> Call | None:
    """Return the call of a signed link, which was checked before."""
    return Call.objects.filter(district=district, id=call_id).first()


def groups(call: Call) -> list[CallGroup]:
    """Return a call's groups in order."""
    found = CallGroup.objects.filter(district=call.district, call_id=call.id)
    return list(found.order_by("number"))


def sign_ups(call: Call) -> QuerySet[SignUp]:
    """Return who signed up for a call that the caller has found in scope, in order."""
    found = SignUp.objects.filter(district=call.district, call_id=call.id)
    return found.order_by("group_id", "signed_at", "id")


def sign_up(district: str, sign_up_id: UUID) -> SignUp | None:
    """Return one sign-up, for its own signed link."""
    return SignUp.objects.filter(district=district, id=sign_up_id).first()


def sign_up_of_phone(call: Call, phone: str) -> SignUp | None:
    """Return the sign-up of a telephone number, for the check-in at the post."""
    found = SignUp.objects.filter(
        district=call.district, call_id=call.id, phone_index=crypto.blind_index(phone)
    )
    return found.exclude(state=SignUpState.DROPPED).first()


def ahead(row: SignUp) -> int:
    """Return how many stand before somebody on the wait list."""
    before = Q(signed_at__lt=row.signed_at) | Q(signed_at=row.signed_at, id__lt=row.id)
    waiting = SignUp.objects.filter(
        district=row.district, group_id=row.group_id, state=SignUpState.WAITING
    )
    return waiting.filter(before).count()


@dataclass(frozen=True, slots=True)
class CallFigures:
    """A call in numbers; `load` is households per helper, the most of one helper."""

    capacity: int
    taken: int
    waiting: int
    present: int
    served: int
    minutes: int
    households: int
    load: int


def call_figures(call: Call) -> CallFigures:
    """Return the numbers of a call."""
    rows = groups(call)
    people = SignUp.objects.filter(district=call.district, call_id=call.id)
    by_state = dict(people.order_by().values_list("state").annotate(Count("id")))
    minutes = people.aggregate(sum=Sum("minutes"))["sum"] or 0
    shares = people.filter(state__in=HOLDING).values_list("share", flat=True)
    load = max((sum(call.shares.get(s, 0) for s in share) for share in shares), default=0)
    return CallFigures(
        sum(g.capacity for g in rows),
        sum(g.taken for g in rows),
        by_state.get(SignUpState.WAITING, 0),
        by_state.get(SignUpState.PRESENT, 0),
        by_state.get(SignUpState.SERVED, 0),
        minutes,
        sum(call.shares.values()),
        load,
    )


def organisation_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of organisations, ended ones too."""
    return dict(Organisation.objects.filter(id__in=set(ids)).values_list("id", "name"))


def names_of(actor: Actor, keys: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """Return what the actor may see of people's names, by person id; '' where nothing."""
    wanted = set(keys)
    rows = Person.objects.select_related("household__area").filter(
        district__in={d for d, _ in wanted}, id__in={i for _, i in wanted}
    )
    communities = people_queries.community_paths(list(rows))
    return {p.id: people_queries.visible(actor, p, communities=communities).name for p in rows}


def at_the_front(
    district: str, person_ids: Iterable[UUID], at: datetime | None = None
) -> set[UUID]:
    """Return which of the people serve at the front: on duty at `at`, or in the 72 hours before.

    Services give the households of these priority (S27).
    """
    moment = at or now()
    recent = Attendance.objects.filter(
        Q(ended_at=None) | Q(started_at__gte=moment - timedelta(hours=72)),
        district=district,
        person_id__in=list(person_ids),
        started_at__lte=moment,
    )
    return set(recent.values_list("person_id", flat=True))


def counts(call: Call, limit: int = 60) -> list[CallCount]:
    """Return what was counted of a call's output, the latest first."""
    found = CallCount.objects.filter(district=call.district, call_id=call.id)
    return list(found.order_by("-at", "-id")[:limit])


def buildings(call: Call) -> dict[str, int]:
    """Return the households of each building of the call's area, as the register has them."""
    area = area_queries.paths_by_id([call.area_id]).get(call.area_id, "")
    rows = Household.objects.filter(
        district=call.district, area__path__under=area, state=HouseholdState.LIVE
    )
    found = rows.order_by().values_list("building").annotate(Count("id"))
    return dict(sorted((name, n) for name, n in found if name))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Hours until every door of a call's buildings was gone to: by the own staff, with helpers."""

    staff: int
    before: float | None
    helpers: int
    after: float | None


def coverage_time(call: Call) -> Coverage:
    """Return how long it takes to go to all doors, before and after the call.

    Staff are those with a role of grid workers or leads in the call's area.
    """
    path = area_queries.paths_by_id([call.area_id]).get(call.area_id, "")
    staff = area_queries.staff_under(path)
    figures = call_figures(call)
    return Coverage(
        staff,
        hours_to_cover(figures.households, staff),
        figures.taken,
        hours_to_cover(figures.load, 1) if figures.taken else None,
    )
