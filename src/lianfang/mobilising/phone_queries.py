"""What the phone shows of mobilising: my shifts, calls, recalls, teams, matters, and my hours.

Everything is the owner's own, or lies where the owner has a role; names go by sight. Times are
whole seconds since 1970. Nothing here depends on the moment within a minute: what runs on is
given as its beginning, and the phone counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from lianfang.areas.models import Area, Grant
from lianfang.areas.queries import districts as districts_of
from lianfang.areas.rules import Level
from lianfang.kernel import crypto
from lianfang.kernel.actors import shortest
from lianfang.kernel.queries import streams
from lianfang.kernel.scope import within
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import duty_queries, queries
from lianfang.mobilising.attendance import days_of, local_day
from lianfang.mobilising.models import (
    Attendance,
    Call,
    CallGroup,
    Deployment,
    PlannedShift,
    Recall,
    Recalled,
    SignUp,
    Team,
    TeamMember,
    Whistle,
    WhistleDepartment,
)
from lianfang.mobilising.rules import (
    CallState,
    ShiftState,
    SignUpState,
    TeamState,
    WhistleState,
    minutes_between,
    stretch,
)
from lianfang.people import queries as people_queries
from lianfang.people.models import Membership, Organisation, Person
from lianfang.people.phone import Owner

_LATELY = timedelta(days=60)
MOST_MEMBERS = 60
MOST_ON_BOARD = 60
MOST_SUBSTITUTES = 8
MOST_CALLS = 20
MOST_WHISTLES = 40


def part(owner: Owner) -> dict[str, Any] | None:
    """Return this room's part of the phone's list; None when there is nothing at all in it."""
    person = _person(owner)
    found: dict[str, Any] = {"whistles": _whistles(owner), "board": _board(owner)}
    if person is not None:
        shifts = _shifts(person)
        found |= {
            "me": [person.district, str(person.id), person.name, person.phone],
            "shifts": [_shift(row) for row in shifts],
            "calls": _calls(owner, person),
            "recalls": _recalls(person),
            "teams": _teams(owner, person),
            "day": _day(owner, person, {row.district for row in shifts}),
        }
    found = {name: value for name, value in found.items() if value}
    return found or None


def _person(owner: Owner) -> Person | None:
    if owner.person_id is None:
        return None
    return (
        Person.objects.select_related("household__area")
        .filter(district=owner.district, id=owner.person_id)
        .first()
    )


def _stamp(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _shifts(person: Person) -> list[PlannedShift]:
    """Return the published shifts from yesterday on, in whichever district they are."""
    moment = now()
    plans = Deployment.objects.filter(first_day__gte=local_day(moment) - _LATELY).exclude(
        published_at=None
    )
    running = [p.id for p in plans if p.first_day + timedelta(days=p.days) >= local_day(moment)]
    if not running:
        return []
    found = PlannedShift.objects.filter(
        district__in=streams(),
        deployment_id__in=running,
        person_id=person.id,
        person_district=person.district,
        ends_at__gte=moment - timedelta(days=1),
    ).exclude(state=ShiftState.DROPPED)
    return list(found.order_by("starts_at", "id")[:MOST_MEMBERS])


def _shift(row: PlannedShift) -> list[Any]:
    return [
        row.district,
        str(row.id),
        row.place,
        _stamp(row.starts_at),
        _stamp(row.ends_at),
        row.state,
        str(row.area_id),
    ]


def _mine(person: Person) -> Q:
    """Return which sign-ups are a person's: as the person, or by the own telephone number."""
    mine = Q(person_id=person.id)
    if person.phone:
        mine |= Q(phone_index=crypto.blind_index(person.phone))
    return mine


