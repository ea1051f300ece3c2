"""The pages: each role's view, entering checks, referrals, release with its certificate."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.screening.helpers import client, start, text
from tests.town import COMMUNITY, DISTRICT, Town, do
from tests.watching.helpers import TODAY, act, begin, build, clock

from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.people.models import Person
from lianfang.services import cards
from lianfang.watching import certificates
from lianfang.watching.models import Check, Referral, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    with times.at(clock(8)):
        return build()


def page(browser: Client, name: str, *args: Any, **query: str) -> str:
    response = browser.get(reverse(name, args=args), query)
    assert response.status_code == 200, (name, response.status_code)
    return text(response)


def test_the_board_lists_filters_and_pages(town: Town) -> None:
    with times.at(clock(8)):
        watch = begin(town)
        begin(town, "4-1-101", who="grid2")
        lead, grid = client(town, "lead"), client(town, "grid1")
        assert "王4-1-1010" in page(lead, "watches")
        mine = page(grid, "watches")
        assert "王3-2-5010" in mine
        assert "王4-1-1010" not in mine
        assert "王3-2-5010" in page(grid, "watches", which="due")
        assert "王3-2-5010" not in page(grid, "watches", which="overdue")
        assert "王3-2-5010" in page(lead, "watches", q="3-2-501")
        assert "王4-1-1010" not in page(lead, "watches", q="3-2-501")
        assert "王3-2-5010" in page(lead, "watches", area=str(watch.area_id))
        table = lead.get(reverse("watches"), headers={"hx-request": "true"})
        assert "<html" not in text(table)
        for query in ({"which": "x"}, {"cursor": "broken"}, {"area": "no"}, {"place": "moon"}):
            page(lead, "watches", **query)


def test_pages_are_closed_to_those_who_may_not(town: Town) -> None:
    with times.at(clock(8)):
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0")
        row = Referral.objects.get()
        places = [
            reverse("watch", args=[DISTRICT, watch.id]),
            reverse("watch_act", args=[DISTRICT, watch.id, "release"]),
            reverse("watch_certificate", args=[DISTRICT, watch.id]),
            reverse("referral", args=[DISTRICT, row.id]),
            reverse("referral_act", args=[DISTRICT, row.id, "transport"]),
            reverse("watch_start", args=[DISTRICT, town.households["3-2-501"]]),
            reverse("watch_take_over", args=[DISTRICT, watch.id]),
        ]
        for name in ("grid2", "street", "district", "volunteer", "other", "site"):
            browser = client(town, name)
            for where in places:
                assert browser.get(where).status_code in (403, 404), (name, where)
        for where in (*places, reverse("watches"), reverse("referrals"), reverse("openings")):
            assert Client().get(where).status_code == 302


def test_checks_are_entered_in_a_list(town: Town) -> None:
    with times.at(clock(8)):
        one, two = begin(town), begin(town, number=1)
        other = begin(town, "3-2-502")
        grid = client(town, "grid1")
        shown = page(grid, "watch_entry")
        assert "3 checks are open now" in shown
        sent = {"entry_id": str(new_id()), "normal": str(town.households["3-2-501"])}
        assert grid.post(reverse("watch_entry"), sent).status_code == 302
        assert set(Check.objects.values_list("watch_id", flat=True)) == {one.id, two.id}
        wrong = {"entry_id": str(new_id()), f"t-{other.id}": "375"}
        answer = grid.post(reverse("watch_entry"), wrong)
        assert answer.status_code == 422
        assert "37.5" in text(answer)
        right = {"entry_id": str(new_id()), f"t-{other.id}": "37.5"}
        assert grid.post(reverse("watch_entry"), right).status_code == 302
        assert Referral.objects.get().watch_id == other.id
        assert "No check is open now" in page(grid, "watch_entry")


def test_a_watch_is_started_extended_and_left_on_its_pages(town: Town) -> None:
    with times.at(clock(8)):
        lead = client(town, "lead")
        home = town.households["3-2-501"]
        where = reverse("watch_start", args=[DISTRICT, home])
        assert "王3-2-5010" in text(lead.get(where))
        who = Person.objects.filter(household_id=home).order_by("name")[0]
        form = {
            "entry_id": str(new_id()),
            "person_id": str(who.id),
            "reason": "arrival",
            "from_day": TODAY.isoformat(),
            "days": "14",
            "checks_a_day": "2",
            "self_check": "on",
        }
        assert lead.post(where, form).status_code == 302
        watch = Watch.objects.get()
        assert "Put under watch" in page(lead, "watch", DISTRICT, watch.id)
        assert "Under watch" in text(lead.get(reverse("household", args=[DISTRICT, home])))
        assert "Checks due" in text(lead.get(reverse("home")))
        extend = reverse("watch_act", args=[DISTRICT, watch.id, "extend"])
        early = {"entry_id": str(new_id()), "until_day": TODAY.isoformat(), "why": "x"}
        assert lead.post(extend, early).status_code == 422
        late = {"entry_id": str(new_id()), "until_day": "2026-03-20", "why": "x"}
        assert lead.post(extend, late).status_code == 302
        left = reverse("watch_act", args=[DISTRICT, watch.id, "left"])
        assert lead.post(left, {"entry_id": str(new_id()), "note": "楼下"}).status_code == 302
        assert "王3-2-5010" in page(lead, "watches", which="left")
        assert lead.get(reverse("watch_act", args=[DISTRICT, watch.id, "x"])).status_code == 404


def test_a_referral_goes_its_way_on_its_pages(town: Town) -> None:
    with times.at(clock(8)):
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0", symptoms=["cough"])
        row = Referral.objects.get()
        health = client(town, "health")
        assert "38.0 °C" in page(health, "referrals")
        assert "38.0 °C" in page(health, "referral", DISTRICT, row.id)
        for step, more in (
            ("transport", {"by": "ambulance"}),
            ("accept", {"clinic": "区人民医院"}),
            ("depart", {}),
            ("arrive", {}),
            ("result", {"result": "negative"}),
        ):
            where = reverse("referral_act", args=[DISTRICT, row.id, step])
            assert health.get(where).status_code == 200
            sent = health.post(where, {"entry_id": str(new_id()), **more})
            assert sent.status_code == 302, step
        over = page(health, "referrals", which="over")
        assert "Negative" in over
        again = reverse("referral_act", args=[DISTRICT, row.id, "depart"])
        assert health.post(again, {"entry_id": str(new_id())}).status_code in (409, 422)


def test_a_certificate_is_given_and_can_be_checked_by_anybody(town: Town) -> None:
    with times.at(clock(8)):
        watch = begin(town)
        code = certificates.code_of(DISTRICT, watch.id)
        anybody = Client(headers={"accept-language": "en"})
        assert anybody.get(reverse("watch_verify", args=[code])).status_code == 404
    with times.at(clock(8, 14)):
        grid = client(town, "grid1")
        assert "王3-2-5010" in page(grid, "watches", which="release")
        where = reverse("watch_act", args=[DISTRICT, watch.id, "release"])
        assert grid.post(where, {"entry_id": str(new_id())}).status_code == 302
        pdf = grid.get(reverse("watch_certificate", args=[DISTRICT, watch.id]))
        assert pdf.content.startswith(b"%PDF")
        answer = anybody.get(reverse("watch_verify", args=[code]))
        shown = text(answer)
        assert "This certificate is valid." in shown
        assert "王*" in shown
        for hidden in ("3-2-501", "王3", "contact", "Contact", "怡景"):
            assert hidden not in shown
        assert anybody.get(reverse("watch_verify", args=[code + "x"])).status_code == 404
        begin(town)
        assert anybody.get(reverse("watch_verify", args=[code])).status_code == 404


def test_who_saw_what(town: Town) -> None:
    with times.at(clock(8)):
        watch = begin(town)
        do(
            town.actor("street"),
            "person.open",
            {"person_id": str(watch.person_id), "reason": "核实密接住址"},
        )
        lead = client(town, "lead")
        shown = page(lead, "openings")
        assert "核实密接住址" in shown
        assert "street" in shown
        assert "核实密接住址" in page(lead, "openings", q="street")
        assert "核实密接住址" not in page(lead, "openings", q="grid1")
        assert "核实密接住址" not in page(lead, "openings", to="2026-03-01")
        assert "核实密接住址" in page(lead, "openings", **{"from": TODAY.isoformat()})
        assert client(town, "grid1").get(reverse("openings")).status_code == 404


def test_exports_are_journalled_and_asked_for(town: Town) -> None:
    import python_calamine

    with times.at(clock(8)):
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0")
        lead = client(town, "lead")
        for name in ("watches_export", "referrals_export", "openings_export"):
            where = reverse(name)
            assert lead.get(where).status_code == 200
            sent = lead.post(where, {"entry_id": str(new_id())})
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sent.content))
            rows = book.get_sheet_by_index(0).to_python()
            assert len(rows) >= 2, name
        assert client(town, "grid1").get(reverse("watches_export")).status_code == 404


def test_the_elevation_shows_isolation_to_those_who_see_health(town: Town) -> None:
    with times.at(clock(8)):
        begin(town)
        round_id = start(town, first_day=TODAY.isoformat(), last_day="2026-03-09")
        where = reverse("round_building", args=[round_id])
        seen = text(client(town, "lead").get(where, {"area": str(town.areas[COMMUNITY].id)}))
        assert "d-isolated" in seen or 'data-state="isolated"' in seen or "isolated" in seen


def test_the_residents_page_takes_checks_from_a_bound_browser_only(town: Town) -> None:
    from unittest.mock import patch

    with times.at(clock(8)):
        watch = begin(town)
        code = cards.code_of(DISTRICT, town.households["3-2-501"])
        browser = Client(headers={"accept-language": "en"})
        assert "Daily check" not in text(browser.get(reverse("door", args=[code])))
        where = reverse("door_checks", args=[code])
        assert browser.get(where).status_code == 302
        with (
            patch("lianfang.services.views.door_checks.bound", return_value=True),
            patch("lianfang.services.views.door.bound", return_value=True),
        ):
            assert "Daily check" in text(browser.get(reverse("door", args=[code])))
            assert "王*" in text(browser.get(where))
            bad = browser.post(where, {"entry_id": str(new_id())})
            assert bad.status_code == 422
            sent = browser.post(where, {"entry_id": str(new_id()), "t0": "36.9"})
            assert sent.status_code == 302
    check = Check.objects.get(watch_id=watch.id)
    assert (check.tenths, check.own, check.state) == (369, True, "done")


def test_the_watch_of_another_district_is_taken_over_on_a_page(town: Town) -> None:
    with times.at(clock(8)):
        rows = [{"code": "440606", "name": "顺德区"}, {"code": "440606001", "name": "大良街道"}]
        rows += [{"code": "440606001001", "name": "府又社区"}]
        from lianfang.areas.models import Area
        from lianfang.kernel.actors import OPERATOR

        do(OPERATOR, "area.import", {"rows": rows}, "")
        town.areas = {a.code: a for a in Area.objects.all()}
        town.hire("there", "community_lead", "440606001001")
        watch = begin(town)
        grid, there = client(town, "grid1"), client(town, "there")
        offer = reverse("watch_act", args=[DISTRICT, watch.id, "transfer"])
        unknown = {"entry_id": str(new_id()), "code": "9", "why": "回家"}
        assert grid.post(offer, unknown).status_code == 422
        good = {"entry_id": str(new_id()), "code": "440606001001", "why": "回家"}
        assert grid.post(offer, good).status_code == 302
        # Both sides see it until it is taken over, and the checks go on.
        assert "王3-2-5010" in page(grid, "watches", which="handing")
        assert "王3-2-5010" in page(there, "watch_incoming")
        assert act(town.actor("grid1"), "watch.check", watch, normal=True).stands
        assert client(town, "other").get(reverse("watch_incoming")).status_code == 200
        where = reverse("watch_take_over", args=[DISTRICT, watch.id])
        sent = {"entry_id": str(new_id()), "area": str(town.areas["440606001001"].id)}
        assert there.post(where, sent).status_code == 302
        watch.refresh_from_db()
        assert watch.state == "transferred"
        new = Watch.objects.get(district="440606")
        assert (new.state, new.until_day, new.reasons) == ("live", watch.until_day, ["contact"])
        assert there.post(where, sent).status_code == 404
        assert "王3-2-5010" in page(there, "watches")


def test_programs_read_watches_and_referrals_as_people_do(town: Town) -> None:
    with times.at(clock(8)):
        watch = begin(town)
        act(town.actor("grid1"), "watch.check", watch, temperature="38.0")
        for name, seen in (("grid1", True), ("health", True), ("grid2", False)):
            browser = client(town, name)
            found = browser.get("/api/watches").json()["items"]
            assert ([w["id"] for w in found] == [str(watch.id)]) is seen, name
            sent = browser.get("/api/referrals").json()["items"]
            assert ([r["temperature"] for r in sent] == [38.0]) is seen, name
        assert client(town, "grid1").get("/api/watches?which=overdue").json()["items"] == []
