# cjk: names of the made-up community
"""Builds the demonstration: the example files through the imports, then a morning of visits.

Everything goes through `submit`, as it would in a community, at the times of one morning: the
clock is set back while it is built. One seed gives one morning; passwords are new each time.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from lianfang.areas import queries as areas
from lianfang.areas.models import Area
from lianfang.areas.rules import Level, Role
from lianfang.doors.imports import jobs, work
from lianfang.doors.imports.headers import propose
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import AreaRow, Kind
from lianfang.doors.imports.tables import open_book
from lianfang.drill import demo_desk, demo_flight, demo_watches, posts
from lianfang.drill.town import COMMUNITY
from lianfang.kernel import times
from lianfang.kernel.actors import OPERATOR, Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.people import auth, lookup
from lianfang.people.auth import actor_for
from lianfang.people.models import Account, Household
from lianfang.people.rules import HouseholdState
from lianfang.screening import rounds

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
DISTRICT = COMMUNITY[:6]
# Nobody is named for this grid, so that one sees what the product says about it.
UNNAMED_GRID = COMMUNITY + "012"
SEED = 2020

Say = Callable[[str, int, int | None], None]


class DemoError(Exception):
    """The demonstration cannot be built; the message says why."""


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demonstration; `password` is in no file but accounts.txt."""

    role: Role
    username: str
    name: str
    code: str
    password: str


_ACCOUNTS: tuple[tuple[Role, str, str, str], ...] = (
    (Role.COMMUNITY_LEAD, "lead", "陈书记", COMMUNITY),
    (Role.GRID_WORKER, "grid", "林网格员", COMMUNITY + "001"),
    (Role.BUILDING_LEAD, "building", "黄楼长", COMMUNITY + "001"),
    (Role.VOLUNTEER, "volunteer", "张志愿者", COMMUNITY),
    (Role.SITE_STAFF, "site", "李值守", COMMUNITY),
    (Role.STREET_COMMAND, "street", "王主任", COMMUNITY[:9]),
    (Role.DISTRICT_COMMAND, "district", "吴指挥", COMMUNITY[:6]),
    (Role.CITY_COMMAND, "city", "刘指挥", COMMUNITY[:4]),
    (Role.HEALTH_OFFICER, "health", "蔡医生", COMMUNITY[:6]),
    (Role.AUDITOR, "auditor", "杨督查", COMMUNITY[:6]),
    (Role.ADMINISTRATOR, "admin", "管理员", ""),
)


def is_built() -> bool:
    """Tell whether the demonstration lies in the data folder and in the database, whole."""
    return _mark().exists() and areas.by_code(COMMUNITY) is not None


def is_empty() -> bool:
    """Tell whether nobody has used the database."""
    return not Account.objects.exists() and not Area.objects.exists()


def is_ours() -> bool:
    """Tell whether the database holds nothing but (a part of) a demonstration."""
    communities = Area.objects.filter(level=Level.COMMUNITY).values_list("code", flat=True)
    return (
        set(communities) <= {COMMUNITY}
        and not Account.objects.exclude(username__in=[username for _, username, _, _ in _ACCOUNTS])
        .filter(person_id=None)
        .exists()
    )


def _mark() -> Path:
    return Path(settings.DATA_DIR) / "demo.built"


def accounts_file() -> Path:
    """Return where the log-ins are written down."""
    return Path(settings.DATA_DIR) / "accounts.txt"


