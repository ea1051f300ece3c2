"""S07: many hands in one grid: contact, isolation, daily checks, referral by the clock.

Grid worker, building lead, property staff at the gate, health officer, volunteer and street
command share a grid; each sees what the own work needs, and nobody learns whose contact one is.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.screening.helpers import client, start, text
from tests.town import COMMUNITY, DISTRICT, Town, do, entry
from tests.watching.helpers import TODAY, act, build, clock, door, person, refer, terms

from lianfang.areas import queries as area_queries
from lianfang.kernel import clock as ticking
from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Duty, Record, SetAside
from lianfang.kernel.submit import submit
from lianfang.kernel.verification import verify
from lianfang.people import queries as people
from lianfang.people.models import Person
from lianfang.services import care_queries
from lianfang.watching import queries, referral_queries
from lianfang.watching.models import Check, Referral, Watch

pytestmark = pytest.mark.django_db(transaction=True)

CASE = "3-2-503"
CONTACTS = ("3-2-501", "3-2-502", "4-1-101")


def _isolate(town: Town) -> list[Watch]:
    """The health officer puts one person behind each of three doors under watch for 14 days."""
    health = town.actor("health")
    rows = []
    for label in CONTACTS:
        payload = {"person_id": str(person(town, label)), **terms(town, label)}
        receipt = do(health, "watch.start", payload)
        rows.append(Watch.objects.get(id=receipt.result["watch_id"]))
    return rows


def _sees_nothing_of_the_case(town: Town, *pages: str) -> None:
    name = Person.objects.get(id=person(town, CASE)).name
    for page in pages:
        assert name not in page
        assert str(person(town, CASE)) not in page


def test_contact_isolation_checks_and_referral_by_many_hands() -> None:
    with times.at(clock(8)):
        town = build()
        one, two, three = _isolate(town)
        round_id = start(town, first_day=TODAY.isoformat(), last_day="2026-03-30")
        # Isolated at once: the desk's care list and the elevation know it without another entry.
        for watch in (one, two, three):
            assert watch.household_id
            kept = care_queries.care_of(DISTRICT, watch.household_id)
            assert kept
            assert kept.isolated_until == TODAY + timedelta(days=14)

        # Different sight of the same grid.
        assert queries.counts(town.actor("grid1"), [DISTRICT])["due"] == 2
        assert queries.counts(town.actor("building"), [DISTRICT])["due"] == 2
        assert queries.counts(town.actor("health"), [DISTRICT])["due"] == 3
        assert queries.counts(town.actor("volunteer"), [DISTRICT])["live"] == 0
        street = town.actor("street")
        assert queries.counts(street, [DISTRICT])["live"] == 0
        assert area_queries.total(town.areas["440605011"], "watched") == 3
        refused = submit(town.actor("volunteer"), [_check(one)])[0]
        assert refused.refusal

        # The first check by the building lead, the second by the person, the third at a visit.
        assert act(town.actor("building"), "watch.check", one, temperature="36.4").stands
        assert act(door(town, CONTACTS[1]), "watch.self_check", two, temperature="36.6").stands
        visit = {
            "household_id": str(three.household_id),
            "round_id": str(round_id),
            "outcome": "met",
            "all_normal": True,
        }
        do(town.actor("grid2"), "household.visit", visit)
        assert Check.objects.filter(state="done").count() == 3
        assert queries.counts(town.actor("health"), [DISTRICT])["due"] == 0

    # The evening's check of the second is forgotten: it climbs by itself, nobody has to ask.
    with times.at(clock(15)):
        assert act(town.actor("grid1"), "watch.check", one, temperature="36.5").stands
        assert act(town.actor("grid2"), "watch.check", three, temperature="36.5").stands
    with times.at(clock(7, 1)):
        ticking.run()
        late = Duty.objects.get(kind="watch_missed", state="open")
        assert late.subject_id == two.id
        assert late.path.endswith(f"{two.household_id.hex}/")  # type: ignore[union-attr]
    with times.at(clock(10, 1)):
        ticking.run()
        late.refresh_from_db()
        assert late.climbs == 1
        assert late.held_path.endswith(f"{COMMUNITY}/") or late.held_path.endswith("001/")
        assert act(town.actor("grid1"), "watch.check", two, temperature="36.5").stands
        late.refresh_from_db()
        assert late.state == "done"

    # A fever on the third day: a clock on each step, and each late step climbs.
    with times.at(clock(8, 2)):
        sent = act(town.actor("grid1"), "watch.check", one, temperature="38.1", symptoms=["cough"])
        row = Referral.objects.get(id=sent.result["referral_id"])
        assert row.due_at == clock(10, 2)
        health = town.actor("health")
    clocks = []
    for hour, step, more in (
        (9, "transport", {"by": "ambulance"}),
        (9, "accept", {"clinic": "区人民医院发热门诊"}),
        (10, "depart", {}),
        (12, "arrive", {}),
        (15, "result", {"result": "negative"}),
    ):
        with times.at(clock(hour, 2)):
            assert all(r.stands for r in ticking.run())
            assert refer(health, step, row, **more).stands, step
            row.refresh_from_db()
            clocks.append(row.due_at)
    assert clocks == [clock(9, 2, 30), clock(9, 2, 30), clock(11, 2), clock(12, 3), None]
    steps = Duty.objects.filter(kind="referral").order_by("opened_at", "id")
    assert [d.details["step"] for d in steps] == [
        "opened",
        "transport",
        "accepted",
        "on_the_way",
        "arrived",
    ]
    assert {d.state for d in steps} == {"done"}
    # The third step was late by half an hour, the fourth by an hour: both climbed.
    assert [d.climbs for d in steps] == [0, 0, 1, 1, 0]

    # Somebody under watch is seen at the gate.
    with times.at(clock(9, 3)):
        town.hire("gate", "site_staff", COMMUNITY)
        gate = {
            "post_id": str(new_id()),
            "area_id": str(town.areas[COMMUNITY].id),
            "kind": "gate",
            "name": "北门",
        }
        do(town.actor("lead"), "post.open", gate)
        out = {
            "post_id": gate["post_id"],
            "direction": "out",
            "travellers": [{"person_id": str(two.person_id), "temperature": "36.5"}],
        }
        do(town.actor("gate"), "passage.record", out)
        assert queries.counts(town.actor("grid1"), [DISTRICT])["left"] == 1
        assert Duty.objects.get(kind="watch_left", state="open").due_at == clock(9, 3, 30)
        assert act(town.actor("grid1"), "watch.found", two, note="劝返").stands
        assert not Duty.objects.filter(kind="watch_left", state="open").exists()

    # Nobody learns whose contact somebody is: not on pages, not in results, not in the journal.
    with times.at(clock(9, 3)):
        shown = []
        for name in ("grid1", "building", "health", "lead"):
            browser = client(town, name)
            shown.append(text(browser.get(reverse("watches"))))
            shown.append(text(browser.get(reverse("watch", args=[DISTRICT, one.id]))))
            shown.append(text(browser.get(reverse("referral", args=[DISTRICT, row.id]))))
        _sees_nothing_of_the_case(town, *shown)
        line = queries.watched(DISTRICT, [one.person_id])[one.person_id]  # type: ignore[list-item,index]
        _sees_nothing_of_the_case(town, repr(line))
        told = Record.objects.filter(command__startswith="watch.")
        told = told | Record.objects.filter(command__startswith="referral.")
        _sees_nothing_of_the_case(town, *(r.payload + r.result for r in told))
        assert not {f.name for f in Watch._meta.get_fields()} & {"case", "case_id", "contact_id"}

    # Day 14: everybody is released by the grid, with nothing left open.
    with times.at(clock(8, 14)):
        ticking.run()
        assert queries.counts(town.actor("health"), [DISTRICT])["release"] == 3
        for name, watch in (("grid1", one), ("grid1", two), ("grid2", three)):
            assert act(town.actor(name), "watch.release", watch).stands
        mine = ("watch_missed", "watch_release", "watch_left", "referral")
        assert not Duty.objects.filter(kind__in=mine, state="open").exists()
        assert area_queries.total(town.areas[COMMUNITY], "watched") == 0
        assert referral_queries.counts(town.actor("health"), [DISTRICT])["live"] == 0
        for watch in (one, two, three):
            kept = care_queries.care_of(DISTRICT, watch.household_id)  # type: ignore[arg-type]
            assert kept
            assert kept.isolated_until is None
    owed = 14 * 2 * 3
    answered = Check.objects.filter(slot__gt=0)
    # What was owed is accounted for, check by check; the referral's pause owed two fewer.
    assert owed - 2 <= answered.count() <= owed
    # The street opens one person, with a reason that the report shows.
    with times.at(clock(9, 14)):
        seen = people.person(street, DISTRICT, person(town, CONTACTS[0]))
        assert seen is None or not people.visible(street, seen).named
        opened = {"person_id": str(person(town, CONTACTS[0])), "reason": "核查解除情况"}
        do(town.actor("street"), "person.open", opened)
        assert "核查解除情况" in text(client(town, "lead").get(reverse("openings")))
    assert verify().differences == []
    assert not SetAside.objects.exclude(code="kernel.forbidden").exists()
    assert json.loads(Record.objects.filter(command="watch.release").first().result)  # type: ignore[union-attr]


def _check(watch: Watch) -> Any:
    return entry("watch.check", {"watch_id": str(watch.id), "normal": True})
