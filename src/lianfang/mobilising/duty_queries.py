"""What can be read of duty times: who is on duty, who is tired, who could take over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, Sum

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.rules import LIVE
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising.attendance import RELIEF, days_of, local_day
from lianfang.mobilising.models import (
    Attendance,
)
from lianfang.mobilising.rules import (
    Candidate,
    propose,
    stretch,
)
from lianfang.people import queries as people_queries
from lianfang.people.models import Membership
from lianfang.people.rules import PersonState


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody's stretch: on duty now or lately, and for how long already."""

    district: str
    person_id: UUID
    place: str
    since: datetime | None
    minutes_today: int
    days_in_row: int
    last_day_off: date | None
    relief: bool
    area_id: UUID
    path: str


def on_duty(actor: Actor, limit: int = 500) -> list[OnDuty]:
    """Return who is on duty now or was today in the actor's scope, the most tired first."""
    moment = now()
    today = local_day(moment)
    recent = Attendance.objects.filter(
        within(actor.paths(Verb.READ), "path"),
        district__in=area_queries.districts(actor),
        started_at__gte=moment - timedelta(days=2),
    )
    latest: dict[tuple[str, UUID], Attendance] = {}
    minutes: dict[tuple[str, UUID], int] = defaultdict(int)
    for row in recent.order_by("started_at"):
        key = (row.district, row.person_id)
        latest[key] = row
        if local_day(row.ended_at or moment) == today:
            end = row.ended_at or moment
            begin = max(row.started_at, end.astimezone().replace(hour=0, minute=0, second=0))
            minutes[key] += max(int((end - begin).total_seconds() // 60), 0)
    result = []
    for district in sorted({d for d, _ in latest}):
        people = [p for d, p in latest if d == district]
        days = days_of(district, people, moment)
        tired = set(
            Duty.objects.filter(
                district=district, kind=RELIEF, subject_id__in=people, state__in=LIVE
            ).values_list("subject_id", flat=True)
        )
        for person_id in people:
            row = latest[district, person_id]
            length = stretch(days[person_id], today)
            result.append(
                OnDuty(
                    district,
                    person_id,
                    row.place,
                    None if row.ended_at else row.started_at,
                    minutes[district, person_id],
                    length.days_in_row,
                    length.last_day_off,
                    person_id in tired,
                    row.area_id,
                    row.path,
                )
            )
    result.sort(key=lambda r: (not r.relief, -r.days_in_row, -r.minutes_today, str(r.person_id)))
    return result[:limit]


def substitutes(actor: Actor, district: str, person_id: UUID, limit: int = 3) -> list[Candidate]:
    """Return who could relieve a person: colleagues first, then those from near, the rested first.

    Only living helpers of the same organisations or community whom the actor may read, and who
    are not on duty now.
    """
    moment = now()
    tired = people_queries.person(actor, district, person_id)
    if tired is None:
        return []
    units = Membership.objects.filter(
        district=district, person_id=person_id, until=None
    ).values_list("organisation_id", flat=True)
    colleagues = set(
        Membership.objects.filter(
            district=district, organisation_id__in=list(units), until=None
        ).values_list("person_id", flat=True)
    )
    pool = people_queries.persons(actor).filter(district=district, state=PersonState.LIVE)
    pool = pool.filter(
        Q(id__in=colleagues) | Q(household_id=None, community_id=tired.community_id)
    ).exclude(id=person_id)[:200]
    ids = {p.id: p.community_id for p in pool}
    busy = set(
        Attendance.objects.filter(district=district, person_id__in=ids, ended_at=None).values_list(
            "person_id", flat=True
        )
    )
    days = days_of(district, ids, moment)
    lately = dict(
        Attendance.objects.filter(
            district=district, person_id__in=ids, started_at__gte=moment - timedelta(days=1)
        )
        .order_by()
        .values_list("person_id")
        .annotate(Sum("minutes"))
    )
    return propose(
        (
            Candidate(
                str(id_),
                stretch(days[id_], local_day(moment)).days_in_row,
                lately.get(id_, 0),
                id_ in colleagues,
                community == tired.community_id,
            )
            for id_, community in ids.items()
            if id_ not in busy
        ),
        limit,
    )


@dataclass(frozen=True, slots=True)
class Service:
    """What somebody has served: stretches of duty, whole hours, days, and where."""

    stretches: list[Attendance]
    minutes: int
    days: int


def service(district: str, person_id: UUID, since: datetime | None = None) -> Service:
    """Return a person's service record; the caller has the right to see it."""
    found = Attendance.objects.filter(district=district, person_id=person_id)
    if since:
        found = found.filter(started_at__gte=since)
    rows = list(found.exclude(ended_at=None).order_by("started_at"))
    days = {local_day(r.started_at) for r in rows}
    return Service(rows, sum(r.minutes for r in rows), len(days))


def present(district: str, person_id: UUID) -> Attendance | None:
    """Return the stretch of duty that goes on now; the caller has the right to see it."""
    found = Attendance.objects.filter(district=district, person_id=person_id, ended_at=None)
    return found.first()


def together(
    district: str, person_id: UUID, since: datetime, until: datetime
) -> list[tuple[UUID, datetime, datetime]]:
    """Return who was on duty with a person at one place, and the span that they shared.

    For tracing: nobody's scope is asked. The same place is the same area and the same call, post
    or plan. A stretch that nobody has ended counts up to `until`.
    """
    result: list[tuple[UUID, datetime, datetime]] = []
    mine = Attendance.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since),
        district=district,
        person_id=person_id,
        started_at__lt=until,
    )
    for one in mine.order_by("started_at", "id"):
        start, end = max(one.started_at, since), min(one.ended_at or until, until)
        others = Attendance.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=start),
            district=district,
            area_id=one.area_id,
            context_id=one.context_id,
            place=one.place,
            started_at__lt=end,
        ).exclude(person_id=person_id)
        for other in others.order_by("started_at", "id"):
            first, last = max(start, other.started_at), min(end, other.ended_at or end)
            if first < last:
                result.append((other.person_id, first, last))
    return result