def morning(now: datetime) -> datetime:
    """Return eight o'clock of the last morning that is over: today's from noon on."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    day = here if here.hour >= 12 else here - timedelta(days=1)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)


def build(say: Say, examples: Path = EXAMPLES) -> list[Login]:
    """Build everything; returns the log-ins. Raises DemoError."""
    if not (examples / "roster.xlsx").exists():
        raise DemoError(f"The example files are missing: {examples}")
    start = morning(times.now())
    with times.at(start - timedelta(minutes=90)):
        _areas(examples / "areas.csv", say)
        logins = list(_hire())
        lead = _actor("lead")
        community = _area(COMMUNITY)
        for kind, name in (
            (Kind.ORGANISATIONS, "organisations.xlsx"),
            (Kind.ROSTER, "roster.xlsx"),
            (Kind.HELPERS, "helpers.xlsx"),
        ):
            _take(lead, kind, community, examples / name, say)
        _leave_unnamed(lead)
    with times.at(start - timedelta(minutes=45)):
        demo_flight.receive(_actor("lead"), community, examples / "flight-tr188.xlsx", DemoError)
        say("flight-tr188.xlsx", 1, 1)
    with times.at(start - timedelta(minutes=30)):
        round_id = _open_round(lead, community, start)
    done = 0
    visits = sorted(_visits(round_id, start), key=lambda v: v[1].occurred_at)
    for actor, entries in _lists(visits):
        _accepted(actor, entries, received_at=entries[-1].occurred_at + timedelta(seconds=20))
        done += len(entries)
        say("visits", done, len(visits))
    _posts(lead, community, start, say)
    _watches(start, say)
    demo_desk.desk(lead, community, start, _accepted)
    demo_desk.case(_actor("health"), community, start + timedelta(hours=2), _accepted)
    say("desk", 1, 1)
    _write_accounts(logins)
    _mark().touch()
    return logins


# --- the community --------------------------------------------------------------------------------


def _areas(path: Path, say: Say) -> None:
    book = open_book(path)
    sheet = book.sheets[0]
    rows = [
        {"code": row.code, "name": row.name, "parent": row.parent}
        for row in Reading(sheet, propose(sheet, Kind.AREAS)).entries()
        if isinstance(row, AreaRow)
    ]
    book.close()
    _do(OPERATOR, "area.import", {"rows": rows})
    say("areas.csv", len(rows), len(rows))


def _take(actor: Actor, kind: Kind, area: Area, path: Path, say: Say) -> None:
    job = jobs.begin(actor, kind, area, path, path.name)
    work.check(job)
    work.perform(job, lambda done, total: say(path.name, done, total))
    total = job.expected_rows or 1
    say(path.name, total, total)


def _hire() -> Iterator[Login]:
    for role, username, name, code in _ACCOUNTS:
        account_id = str(new_id())
        content = {"account_id": account_id, "username": username, "name": name}
        _do(OPERATOR, "account.create", content)
        area_id = str(_area(code).id) if code else None
        _do(OPERATOR, "grant.give", {"account_id": account_id, "role": role, "area_id": area_id})
        password = _password()
        auth.set_password(Account.objects.get(id=account_id), password)
        yield Login(role, username, name, code, password)


def _password() -> str:
    """Return a password of 12 signs that can be read out: 60 bits."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"
    signs = "".join(secrets.choice(letters) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def _leave_unnamed(lead: Actor) -> None:
    grid = _area(UNNAMED_GRID)
    for grant in areas.grants_on(grid):
        if grant.role == Role.GRID_WORKER:
            _do(lead, "grant.end", {"grant_id": str(grant.id)})


# --- the round ------------------------------------------------------------------------------------


def _open_round(lead: Actor, community: Area, start: datetime) -> UUID:
    round_id = new_id()
    receipt = rounds.open_round(
        lead,
        {
            "round_id": str(round_id),
            "name": "第一轮入户排查",
            "purpose": "逐户量体温，问有没有湖北来的人",
            "area_ids": [str(community.id)],
            "first_day": start.date().isoformat(),
            "last_day": (start.date() + timedelta(days=2)).isoformat(),
            "watched_origins": ["42"],
        },
    )
    if not receipt.stands:
        raise DemoError(str(receipt.as_dict()))
    return round_id


def _visits(round_id: UUID, start: datetime) -> Iterator[tuple[Actor, Entry]]:
    """Yield a morning's visits with who made them; about seven doors in ten are done by noon."""
    dice = random.Random(SEED)
    fevers = {2: "37.6", 5: "38.4", 8: "38.9"}
    grids = list(areas.below(_area(COMMUNITY), Level.GRID))
    for number, grid in enumerate(grids, 1):
        actor = _worker(grid)
        doors = list(
            Household.objects.filter(
                district=DISTRICT, area=grid, state=HouseholdState.LIVE
            ).order_by("sort_key")
        )
        people = lookup.behind(DISTRICT, [d.id for d in doors])
        # One grid is through, one has hardly begun: its worker is not named.
        share = {3: 1.0, len(grids): 0.2}.get(number, dice.uniform(0.66, 0.94))
        visited = doors[: round(len(doors) * share)]
        step = timedelta(hours=3, minutes=50) / max(len(visited), 1)
        fever_at = len(visited) // 2 if number in fevers else -1
        for place, door in enumerate(visited):
            members = [str(one.id) for one in people.get(door.id, ())]
            if place >= fever_at >= 0 and members:
                content, fever_at = _fever(members, fevers[number]), -1
            else:
                content = _at_the_door(dice, members, grid_is_through=share == 1.0)
            content |= {"household_id": str(door.id), "round_id": str(round_id)}
            at = start + step * place + timedelta(seconds=dice.uniform(0, 20))
            yield actor, Entry(new_id(), "household.visit", content, at, DISTRICT)


def _worker(grid: Area) -> Actor:
    """Return the grid's own worker as the helpers' list names him, else who leads a building."""
    roles = [Role.GRID_WORKER, Role.BUILDING_LEAD]
    grants = [g for g in areas.grants_on(grid) if g.role in roles]
    grants.sort(key=lambda g: (roles.index(Role(g.role)), -g.given_at.timestamp(), g.id))
    if not grants:
        return _actor("lead")
    return actor_for(Account.objects.get(id=grants[0].account_id))


def _fever(members: Sequence[str], temperature: str) -> dict[str, Any]:
    first = {"person_id": members[0], "temperature": temperature, "symptoms": ["cough"]}
    rest = [{"person_id": one, "temperature": "36.6"} for one in members[1:]]
    return {"outcome": "met", "readings": [first, *rest]}


def _at_the_door(
    dice: random.Random, members: Sequence[str], *, grid_is_through: bool
) -> dict[str, Any]:
    """Return what happened at one door."""
    chance = dice.random()
    if not members:
        return {"outcome": "vacant"}
    if not grid_is_through and chance < 0.12:
        return {"outcome": "nobody_home"}
    if not grid_is_through and chance < 0.13:
        return {"outcome": "refused"}
    if chance < 0.15:
        return {"outcome": "moved_away"}
    content: dict[str, Any] = {"outcome": "by_phone" if chance < 0.20 else "met"}
    if chance > 0.8:
        content["readings"] = [
            {"person_id": one, "temperature": f"{36 + dice.randint(1, 9) / 10:.1f}"}
            for one in members
        ]
    else:
        content["all_normal"] = True
    if 0.40 < chance < 0.403:
        since = morning(times.now()).date() - timedelta(days=dice.randint(1, 6))
        guest = {"from_area": "420100", "since": since.isoformat(), "persons": dice.randint(1, 3)}
        content["outsiders"] = [guest]
    return content


def _watches(start: datetime, say: Say) -> None:
    """Put some people of the first grid under watch, with a check that is late."""
    grid = _area(f"{COMMUNITY}001")
    actor = _worker(grid)
    people = demo_watches.watched(grid)
    entries = list(demo_watches.starts(grid, people, start))
    receipts = submit(actor, entries, received_at=start)
    ids = [str(r.result["watch_id"]) for r in receipts if r.stands]
    made = list(demo_watches.checks(ids, grid.district, start))
    if made:
        _accepted(actor, made, received_at=made[-1].occurred_at)
    sites = list(demo_watches.site_checks(grid.district, start + timedelta(minutes=40)))
    _accepted(_actor("site"), sites, received_at=start + timedelta(minutes=100))
    say("watches", len(ids), len(entries))


def _posts(lead: Actor, community: Area, start: datetime, say: Say) -> None:
    """Put up a gate and a checkpoint, and let a morning's vehicles pass."""
    ids = posts.new_posts()
    with times.at(start):
        _accepted(lead, posts.open_posts(ids, str(community.id), start, DISTRICT))
    entries = list(posts.passages(ids, start, SEED, DISTRICT))
    _accepted(_actor("site"), entries, received_at=start + timedelta(hours=4))
    say("passages", len(entries), len(entries))


def _lists(visits: Sequence[tuple[Actor, Entry]]) -> Iterator[tuple[Actor, list[Entry]]]:
    """Gather the visits as phones send them: each worker's in lists of twenty, in time's order."""
    waiting: dict[UUID | None, list[Entry]] = {}
    actors = {actor.id: actor for actor, _ in visits}
    for actor, entry in visits:
        mine = waiting.setdefault(actor.id, [])
        mine.append(entry)
        if len(mine) == 20:
            yield actor, waiting.pop(actor.id)
    for id_, rest in waiting.items():
        yield actors[id_], rest


# --- small things ---------------------------------------------------------------------------------


def _area(code: str) -> Area:
    found = areas.by_code(code)
    if found is None:
        raise DemoError(f"The area {code} is missing.")
    return found


def _actor(username: str) -> Actor:
    return actor_for(Account.objects.get(username=username))


def _do(actor: Actor, command: str, payload: dict[str, Any]) -> None:
    _accepted(actor, [Entry(new_id(), command, payload, times.now())])


def _accepted(actor: Actor, entries: Sequence[Entry], received_at: datetime | None = None) -> None:
    for receipt in submit(actor, entries, received_at=received_at):
        if not receipt.stands:
            raise DemoError(str(receipt.as_dict()))


def _write_accounts(logins: Sequence[Login]) -> None:
    path = accounts_file()
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    lines = [f"{one.username}\t{one.password}\t{one.role}\t{one.name}" for one in logins]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
