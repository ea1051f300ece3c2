"""Who may open which page and send which command, and who sees which field: tables to read.

A community with grid 1 (door 3-2-501, Li An) and grid 2 (door 5-1-101). A letter is a role:
  L community lead   1 grid worker of grid 1   2 grid worker of grid 2   V volunteer in grid 1
  B building lead in grid 1   S street command   D district command   C city command
  H health officer of the district   G site staff (gate)   U auditor   A administrator
  E lead of another community
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse
from tests import town as towns
from tests.people.conftest import ANN, Login
from tests.town import DISTRICT, Town, entry

from lianfang.kernel.ids import new_id
from lianfang.kernel.receipts import Status
from lianfang.kernel.submit import submit
from lianfang.people import queries
from lianfang.people.models import Person

NAMES = {
    "L": "lead",
    "1": "grid1",
    "2": "grid2",
    "V": "volunteer",
    "B": "building",
    "S": "street",
    "D": "county",
    "C": "city",
    "H": "health",
    "G": "site",
    "U": "auditor",
    "A": "admin",
    "E": "elsewhere",
}
EVERYBODY = "".join(NAMES)
ANN_ID = UUID("01900000-0000-7000-8000-0000000000aa")

# Page (of the community, grid 1, the door, or Li An) -> who may open it; all others get 404.
PAGES = {
    "home": "L12VBSDCHGUAE",
    "duties": "L12VBSDCHGUAE",
    "account": "L12VBSDCHGUAE",
    "refused": "L12VBSDCHGUAE",
    "areas": "L12VBSDCHGUAE",
    "gaps": "L12VBSDCHGUAE",
    "organisations": "L12VBSDCHGUAE",
    "held": "LE",
    "journal": "LSDCHUE",
    "accounts": "LSDCAE",
    "link_sheet": "LSDCAE",
    "organisation_new": "LSDCAE",
    "area": "LSDCHGUA",
    "area_draw": "LDCA",
    "area_rename": "LDCA",
    "account_new": "LSDCA",
    "grant_give": "LSDCA",
    "households": "LSDCHGUA",
    "household_register": "L",
    "households_export": "LSH",
    "area grid": "L1BSDCHGUA",
    "households grid": "L1BSDCHGUA",
    "household_register grid": "L1",
    "grid_split grid": "LDCA",
    "grid_merge grid": "LDCA",
    "area_retire grid": "LDCA",
    "household": "L1BSDCHGUA",
    "household_correct": "L1",
    "household_close": "L1",
    "household_merge": "L1",
    "person_add": "L1",
    "person": "L1BSDCHGUA",
    "person_correct": "L1",
    "person_move": "L1",
    "person_leave": "L1",
    "person_purge": "L",
}
OF_COMMUNITY = {
    *("area", "area_draw", "area_rename", "account_new", "grant_give"),
    *("households", "household_register", "households_export"),
}
OF_DOOR = frozenset(
    ["household", "household_correct", "household_close", "household_merge", "person_add"]
)
OF_PERSON = frozenset(["person", "person_correct", "person_move", "person_leave", "person_purge"])


def address(town: Town, page: str) -> str:
    name, _, where = page.partition(" ")
    if where == "grid":
        return reverse(name, args=[town.grid(1).id])
    if name in OF_COMMUNITY:
        return reverse(name, args=[town.areas[towns.COMMUNITY].id])
    if name in OF_DOOR:
        return reverse(name, args=[DISTRICT, town.households["3-2-501"]])
    if name in OF_PERSON:
        return reverse(name, args=[DISTRICT, ANN_ID])
    return reverse(name)


def test_pages(town: Town, login: Login) -> None:
    seen = {}
    clients = {letter: login(name) for letter, name in NAMES.items()}
    for page in PAGES:
        url = address(town, page)
        codes = {letter: clients[letter].get(url).status_code for letter in EVERYBODY}
        assert set(codes.values()) <= {200, 404}, (page, codes)
        seen[page] = "".join(letter for letter, code in codes.items() if code == 200)
    assert seen == PAGES


# Command -> who may send it about grid 1, its door, Li An; the answer to all others.
COMMANDS = {
    "household.register": ("L1", "refused"),
    "household.correct": ("L1", "refused"),
    "household.assign": ("LDCA", "refused"),
    "household.close": ("L1", "refused"),
    "person.register": ("L1", "refused"),
    "person.correct": ("L1", "refused"),
    "person.leave": ("L1", "refused"),
    "person.open": ("SDCH", "refused"),
    "person.reveal": ("L1BH", "refused"),
    "person.purge": ("L", "refused"),
    "membership.join": ("LSDCA", "refused"),
    "export.record": ("LSDCH", "refused"),
    "area.draw": ("LDCA", "refused"),
    "area.rename": ("LDCA", "refused"),
    "grant.give": ("LSDCA", "refused"),
    "account.switch": ("LSDCA", "refused"),
    "organisation.attach": ("LSDCA", "refused"),
}
REFERENCE = {"area.draw", "area.rename", "grant.give", "account.switch", "organisation.attach"}


def payload(town: Town, command: str, organisation: UUID) -> dict[str, Any]:
    grid, door = str(town.grid(1).id), str(town.households["3-2-501"])
    person = {"person_id": str(ANN_ID)}
    table: dict[str, dict[str, Any]] = {
        "household.register": {"household_id": str(new_id()), "area_id": grid, "room": "9"},
        "household.correct": {"household_id": door, "room": "501"},
        "household.assign": {"area_id": grid, "household_ids": [door]},
        "household.close": {"household_id": door, "why": "gone"},
        "person.register": {"person_id": str(new_id()), "area_id": grid, "name": "n"},
        "person.correct": {**person, "name": "n"},
        "person.leave": person,
        "person.open": {**person, "reason": "contact of a case"},
        "person.reveal": person,
        "person.purge": {**person, "reason": "asked for"},
        "membership.join": {**person, "organisation_id": str(organisation)},
        "export.record": {"area_id": grid, "what": "households", "rows": 3},
        "area.draw": {"parent_id": grid, "code": "x1", "name": "n"},
        "area.rename": {"area_id": grid, "name": "n"},
        "grant.give": {
            "account_id": str(town.accounts["grid2"].id),
            "role": "grid_worker",
            "area_id": grid,
        },
        "account.switch": {"account_id": str(town.accounts["volunteer"].id), "active": True},
        "organisation.attach": {"organisation_id": str(organisation), "area_id": grid},
    }
    return table[command]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(town: Town, command: str) -> None:
    organisation = new_id()
    made = {"organisation_id": str(organisation), "name": "o"}
    towns.do(town.actor("lead"), "organisation.create", made, "")
    allowed, others = COMMANDS[command]
    district = "" if command in REFERENCE else DISTRICT
    answers = {}
    for letter, name in NAMES.items():
        with transaction.atomic():
            act = entry(command, payload(town, command, organisation), district)
            answers[letter] = submit(town.actor(name), [act])[0].status
            transaction.set_rollback(True)
    assert "".join(k for k, v in answers.items() if v == Status.ACCEPTED) == allowed, answers
    assert {v for k, v in answers.items() if k not in allowed} <= {Status(others)}


# Who sees what of Li An: name in full (N) or masked (n), sex and age (a), relation and date of
# birth (b), telephone masked (t), document masked (d), why looked after (c). "-": not the person.
FIELDS = {
    "L": "Nabtdc",
    "1": "Nabtdc",
    "2": "-",
    "V": "-",
    "B": "Nabdc",
    "S": "na",
    "D": "",
    "C": "",
    "H": "Nabdc",
    "G": "",
    "U": "na",
    "A": "",
    "E": "-",
}


def fields(seen: queries.Visible) -> str:
    marks = {
        "N": seen.name == ANN["name"],
        "n": seen.name == "李**",
        "a": (seen.sex, seen.age is not None) == ("female", True),
        "b": bool(seen.relation and seen.born),
        "t": seen.phone == "199****0012",
        "d": seen.id_number == "E12****" + "78" or bool(seen.id_number),
        "c": seen.care == ("illness",),
    }
    return "".join(mark for mark, there in marks.items() if there)


def test_fields(town: Town) -> None:
    table = {}
    for letter, name in NAMES.items():
        actor = town.actor(name)
        person = queries.person(actor, DISTRICT, ANN_ID)
        table[letter] = "-" if person is None else fields(queries.visible(actor, person))
    assert table == FIELDS


@pytest.mark.parametrize("name", NAMES.values())
def test_no_page_shows_a_whole_number(town: Town, login: Login, name: str) -> None:
    client = login(name)
    for page in ("household", "person", "households grid", "journal"):
        text = client.get(address(town, page)).content.decode()
        assert ANN["phone"] not in text
        assert ANN["id_number"] not in text
        if name in ("volunteer", "grid2", "elsewhere", "street", "county", "city", "auditor"):
            assert ANN["name"] not in text
        if name in ("volunteer", "grid2", "elsewhere", "county", "city", "site", "admin"):
            assert "3-2-501" not in text


def test_rows_and_single_reads_agree(town: Town) -> None:
    for name in NAMES.values():
        actor = town.actor(name)
        listed = set(queries.households(actor).values_list("id", flat=True))
        single = {h for h in town.households.values() if queries.household(actor, DISTRICT, h)}
        assert listed == single, name
        everybody = Person.objects.all()
        people = set(queries.persons(actor).values_list("id", flat=True))
        assert people == {p.id for p in everybody if queries.person(actor, DISTRICT, p.id)}, name


def test_nobody_without_grants_reads_anything(town: Town) -> None:
    from lianfang.kernel.actors import Actor, ActorKind

    nobody = Actor(ActorKind.ACCOUNT, new_id())
    assert not queries.households(nobody).exists()
    assert not queries.persons(nobody).exists()