def _calls(owner: Owner, person: Person) -> list[dict[str, Any]]:
    """Return the calls that the owner signed up for, and those near that still want people."""
    moment = now()
    districts = sorted({person.district, *districts_of(owner.actor)})
    signed = SignUp.objects.filter(_mine(person), district__in=districts).exclude(
        state=SignUpState.DROPPED
    )
    mine = {(s.district, s.call_id): s for s in signed.order_by("signed_at", "id")}
    paths = shortest([*owner.actor.paths(Verb.WORK), *owner.actor.paths(Verb.READ)])
    near = Call.objects.filter(within(paths, "path"), district__in=districts, state=CallState.OPEN)
    calls = {(c.district, c.id): c for c in near.order_by("-opened_at", "-id")[:MOST_CALLS]}
    away = [key for key in mine if key not in calls]
    for row in Call.objects.filter(district__in={d for d, _ in away}, id__in=[i for _, i in away]):
        calls[row.district, row.id] = row
    groups: dict[tuple[str, UUID], list[CallGroup]] = {}
    for group in CallGroup.objects.filter(
        district__in={d for d, _ in calls}, call_id__in=[i for _, i in calls]
    ).order_by("number"):
        groups.setdefault((group.district, group.call_id), []).append(group)
    rows = []
    for key, call in calls.items():
        sign_up = mine.get(key)
        listed = [
            g
            for g in groups.get(key, [])
            if (g.id == sign_up.group_id if sign_up else g.ends_at > moment)
        ]
        if not listed or (sign_up and listed[0].ends_at < moment - timedelta(days=1)):
            continue
        rows.append(
            {
                "district": call.district,
                "id": str(call.id),
                "name": call.name,
                "purpose": call.purpose,
                "place": call.place,
                "groups": [
                    [
                        str(g.id),
                        g.name,
                        _stamp(g.starts_at),
                        _stamp(g.ends_at),
                        max(g.capacity - g.taken, 0),
                        list(g.skills),
                    ]
                    for g in listed
                ],
                "sign_up": str(sign_up.id) if sign_up else None,
                "state": sign_up.state if sign_up else "",
                "ahead": queries.ahead(sign_up)
                if sign_up and sign_up.state == SignUpState.WAITING
                else 0,
                "share": list(sign_up.share) if sign_up else [],
            }
        )
    return sorted(rows, key=lambda r: (r["groups"][0][2], r["id"]))


def _recalls(person: Person) -> list[dict[str, Any]]:
    running = {
        r.id: r for r in Recall.objects.filter(closed_at=None, opened_at__gte=now() - _LATELY)
    }
    if not running:
        return []
    rows = Recalled.objects.filter(
        district=person.district, recall_id__in=list(running), person_id=person.id
    )
    return [
        {
            "id": str(r.recall_id),
            "name": running[r.recall_id].name,
            "text": running[r.recall_id].text,
            "deadline": _stamp(running[r.recall_id].deadline),
            "answer": r.answer,
            "why": r.why,
        }
        for r in sorted(rows, key=lambda r: (running[r.recall_id].deadline, r.id))
    ]


def _teams(owner: Owner, person: Person) -> list[dict[str, Any]]:
    """Return the teams at work that the person is in, with their members as far as sight goes."""
    units = Membership.objects.filter(district=person.district, person_id=person.id, until=None)
    found = list(
        Team.objects.filter(
            id__in=list(units.values_list("organisation_id", flat=True)), state=TeamState.ACTIVE
        )
        .select_related("area")
        .order_by("formed_at", "id")
    )
    if not found:
        return []
    districts = sorted({person.district, *districts_of(owner.actor)})
    members: dict[UUID, list[TeamMember]] = {}
    for row in TeamMember.objects.filter(
        district__in=districts, team_id__in=[t.id for t in found], until=None
    ).order_by("since", "id"):
        members.setdefault(row.team_id, []).append(row)
    wanted = {(m.district, m.person_id) for rows in members.values() for m in rows}
    wanted |= {
        (lead["district"], UUID(lead["person_id"]))
        for t in found
        for lead in (t.lead, t.deputy)
        if lead
    }
    names = queries.names_of(owner.actor, wanted)
    # Everybody in a team may know who leads it.
    heads = _names({(w["district"], UUID(w["person_id"])) for t in found for w in _heads(t)})
    titles = queries.organisation_names(t.id for t in found)
    return [
        {
            "id": str(t.id),
            "name": titles.get(t.id, ""),
            "area": t.area.name,
            "purpose": t.purpose,
            "charter": t.charter,
            "accepted": any(
                m.person_id == person.id and m.accepted_at for m in members.get(t.id, [])
            ),
            "lead": heads.get(UUID(t.lead["person_id"]), "") if t.lead else "",
            "deputy": heads.get(UUID(t.deputy["person_id"]), "") if t.deputy else "",
            "leads": str(person.id) in {w["person_id"] for w in _heads(t)},
            "equipment": [[e["kind"], e.get("count", 1)] for e in t.equipment],
            "first": t.first_day.isoformat(),
            "last": t.last_day.isoformat() if t.last_day else None,
            "count": len(members.get(t.id, [])),
            "members": [
                [names.get(m.person_id, ""), m.function, int(bool(m.accepted_at))]
                for m in members.get(t.id, [])[:MOST_MEMBERS]
                if names.get(m.person_id)
            ],
        }
        for t in found
    ]


