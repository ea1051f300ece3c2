"""What is told: to whom, how far it came, who knocks; questions, rumours, search, feeds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.messaging.helpers import ask, at_door, build, door, publish
from tests.messaging.test_notice_pages import client
from tests.town import COMMUNITY, Town, do, entry

from lianfang.areas.models import Area
from lianfang.kernel import clock
from lianfang.kernel.models import Duty, Record
from lianfang.kernel.receipts import Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import at, local, now
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging.models import Bulletin, Notice, Reach
from lianfang.messaging.rules import Reached, asked_grams, grams, reached_after
from lianfang.people.models import Household
from lianfang.services import cards

pytestmark = pytest.mark.django_db
SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("cap12.xsd")))


def home(town: Town, label: str) -> Household:
    return Household.objects.select_related("area").get(id=town.households[label])


def card(town: Town, label: str) -> str:
    return cards.code_of("440605", town.households[label])


def test_each_household_reads_confirms_or_is_knocked_at() -> None:
    town = build()
    one = publish(town, acknowledge=True, knock_at=(now() + timedelta(hours=6)).isoformat())
    row = Bulletin.objects.get(id=one)
    reader = Client(headers={"accept-language": "en"})
    code = card(town, "3-2-501")
    assert "Please confirm" in reader.get(f"/d/{code}").content.decode()
    page = f"/d/{code}/news/{one}"
    for _ in range(2):  # to open it again is no further record
        assert "凭出入证进出" in reader.get(page).content.decode()
    assert Record.objects.filter(command="bulletin.read").count() == 1
    assert (queries.figures(row).read, queries.figures(row).reached) == (1, 0)
    assert reader.post(page, {"entry_id": ""}).status_code == 302
    assert queries.figures(row).reached == 1
    assert "Please confirm" not in reader.get(f"/d/{code}").content.decode()

    clock.run(now() + timedelta(hours=5))
    assert Duty.objects.filter(kind="knock").count() == 0
    clock.run(now() + timedelta(hours=7))
    knocks = Duty.objects.filter(kind="knock")
    assert sorted(d.details["doors"] for d in knocks) == [1, 2]
    with at(now() + timedelta(hours=8)):
        grid1 = client(town, "grid1")
        listed = grid1.get(
            f"/information/440605/{one}/doors?area={town.grid(1).id}"
        ).content.decode()
        assert "3-2-502" in listed
        assert "3-2-501" not in listed
        told = {"household_id": str(town.households["3-2-502"]), "entry_id": ""}
        grid1.post(f"/information/440605/{one}/told", told)
        assert Duty.objects.get(kind="knock", area_id=town.grid(1).id).state == "open"
        at_door(town, "bulletin.told", one, "3-2-503", town.actor("grid1"))
        assert Duty.objects.get(kind="knock", area_id=town.grid(1).id).state == "done"
        at_door(town, "bulletin.acknowledge", one, "4-1-101", door(town, "4-1-101"))
        assert Duty.objects.filter(kind="knock", state="done").count() == 2
    assert queries.figures(row).missed == 0
    shown = client(town, "lead").get(f"/information/440605/{one}").content.decode()
    assert "Every door" not in shown
    assert "凭出入证进出" in shown


def test_only_those_concerned_are_told() -> None:
    town = build()
    publish(town, code=COMMUNITY + "002", title="二网格停水")
    publish(town, title="全体", doors=[str(town.households["3-2-501"])])
    publish(town, title="值班须知", audience="staff")
    mine = {b.title for b in queries.for_door(home(town, "3-2-501"))}
    assert mine == {"全体"}
    assert {b.title for b in queries.for_door(home(town, "4-1-101"))} == {"二网格停水"}
    helper = Notice.objects.filter(account_id=town.accounts["helper"].id)
    assert [n.about for n in helper] == ["值班须知"]
    other = Reach(state=Reached.NO)
    assert not other.reached
    assert queries.bulletins(town.actor("other")).count() == 0
    reader = Client()
    hidden = Bulletin.objects.get(title="二网格停水").id
    assert reader.get(f"/d/{card(town, '3-2-501')}/news/{hidden}").status_code == 404
    assert reader.get(f"/d/{card(town, '3-2-501')}x/news").status_code == 404


def test_what_is_told_above_the_community_reaches_it() -> None:
    town = build()
    publish(town, "street", "440605011", title="街道通告")
    assert queries.for_door(home(town, "3-2-501")).get().title == "街道通告"
    assert queries.bulletins(town.actor("grid1")).count() == 1


def test_a_rumour_needs_a_source_and_is_found() -> None:
    town = build()
    claim = {
        "bulletin_id": "01900000-0000-7000-8000-000000000001",
        "area_id": str(town.areas[COMMUNITY].id),
        "kind": "rumour",
        "title": "喝白酒能杀病毒？",
        "text": "不能。喝酒不能预防感染。",
    }
    lead = town.actor("lead")
    refused = submit(lead, [entry("bulletin.publish", claim)])[0]
    assert refused.refusal
    assert refused.refusal.code == "bulletin.no_source"
    publish(town, **{**claim, "source": "区卫健局", "verdict": "false"})
    publish(town, title="口罩怎么戴", kind="tip", text="盖住口鼻，N95 mask 贴紧。")
    mine = queries.bulletins(lead)
    for text, number in {
        "白酒": 1,
        "病毒": 1,
        "酒": 1,
        "卫健": 1,
        "口罩": 1,
        "mask": 1,
        "MAS": 1,
        "口鼻 n95": 1,
        "疫苗": 0,
        "白毒": 0,
        "": 2,
    }.items():
        assert queries.search(mine, text).count() == number, text
    shown = Client(headers={"accept-language": "en"}).get(f"/d/{card(town, '3-2-501')}/news?q=白酒")
    assert "喝白酒能杀病毒" in shown.content.decode()
    one = Bulletin.objects.get(kind="tip")
    words = {"title": "口罩怎么选", "text": "外出戴医用口罩。", "bulletin_id": str(one.id)}
    do(lead, "bulletin.change", words)
    assert queries.search(mine, "医用").count() == 1
    assert queries.search(mine, "n95").count() == 0


def test_a_question_is_answered_once_and_counted_for_all_who_ask_it() -> None:
    town = build()
    first = ask(town, "3-2-501", "老人的降压药没了怎么买？")
    again = [ask(town, "3-2-502", "降压药怎么买"), ask(town, "4-1-101", "哪里能买到药")]
    lead = client(town, "lead")
    listed = lead.get("/information/questions").content.decode()
    assert "老人的降压药没了怎么买" in listed
    page = f"/information/questions/440605/{first}"
    answer = {
        "text": "告诉网格员，志愿者统一代买，凭社保卡。",
        "share": "on",
        "title": "药怎么买？",
        "entry_id": "",
    }
    assert lead.post(page, answer).status_code == 302, lead.post(page, answer).content.decode()
    faq = Bulletin.objects.get(kind="faq")
    for ask_id in again:
        form = lead.get(f"/information/questions/440605/{ask_id}").content.decode()
        assert "药怎么买？" in form
        lead.post(f"/information/questions/440605/{ask_id}", {"known": str(faq.id), "entry_id": ""})
    today = local(now()).date()
    area = town.areas[COMMUNITY]
    most = queries.asked_most(area, today, today)
    assert [(o.bulletin.title, o.times) for o in most] == [("药怎么买？", 3)]
    grid = Area.objects.get(id=town.grid(1).id)
    assert queries.asked_most(grid, today, today)[0].times == 2
    assert queries.asked_by_day(area, today)[-1] == (today, 3)
    assert queries.for_door(home(town, "3-2-503"), "药怎么").exists()
    stranger = client(town, "other")
    assert stranger.get(page).status_code == 404


def test_feeds_and_alerts_are_well_formed_and_valid() -> None:
    town = build()
    area = Area.objects.get(id=town.areas[COMMUNITY].id)
    ring = [[113.1, 23.0], [113.2, 23.0], [113.2, 23.1], [113.1, 23.0]]
    Area.objects.filter(id=area.id).update(boundary={"type": "Polygon", "coordinates": [ring]})
    one = publish(town, severity="severe", title="停水 <今晚> & 明早", source="供水公司")
    publish(town, audience="staff", title="内部")
    reader = Client()
    atom = reader.get(f"/feeds/{COMMUNITY}.atom")
    assert atom.headers["Content-Type"].startswith("application/atom+xml")
    tree = etree.fromstring(atom.content)
    titles = [e.text for e in tree.iterfind("{*}entry/{*}title")]
    assert titles == ["停水 <今晚> & 明早"]
    rss = etree.fromstring(reader.get(f"/feeds/{COMMUNITY}.rss").content)
    assert rss.findtext("channel/item/title") == "停水 <今晚> & 明早"
    link = tree.find("{*}entry/{*}link")
    assert link is not None
    address = str(link.get("href")).partition("testserver")[2]

    def alert() -> etree._Element:
        raw = reader.get(address).content
        found = etree.fromstring(raw)
        SCHEMA.assertValid(found)
        return found

    first = alert()
    assert first.findtext("{*}msgType") == "Alert"
    assert first.findtext("{*}info/{*}urgency") == "Immediate"
    assert first.findtext("{*}info/{*}area/{*}geocode/{*}value") == COMMUNITY
    polygon = first.findtext("{*}info/{*}area/{*}polygon") or ""
    assert polygon.startswith("23.000000,113.100000 ")
    words = {"bulletin_id": str(one), "title": "停水改到明晚", "text": "今晚不停。"}
    do(town.actor("lead"), "bulletin.change", words)
    second = alert()
    assert second.findtext("{*}msgType") == "Update"
    named = ",".join(first.findtext(f"{{*}}{n}") or "" for n in ("sender", "identifier", "sent"))
    assert second.findtext("{*}references") == named
    do(town.actor("lead"), "bulletin.withdraw", {"bulletin_id": str(one), "why": "不停了"})
    assert alert().findtext("{*}msgType") == "Cancel"
    assert reader.get(f"/feeds/{COMMUNITY}.atom").content.count(b"<entry") == 0
    assert reader.get("/feeds/nowhere.atom").status_code == 404
    assert "内部" not in reader.get(f"/news/{COMMUNITY}").content.decode()


def test_pages_of_the_desk() -> None:
    town = build()
    lead = client(town, "lead")
    form = lead.get("/information/new").content.decode()
    assert "Every household shall confirm" in form
    area_id = str(town.areas[COMMUNITY].id)
    sent = {
        "entry_id": "",
        "kind": "notice",
        "title": "核酸安排",
        "text": "明早八点，按楼栋通知下楼。",
        "area_id": area_id,
        "audience": "households",
        "severity": "moderate",
        "acknowledge": "on",
        "knock_hours": "12",
    }
    where = lead.post("/information/new", sent).headers["Location"]
    shown = lead.get(where).content.decode()
    assert "核酸安排" in shown
    assert "Let them be gone to now" in shown
    assert "核酸安排" in lead.get("/information?q=楼栋").content.decode()
    assert "核酸安排" not in lead.get("/information?q=疫苗").content.decode()
    assert lead.get("/information?export=xlsx").content[:2] == b"PK"
    assert "data-print" in lead.get(f"{where}/print").content.decode()
    lead.post(f"{where}/knock", {"entry_id": ""})
    assert Duty.objects.filter(kind="knock").count() == 2
    assert lead.get(f"{where}/doors?q=3-2").content.decode().count("3-2-50") >= 3
    out = lead.post(f"{where}/doors?export=xlsx", {"entry_id": ""})
    assert out.content[:2] == b"PK"
    assert Record.objects.filter(command="export.record").count() == 1
    assert client(town, "helper").get("/information/new").status_code == 404
    assert client(town, "other").get(where).status_code == 404
    lead.post(f"{where}/withdraw", {"entry_id": "", "why": "改期"})
    assert Duty.objects.filter(kind="knock", state="cancelled").count() == 2


def test_nothing_can_be_done_with_what_was_withdrawn_or_is_not_for_the_door() -> None:
    town = build()
    one = publish(town, code=COMMUNITY + "002")
    home_ = {"bulletin_id": str(one), "household_id": str(town.households["3-2-501"])}
    receipt = submit(door(town, "3-2-501"), [entry("bulletin.acknowledge", home_)])[0]
    assert receipt.status is Status.REFUSED
    do(town.actor("lead"), "bulletin.withdraw", {"bulletin_id": str(one), "why": ""})
    mine = {"bulletin_id": str(one), "household_id": str(town.households["4-1-101"])}
    receipt = submit(door(town, "4-1-101"), [entry("bulletin.acknowledge", mine)])[0]
    assert receipt.refusal
    assert receipt.refusal.code == "bulletin.withdrawn"


@given(st.lists(st.sampled_from([Reached.READ, Reached.ACKNOWLEDGED, Reached.TOLD])), st.booleans())
def test_a_household_is_reached_at_most_once_and_stays_so(steps: list[Reached], asks: bool) -> None:
    state, times = Reached.NO, 0
    for step in steps:
        state, now_reached = reached_after(state, step, asks=asks)
        times += now_reached
    wanted = {Reached.ACKNOWLEDGED, Reached.TOLD} | (set() if asks else {Reached.READ})
    assert times == (1 if wanted & set(steps) else 0)


@given(st.text(), st.integers(0, 30), st.integers(1, 12))
def test_any_part_of_wide_text_finds_it(text: str, start: int, length: int) -> None:
    whole, begins = asked_grams(text[start : start + length])
    found = grams(text)
    if all("\u4e00" <= ch <= "\u9fff" for ch in text[start : start + length]):
        assert whole <= found
        assert all(any(g.startswith(b) for g in found) for b in begins)
    assert all(len(g) <= 24 for g in found)
