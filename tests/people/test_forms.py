"""Forms become entries: once for a double click, with errors where they belong, mended later."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime
from python_calamine import CalamineWorkbook
from tests import town as towns
from tests.people.conftest import ANN, Login
from tests.people.test_permissions import ANN_ID
from tests.town import DISTRICT, Town, entry

from lianfang.areas.models import Area, Grant
from lianfang.kernel import times
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record, SetAside
from lianfang.kernel.submit import submit
from lianfang.people.models import Account, Household, Person


def fill(client: Client, url: str, **data: Any) -> Any:
    """Load a form, fill it in as a browser would, and send it."""
    return client.post(url, {**hidden(client.get(url)), **data})


def hidden(answer: Any) -> dict[str, str]:
    text = answer.content.decode()
    inputs = re.findall(r'<input type="hidden" name="(entry_id|mends)"([^>]*)>', text)
    found = {n: re.search(r'value="([^"]*)"', rest) for n, rest in inputs}
    return {n: m.group(1) for n, m in found.items() if m}


def door(town: Town, label: str = "3-2-501", page: str = "household") -> str:
    return reverse(page, args=[DISTRICT, town.households[label]])


def person_page(page: str = "person") -> str:
    return reverse(page, args=[DISTRICT, ANN_ID])


def test_a_double_click_registers_one_door(town: Town, login: Login) -> None:
    lead = login("lead")
    url = reverse("household_register", args=[town.grid(1).id])
    data = {**hidden(lead.get(url)), "building": "7", "unit": "1", "room": "1203"}
    first, second = lead.post(url, data), lead.post(url, data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    (made,) = Household.objects.filter(building="7")
    assert (made.floor, made.label) == (12, "7-1-1203")


def test_a_refusal_stands_at_its_field_and_the_next_try_mends_it(town: Town, login: Login) -> None:
    lead = login("lead")
    url = reverse("household_register", args=[town.grid(1).id])
    answer = fill(lead, url, building="3", unit="2", room="501")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "is on the list of this community already" in text
    assert 'aria-invalid="true"' in text
    refused = SetAside.objects.get(state="refused")
    again = lead.post(url, {**hidden(answer), "building": "3", "unit": "2", "room": "503"})
    assert again.status_code == 302
    refused.refresh_from_db()
    assert refused.state == "mended"
    assert Record.objects.get(mends_id=refused.id).command == "household.register"


def test_a_form_that_is_incomplete_leaves_nothing_behind(town: Town, login: Login) -> None:
    answer = fill(login("lead"), door(town, page="person_add"), name="")
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    assert not SetAside.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "12", "is not a telephone number"),
        ("id_number", "110105194912310021", "is not valid"),
        ("born", "yesterday", "Enter a valid date"),
    ],
)
def test_what_is_wrong_with_a_person_is_said(
    town: Town, login: Login, field: str, value: str, words: str
) -> None:
    data = {"name": "Chen Yi", field: value}
    answer = fill(login("lead"), door(town, page="person_add"), **data)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_person_goes_through_life(town: Town, login: Login) -> None:
    lead = login("lead")
    typed = {"name": "陈一", "phone": "199 0000 0345", "skills": "电工，急救"}
    fill(lead, door(town, page="person_add"), **typed)
    chen = Person.objects.get(name="陈一")
    assert (chen.phone, chen.skills) == ("19900000345", ["电工", "急救"])
    page = reverse("person_move", args=[DISTRICT, chen.id])
    assert fill(lead, page, to="9-9-999").status_code == 422
    assert fill(lead, page, to="3-2-502").status_code == 302
    chen.refresh_from_db()
    assert chen.household_id == town.households["3-2-502"]
    fill(lead, reverse("person_correct", args=[DISTRICT, chen.id]), name="陈怡", phone="")
    chen.refresh_from_db()
    assert (chen.name, chen.phone) == ("陈怡", "")
    fill(lead, reverse("person_leave", args=[DISTRICT, chen.id]))
    chen.refresh_from_db()
    assert chen.state == "moved"
    fill(lead, reverse("person_purge", args=[DISTRICT, chen.id]), reason="asked for it")
    text = lead.get(reverse("person", args=[DISTRICT, chen.id])).content.decode()
    assert "陈" not in text


def test_the_form_of_a_person_shows_what_is_known(login: Login) -> None:
    text = login("lead").get(person_page("person_correct")).content.decode()
    assert 'value="1941-05-02"' in text
    assert f'value="{ANN["phone"]}"' in text


def test_doors_are_corrected_merged_and_closed(town: Town, login: Login) -> None:
    lead = login("lead")
    page = door(town, page="household_correct")
    assert fill(lead, page, building="3", unit="2", room="502").status_code == 409
    assert fill(lead, page, building="3", unit="2", room="504").status_code == 302
    assert fill(lead, door(town, page="household_merge"), into="3-2-502").status_code == 302
    text = lead.get(door(town)).content.decode()
    assert "Merged into" in text
    assert fill(lead, door(town, "4-1-101", "household_close"), why="torn down").status_code == 302
    assert "torn down" in lead.get(door(town, "4-1-101")).content.decode()


def test_numbers_are_shown_in_full_by_an_act_that_is_kept(town: Town, login: Login) -> None:
    worker = login("grid1")
    page = worker.get(person_page())
    assert ANN["phone"] not in page.content.decode()
    shown = worker.post(person_page("person_reveal"), hidden(page))
    assert ANN["phone"] in shown.content.decode()
    assert Record.objects.get(command="person.reveal").subject_id == ANN_ID
    # The answer may be loaded again for a while, then the page is as before.
    again = worker.post(person_page("person_reveal"), hidden(page))
    assert ANN["phone"] in again.content.decode()
    from datetime import timedelta

    with times.at(times.now() + timedelta(minutes=11)):
        late = worker.post(person_page("person_reveal"), hidden(page))
    assert ANN["phone"] not in late.content.decode()
    assert Record.objects.filter(command="person.reveal").count() == 1


def test_a_commander_opens_a_person_with_a_reason(town: Town, login: Login) -> None:
    city = login("city")
    page = city.get(person_page())
    assert ANN["name"] not in page.content.decode()
    bare = city.post(person_page("person_open"), {**hidden(page), "reason": ""})
    assert bare.status_code == 422
    assert ANN["name"] not in bare.content.decode()
    data = {**hidden(page), "reason": "contact of a confirmed case"}
    assert ANN["name"] in city.post(person_page("person_open"), data).content.decode()
    kept = Record.objects.get(command="person.open")
    assert "contact of a confirmed case" in kept.payload


def test_an_account_is_made_with_its_role_and_a_link(town: Town, login: Login) -> None:
    lead = login("lead")
    url = reverse("account_new", args=[town.grid(2).id])
    answer = fill(lead, url, name="赵六", username="zhao6", role="grid_worker")
    account = Account.objects.get(username="zhao6")
    assert answer["Location"] == reverse("account_page", args=[account.id])
    assert Grant.objects.get(account_id=account.id).area_id == town.grid(2).id
    page = lead.post(reverse("account_link", args=[account.id])).content.decode()
    (link,) = re.findall(r"http://testserver(/in/[\w-]+)", page)
    assert Client().get(link).status_code == 200


def test_nobody_gives_a_role_above_the_own(town: Town, login: Login) -> None:
    url = reverse("account_new", args=[town.areas[towns.COMMUNITY].id])
    answer = fill(login("lead"), url, name="x", username="xx", role="community_lead")
    assert answer.status_code == 422
    assert not Account.objects.filter(username="xx").exists()


def test_a_lead_cannot_take_over_a_commander_who_helps_here(town: Town, login: Login) -> None:
    city = town.accounts["city"]
    grant = {"account_id": str(city.id), "role": "volunteer", "area_id": str(town.grid(1).id)}
    towns.do(town.actor("lead"), "grant.give", grant, "")
    lead = login("lead")
    assert lead.get(reverse("account_page", args=[city.id])).status_code == 200
    assert lead.post(reverse("account_link", args=[city.id])).status_code == 403
    lead.post(
        reverse("account_switch", args=[city.id]), {"entry_id": str(new_id()), "active": "no"}
    )
    city.refresh_from_db()
    assert city.is_active


def test_a_role_is_ended(town: Town, login: Login) -> None:
    grant = Grant.objects.get(account_id=town.accounts["grid1"].id)
    login("lead").post(reverse("grant_end", args=[grant.id]), {"entry_id": str(new_id())})
    assert town.actor("grid1").live_grants == ()
    text = login("lead").get("/areas/gaps").content.decode()
    assert town.grid(1).name in text


def test_an_export_is_kept_and_holds_what_the_actor_sees(town: Town, login: Login) -> None:
    lead = login("lead")
    url = reverse("households_export", args=[town.areas[towns.COMMUNITY].id])
    assert fill(lead, url, why="").status_code == 422
    masked = rows(fill(lead, url, why="for the street"))
    assert ANN["name"] in masked
    assert ANN["phone"] not in masked
    assert ANN["phone"] in rows(fill(lead, url, why="for calls tonight", in_full="on"))
    first = Record.objects.filter(command="export.record").order_by("seq").first()
    assert first
    assert "for the street" in first.payload
    street = rows(fill(login("street"), url, why="for numbers", in_full="on"))
    assert ANN["name"] not in street
    assert ANN["phone"] not in street


def rows(answer: Any) -> str:
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return str(book.get_sheet_by_index(0).to_python())


def test_the_list_is_searched_and_paged(town: Town, login: Login) -> None:
    lead = login("lead")
    url = reverse("households", args=[town.areas[towns.COMMUNITY].id])
    assert "3-2-501" in lead.get(url, {"q": "3-2"}).content.decode()
    assert "5-1-101" not in lead.get(url, {"q": "3-2"}).content.decode()
    named = lead.get(url, {"q": "李"}).content.decode()
    assert "3-2-501" in named
    assert "3-2-502" not in named
    assert "3-2-502" not in lead.get(url, {"state": "care"}).content.decode()
    # Who sees no names cannot find by them.
    assert "3-2-501" not in login("auditor").get(url, {"q": "李"}).content.decode()
    town.register(2, *[f"6-1-{n}" for n in range(101, 161)])
    first = lead.get(url).content.decode()
    after = re.search(r'href="([^"]*cursor=[^"]*)"', first)
    assert after
    second = lead.get(after.group(1).replace("&amp;", "&")).content.decode()
    assert "6-1-160" in second
    assert "6-1-160" not in first
    assert lead.get(url, {"cursor": "n%%%"}).status_code == 200


def test_the_search_of_every_page(town: Town, login: Login) -> None:
    def found(who: str, text: str) -> str:
        answer = login(who).get("/search", {"q": text}, headers={"hx-request": "true"})
        assert answer.status_code == 200
        return str(answer.content.decode())

    assert "3-2-501" in found("lead", "3-2-501")
    assert "李安" in found("grid1", "李安")
    assert "李安" in found("health", "E12345678")
    assert "李安" in found("lead", "19900000012")
    assert town.grid(2).name in found("lead", towns.COMMUNITY + "002")
    for who in ("grid2", "volunteer", "elsewhere", "auditor", "city", "site"):
        for text in ("李安", "19900000012", "E12345678"):
            assert f"/persons/{DISTRICT}" not in found(who, text), (who, text)


def test_what_was_refused_is_mended_later(town: Town, login: Login) -> None:
    act = entry(
        "person.register",
        {
            "person_id": str(new_id()),
            "area_id": str(town.grid(1).id),
            "name": "张三",
            "phone": "12",
        },
    )
    submit(town.actor("grid1"), [act])
    worker = login("grid1")
    page = worker.get("/refused").content.decode()
    assert "is not a telephone number" in page
    url = reverse("mend", args=[DISTRICT, act.id])
    assert 'value="张三"' in worker.get(url).content.decode()
    assert login("lead").get(url).status_code == 404
    answer = worker.post(url, {**hidden(worker.get(url)), "name": "张三", "phone": "19900000777"})
    assert answer.status_code == 302, answer.content.decode()
    assert Person.objects.filter(name="张三").exists()
    assert "All was taken in" in worker.get("/refused").content.decode()


@pytest.mark.parametrize("accept", ["yes", "no"])
def test_a_held_entry_is_decided(town: Town, login: Login, accept: str) -> None:
    grant = Grant.objects.get(account_id=town.accounts["grid1"].id)
    act = entry(
        "household.correct", {"household_id": str(town.households["3-2-501"]), "room": "505"}
    )
    towns.do(town.actor("lead"), "grant.end", {"grant_id": str(grant.id)}, "")
    submit(town.actor("grid1"), [act])
    lead = login("lead")
    assert "Entries wait for your decision" in lead.get("/").content.decode()
    assert act.id.hex in lead.get("/held").content.decode().replace("-", "")
    url = reverse("held_decide", args=[DISTRICT, act.id])
    assert login("grid2").post(url, {"accept": accept}).status_code == 404
    lead.post(url, {"accept": accept, "why": "he was there"})
    changed = Household.objects.get(id=town.households["3-2-501"]).room == "505"
    assert changed == (accept == "yes")
    assert "Nothing waits for you" in lead.get("/held").content.decode()


def test_the_journal_reads_as_words_and_keeps_names_sealed(town: Town, login: Login) -> None:
    row = Record.objects.get(subject_id=ANN_ID, command="person.register")
    url = reverse("record", args=[DISTRICT, row.id])
    assert "李安" in login("lead").get(url).content.decode()
    auditor = login("auditor").get(url).content.decode()
    assert "李安" not in auditor
    assert "The rest is sealed" in auditor
    assert login("grid1").get(url).status_code == 404
    assert login("elsewhere").get(url).status_code == 404
    about = reverse("journal_about", args=[ANN_ID]) + f"?d={DISTRICT}"
    assert "Person registered" in login("auditor").get(about).content.decode()
    assert login("elsewhere").get(about).status_code == 404
    listing = login("auditor").get("/journal", {"command": "person.register"}).content.decode()
    assert str(row.id) in listing

    def listed(**narrow: str) -> bool:
        page = login("auditor").get("/journal", {"command": "person.register", **narrow})
        return str(row.id) in page.content.decode()

    day = localtime(row.received_at).date()
    assert listed(**{"from": str(day), "to": str(day)})
    assert listed(**{"from": "no day"})
    assert not listed(**{"from": str(day + timedelta(days=1))})
    assert not listed(to=str(day - timedelta(days=1)))
    assert not listed(who="nobody of that name")


def test_areas_are_drawn_renamed_and_closed(town: Town, login: Login) -> None:
    lead = login("lead")
    community = town.areas[towns.COMMUNITY]
    url = reverse("area_draw", args=[community.id])
    assert f'value="{towns.COMMUNITY}003"' in lead.get(url).content.decode()
    fill(lead, url, name="第三网格", code=towns.COMMUNITY + "003")
    grid = Area.objects.get(code=towns.COMMUNITY + "003")
    fill(lead, reverse("area_rename", args=[grid.id]), name="河边网格")
    assert "河边网格" in lead.get(reverse("area", args=[community.id])).content.decode()
    full = reverse("area_retire", args=[town.grid(1).id])
    assert "There are still doors in it" in lead.get(full).content.decode()
    fill(lead, reverse("area_retire", args=[grid.id]), last_day="2026-01-31")
    grid.refresh_from_db()
    assert str(grid.valid_to) == "2026-01-31"


def test_an_organisation_serves_areas_and_has_members(town: Town, login: Login) -> None:
    lead = login("lead")
    answer = fill(lead, reverse("organisation_new"), name="怡景党支部", kind="party")
    page = answer["Location"]
    fill(lead, page + "/areas/new", code=towns.COMMUNITY)
    fill(lead, page + "/members/new?q=李安", who=f"{DISTRICT}:{ANN_ID}", title="委员")
    text = lead.get(page).content.decode()
    assert town.areas[towns.COMMUNITY].name in text
    assert "李安" in text
    area = lead.get(reverse("area", args=[town.areas[towns.COMMUNITY].id])).content.decode()
    assert "怡景党支部" in area
    # Whoever sees no names sees how many.
    assert "李安" not in login("street").get(page).content.decode()