def _heads(team: Team) -> list[dict[str, Any]]:
    return [head for head in (team.lead, team.deputy) if head]


def _names(keys: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    wanted = set(keys)
    if not wanted:
        return {}
    rows = Person.objects.filter(district__in={d for d, _ in wanted}, id__in=[i for _, i in wanted])
    return dict(rows.values_list("id", "name"))


def _whistles(owner: Owner) -> list[dict[str, Any]]:
    """Return the matters that are not closed and whose departments the account speaks for."""
    mine = Grant.objects.filter(account_id=owner.account_id, ended_at=None).exclude(
        organisation_id=None
    )
    units = set(mine.values_list("organisation_id", flat=True))
    if not units:
        return []
    districts = districts_of(owner.actor)
    found = Whistle.objects.filter(district__in=districts).exclude(state=WhistleState.CLOSED)
    matters = {w.id: w for w in found.order_by("-raised_at", "-id")[:400]}
    called = list(
        WhistleDepartment.objects.filter(
            district__in=districts, whistle_id__in=list(matters)
        ).order_by("called_at", "id")
    )
    names = dict(
        Organisation.objects.filter(id__in={d.organisation_id for d in called}).values_list(
            "id", "path"
        )
    )
    ours = {
        unit
        for unit, path in names.items()
        if any(UUID(part) in units for part in path.rstrip("/").split("/"))
    }
    titles = queries.organisation_names(d.organisation_id for d in called)
    areas = dict(
        Area.objects.filter(id__in={w.area_id for w in matters.values()}).values_list("id", "name")
    )
    rows = []
    for one in matters.values():
        departments = [d for d in called if d.whistle_id == one.id]
        if not any(d.organisation_id in ours for d in departments):
            continue
        rows.append(
            {
                "district": one.district,
                "id": str(one.id),
                "kind": one.kind,
                "title": one.title,
                "place": one.place,
                "area": areas.get(one.area_id, ""),
                "due": _stamp(one.report_by),
                "state": one.state,
                "departments": [
                    [
                        str(d.organisation_id),
                        titles.get(d.organisation_id, ""),
                        d.state,
                        d.by,
                        d.why,
                        int(d.organisation_id in ours),
                    ]
                    for d in departments
                ],
            }
        )
    return rows[:MOST_WHISTLES]


def _day(owner: Owner, person: Person, more: set[str]) -> dict[str, Any] | None:
    """Return the owner's hours: on duty since when and where, minutes of today, days in a row."""
    moment = now()
    today = local_day(moment)
    districts = {person.district, *districts_of(owner.actor), *more}
    rows = list(
        Attendance.objects.filter(
            district__in=districts,
            person_id=person.id,
            started_at__gte=moment - timedelta(days=2),
        ).order_by("started_at", "id")
    )
    worked = set()
    for district in sorted(districts):
        worked |= days_of(district, [person.id], moment)[person.id]
    if not worked:
        return None
    length = stretch(worked, today)
    goes_on = next((r for r in reversed(rows) if r.ended_at is None), None)
    return {
        "since": _stamp(goes_on.started_at) if goes_on else None,
        "district": goes_on.district if goes_on else "",
        "place": goes_on.place if goes_on else "",
        "area": str(goes_on.area_id) if goes_on else "",
        "context": goes_on.context if goes_on else "",
        "minutes": sum(
            minutes_between(r.started_at, r.ended_at)
            for r in rows
            if r.ended_at and local_day(r.ended_at) == today
        ),
        "on": today.isoformat(),
        "days": length.days_in_row,
        "off": length.last_day_off.isoformat() if length.last_day_off else None,
    }


def _board(owner: Owner) -> list[list[Any]]:
    """Return who is on duty where the owner leads, the most tired first, with who could take over.

    Only at a community and below: a command post has the board on its desk.
    """
    actor = owner.actor
    if not any(path.count("/") >= Level.COMMUNITY for path in actor.paths(Verb.ASSIGN)):
        return []
    moment = now()
    rows = [r for r in duty_queries.on_duty(actor) if r.since is not None or r.relief]
    rows = [r for r in rows if actor.may(Verb.ASSIGN, r.path)][:MOST_ON_BOARD]
    proposals = {
        r.person_id: duty_queries.substitutes(actor, r.district, r.person_id)
        for r in [r for r in rows if r.relief][:MOST_SUBSTITUTES]
    }
    keys = {(r.district, r.person_id) for r in rows}
    keys |= {(r.district, UUID(c.person_id)) for r in rows for c in proposals.get(r.person_id, [])}
    names = queries.names_of(actor, keys)
    return [
        [
            r.district,
            str(r.person_id),
            names.get(r.person_id, ""),
            r.place,
            _stamp(r.since),
            # What goes on is counted by the phone, so that the list stays as it is meanwhile.
            r.minutes_today - minutes_between(r.since, moment) if r.since else r.minutes_today,
            r.days_in_row,
            int(r.relief),
            str(r.area_id),
            [
                [c.person_id, names.get(UUID(c.person_id), ""), c.days_in_row, c.minutes]
                for c in proposals.get(r.person_id, [])
            ],
        ]
        for r in rows
    ]


# What the owner does for oneself: the path at which it lies, where the row is the owner's.


def _uuid(payload: Mapping[str, Any], field: str) -> UUID:
    """Return the id in a payload that nobody has checked yet; nobody's id for anything else."""
    try:
        return UUID(str(payload.get(field)))
    except ValueError:
        return UUID(int=0)


def own_shift(owner: Owner, district: str, payload: Mapping[str, Any]) -> str | None:
    """Return where the owner's shift lies."""
    if owner.person_id is None:
        return None
    row = PlannedShift.objects.filter(
        district=district,
        id=_uuid(payload, "shift_id"),
        person_district=owner.district,
        person_id=owner.person_id,
    )
    return row.values_list("path", flat=True).first()


def own_sign_up(owner: Owner, district: str, payload: Mapping[str, Any]) -> str | None:
    """Return where the call lies for which the owner signed up."""
    person = _person(owner)
    if person is None:
        return None
    mine = SignUp.objects.filter(_mine(person), district=district, id=_uuid(payload, "sign_up_id"))
    call = Call.objects.filter(
        district=district, id=_uuid(payload, "call_id"), id__in=mine.values("call_id")
    )
    return call.values_list("path", flat=True).first()


def own_person(owner: Owner, district: str, payload: Mapping[str, Any]) -> str | None:
    """Return the owner's own path, where the payload is about the owner."""
    person = _person(owner)
    if person is None or district != person.district:
        return None
    return people_queries.path_of(person) if _uuid(payload, "person_id") == person.id else None


def own_duty_time(owner: Owner, district: str, payload: Mapping[str, Any]) -> str | None:
    """Return where the owner goes on or off duty: at a shift of one's own, or where one is."""
    if owner.person_id is None or _uuid(payload, "person_id") != owner.person_id:
        return None
    area_id = _uuid(payload, "area_id")
    moment = now()
    shift = PlannedShift.objects.filter(
        district=district,
        person_id=owner.person_id,
        area_id=area_id,
        starts_at__lte=moment + timedelta(days=1),
        ends_at__gte=moment - timedelta(days=2),
    ).exclude(state=ShiftState.DROPPED)
    here = Attendance.objects.filter(
        district=district, person_id=owner.person_id, area_id=area_id, ended_at=None
    )
    if not (shift.exists() or here.exists()):
        return None
    return Area.objects.filter(id=area_id).values_list("path", flat=True).first()
