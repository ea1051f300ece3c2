"""The one way in: what becomes of entries, good and bad."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import town as towns
from tests.town import DISTRICT, Town, do, entry

from lianfang.kernel import journal
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record, SetAside, Tally
from lianfang.kernel.receipts import Status
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.people.models import Household, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.build()


def household(town: Town, room: str = "501", **more: Any) -> dict[str, Any]:
    return {
        "household_id": str(new_id()),
        "area_id": str(town.grid(1).id),
        "building": "3",
        "unit": "2",
        "floor": 5,
        "room": room,
        "members": [{"person_id": str(new_id()), "name": "王芳"}],
        **more,
    }


def test_a_registered_household_counts_on_every_level_up_to_the_district(town: Town) -> None:
    town.register(1, "3-2-501", "3-2-502")
    town.register(2, "4-1-101")
    counts = {
        area.code: Tally.objects.get(period="now", metric="households", area_id=area.id).value
        for area in town.areas.values()
        if area.path.startswith("44/4406/440605/440605011/") or area.code == "440605"
    }
    assert counts[towns.COMMUNITY + "001"] == 2
    assert counts[towns.COMMUNITY + "002"] == 1
    assert counts[towns.COMMUNITY] == counts["440605011"] == counts["440605"] == 3


def test_the_same_entry_again_is_answered_as_before_and_changes_nothing(town: Town) -> None:
    one = entry("household.register", household(town))
    first, again = submit(town.actor("lead"), [one]), submit(town.actor("lead"), [one])
    assert first[0].status == Status.ACCEPTED
    assert (again[0].status, again[0].first) == (Status.REPEATED, Status.ACCEPTED)
    assert again[0].result == first[0].result
    assert Household.objects.count() == 1


def test_the_same_id_with_other_content_is_refused(town: Town) -> None:
    one = entry("household.register", household(town))
    other = entry("household.register", household(town, "502"), id=one.id)
    submit(town.actor("lead"), [one])
    receipt = submit(town.actor("lead"), [other])[0]
    assert receipt.status == Status.REFUSED
    assert receipt.refusal
    assert receipt.refusal.code == "kernel.other_content"
    assert Household.objects.get().room == "501"
    submit(town.actor("lead"), [other])
    kept = SetAside.objects.get()
    assert journal.content_of(kept).payload["room"] == "502"


def test_twins_in_one_list_get_one_record(town: Town) -> None:
    one = entry("household.register", household(town))
    receipts = submit(town.actor("lead"), [one, one])
    assert [r.status for r in receipts] == [Status.ACCEPTED, Status.REPEATED]
    assert receipts[1].first == Status.ACCEPTED


def test_one_bad_entry_among_a_hundred_sinks_none(town: Town) -> None:
    entries = [entry("household.register", household(town, str(100 + n))) for n in range(100)]
    entries[41] = entry("household.register", household(town, "", building="3"))
    receipts = submit(town.actor("lead"), entries)
    assert [n for n, r in enumerate(receipts) if r.status != Status.ACCEPTED] == [41]
    assert Household.objects.count() == 99
    aside = SetAside.objects.get()
    assert aside.state == SetAside.State.REFUSED
    assert aside.field == "room"
    assert "王芳" not in aside.content


def test_a_mended_entry_takes_the_refused_one_off_the_list(town: Town) -> None:
    bad = entry("household.register", household(town, ""))
    submit(town.actor("lead"), [bad])
    submit(town.actor("lead"), [entry("household.register", household(town), mends=bad.id)])
    assert SetAside.objects.get().state == SetAside.State.MENDED
    assert Record.objects.get(command="household.register").mends_id == bad.id


def test_an_error_in_a_list_handler_reruns_the_entries_singly(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = COMMANDS["household.register"]

    def moody(batch: Any) -> None:
        if any(item.payload.room == "13" for item in batch):
            raise RuntimeError("no thirteenth room")
        spec.handler(batch)

    import dataclasses

    monkeypatch.setitem(COMMANDS, "household.register", dataclasses.replace(spec, handler=moody))
    entries = [entry("household.register", household(town, r)) for r in ("12", "13", "14")]
    receipts = submit(town.actor("lead"), entries)
    assert [r.status for r in receipts] == [Status.ACCEPTED, Status.REFUSED, Status.ACCEPTED]
    assert receipts[1].refusal
    assert receipts[1].refusal.code == "kernel.unexpected"
    assert SetAside.objects.get().id == entries[1].id


@pytest.mark.parametrize(
    ("who", "code"),
    [("grid1", None), ("grid2", "kernel.not_found"), ("stranger", "kernel.forbidden")],
)
def test_what_is_out_of_scope_looks_as_if_it_were_not_there(
    town: Town, who: str, code: str | None
) -> None:
    town.hire("stranger", "volunteer", towns.COMMUNITY)
    receipt = submit(town.actor(who), [entry("household.register", household(town))])[0]
    assert (receipt.refusal.code if receipt.refusal else None) == code


def test_a_grid_that_does_not_exist_and_one_of_others_are_refused_alike(town: Town) -> None:
    foreign = household(town, area_id=str(town.areas["440605012901001"].id))
    absent = household(town, area_id=str(new_id()))
    answers = [
        submit(town.actor("lead"), [entry("household.register", p)])[0].as_dict()["problem"]
        for p in (foreign, absent)
    ]
    assert answers[0] == answers[1]


def test_a_time_in_the_future_is_refused_at_a_desk_and_held_from_a_phone(town: Town) -> None:
    tomorrow = now() + timedelta(days=1)
    desk = entry("household.register", household(town), occurred_at=tomorrow)
    phone = entry("household.register", household(town), occurred_at=tomorrow)
    assert submit(town.actor("lead"), [desk])[0].status == Status.REFUSED
    assert submit(town.actor("lead"), [phone], hold_odd_clocks=True)[0].status == Status.HELD


def test_an_unknown_command_and_a_wrong_district_are_refused(town: Town) -> None:
    receipts = submit(
        town.actor("lead"),
        [entry("household.teleport", {}), entry("household.register", household(town), "")],
    )
    assert [r.refusal.code for r in receipts if r.refusal] == [
        "kernel.unknown_command",
        "kernel.wrong_district",
    ]


def test_the_journal_numbers_each_district_without_holes(town: Town) -> None:
    town.register(1, "3-2-501", "3-2-502")
    do(town.actor("lead"), "household.close", close(town, "3-2-502"))
    numbers = list(
        Record.objects.filter(district=DISTRICT).order_by("seq").values_list("seq", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))


def close(town: Town, label: str) -> dict[str, Any]:
    return {"household_id": str(town.households[label]), "why": "拆除"}


def test_the_journal_holds_no_name_in_plain_text(town: Town) -> None:
    town.register(1, "3-2-501")
    record = Record.objects.get(command="household.register")
    assert "王" not in record.payload
    assert "王" not in record.sealed
    assert Person.objects.filter(name__startswith="王").count() == 2
