"""The pages: who opens which, and that each number on them leads to what is behind it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
import pytest
from tests.briefing.helpers import build
from tests.screening.helpers import client, text
from tests.support.queries import QueryCount
from tests.town import COMMUNITY, Town

from lianfang.briefing import queries
from lianfang.briefing.figures import FIGURES, visible
from lianfang.briefing.views import brief
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb

pytestmark = pytest.mark.django_db

# What of the board each role sees: L lead, 1 grid worker, S D C command posts, H health officer,
# G site staff, U auditor. Everybody who reads sees the figures left out here.
SEES = {
    "round_fever": "L1SDCH",
    "watched": "L1SDCHG",
    "referrals_late": "L1SDCHG",
    "cases_confirmed": "LSDCH",
    "contacts_late": "LSDCH",
    "orders_open": "L1SDC",
    "care_alarms": "L1SDC",
    "on_duty": "LSDC",
    "calls_open": "LSDC",
    "passage_fevers": "L1SDCG",
    "arrivals_waiting": "LSDCG",
    "beds_free": "L1SDCHGU",
    "stock_low": "L1SDCHGU",
    "households": "L1SDCHGU",
    "asks_open": "L1SDC",
    "directives_late": "LSDC",
    "duties_overdue": "LSDC",
}
NAMES = {
    "L": "lead",
    "1": "grid1",
    "S": "street",
    "D": "county",
    "C": "city",
    "H": "health",
    "G": "site",
    "U": "auditor",
}


@pytest.fixture
def town() -> Town:
    return build()


def of(response: Any) -> str:
    assert response.status_code == 200, text(response)[:3_000]
    return text(response)


@pytest.mark.parametrize("letter", [*NAMES])
def test_every_number_opens_for_whoever_sees_it(town: Town, letter: str) -> None:
    name = NAMES[letter]
    browser, actor = client(town, name), town.actor(name)
    page = of(browser.get("/board"))
    seen = {f.code for f in visible(actor, actor.paths(Verb.READ)[0])}
    for code in FIGURES:
        assert (f"/board/{code}?" in page) == (code in seen), code
        assert browser.get(f"/board/{code}").status_code == (200 if code in seen else 404), code
    for code, letters in SEES.items():
        assert (code in seen) == (letter in letters), (code, letter)


@pytest.mark.parametrize("letter", [*NAMES])
def test_every_link_behind_a_number_answers(town: Town, letter: str) -> None:
    """Also those from the records on: nobody is led to a page that is not for him."""
    browser = client(town, NAMES[letter])
    opened: set[str] = set()
    for page in ("/board", "/brief"):
        for href in re.findall(r'href="(/board/[^"]+)"', of(browser.get(page))):
            where = href.replace("&amp;", "&")
            main = of(browser.get(where)).partition("<main")[2].partition("</main")[0]
            for link in re.findall(r'href="(/[^"#]*)"', main):
                opened.add(link.replace("&amp;", "&"))
    for link in sorted(opened):
        assert browser.get(link).status_code == 200, link


def test_who_has_no_scope_has_no_board(town: Town) -> None:
    browser = client(town, "volunteer")
    for where in ("/board", "/brief", "/board/households", "/brief/file.pdf"):
        assert browser.get(where).status_code == 404, where
    other = town.areas["440605012901"]
    for where in ("/board", "/brief", "/board/households"):
        assert client(town, "lead").get(f"{where}?area={other.id}").status_code == 404
        assert client(town, "lead").get(f"{where}?area=nonsense").status_code == 404
    assert client(town, "lead").get("/board/nonsense").status_code == 404
    assert client(town, "lead").get("/brief/file.odt").status_code == 404


def test_a_commander_sees_how_many_and_not_who(town: Town) -> None:
    page = of(client(town, "county").get("/board/watched"))
    assert "桂城街道" in page
    assert "/watches/" not in page
    assert "/watches/" in of(client(town, "lead").get("/board/watched"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_files_say_what_the_page_says(town: Town, language: str) -> None:
    browser = client(town, "lead", language)
    page = of(browser.get(f"/brief?lang={language}"))
    answer = browser.get(f"/brief/file.docx?lang={language}")
    assert answer.status_code == 200
    assert zipfile.is_zipfile(io.BytesIO(answer.content))
    document: Any = docx.Document(io.BytesIO(answer.content))
    rows = {r.cells[0].text: r.cells[1].text for t in document.tables for r in t.rows}
    label = "观察中" if language == "zh-hans" else "Under watch"
    assert rows[label] == "2"
    assert label in page
    assert browser.get(f"/brief/file.pdf?lang={language}").content.startswith(b"%PDF")
    actor, area = town.actor("lead"), town.areas[COMMUNITY]
    from django.utils import translation

    with translation.override(language):
        told = brief.of(actor, area, queries.span_of(now()))
        facts = [f for chapter in told.chapters for f in chapter.facts]
        for fact in facts:
            assert rows[fact.label] == fact.number
            assert f">{fact.number}</a>" in page


def test_the_brief_is_rearranged_at_the_desk(town: Town) -> None:
    browser, area = client(town, "street"), town.areas["440605011"]

    def press(group: str, act: str) -> list[str]:
        answer = browser.post("/brief/arrange", {"area": area.id, "group": group, "act": act})
        assert answer.status_code in (200, 302), text(answer)[:2_000]
        return [str(g) for g, shown in queries.layout(area) if shown]

    shown = press("screening", "hide")
    assert shown[0] == "watching"
    assert "screening" not in shown
    assert press("tracing", "up")[:2] == ["tracing", "watching"]
    assert press("screening", "show")[-1] == "screening"
    page = of(browser.get("/brief?lang=en"))
    assert page.index("Cases and contacts") < page.index("Under watch and referrals")
    assert client(town, "auditor").post("/brief/arrange", {"act": "hide"}).status_code == 404


def test_a_past_day_is_said_to_be_not_kept(town: Town) -> None:
    page = of(client(town, "lead").get("/board?day=2020-02-04"))
    assert "not kept" in page
    assert of(client(town, "lead").get("/board?day=2999-01-01"))


def test_the_board_of_a_city_asks_little(town: Town, query_count: QueryCount) -> None:
    browser = client(town, "city")
    browser.get("/board")
    with query_count("briefing: board of a city"):
        browser.get("/board")
