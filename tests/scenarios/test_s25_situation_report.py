"""S25: the situation report. Computed from the records of two days, opened figure by figure."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any

import docx
import pytest
from tests.briefing.helpers import build
from tests.screening.helpers import client, text
from tests.services.helpers import place as order
from tests.town import DISTRICT

from lianfang.briefing import queries
from lianfang.briefing.commands import chore
from lianfang.briefing.figures import FIGURES, visible
from lianfang.kernel import times
from lianfang.kernel.models import Record
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.kernel.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)


def numbers(page: str) -> dict[str, int]:
    """Return the numbers of a brief's page by the figure to which each link leads."""
    found = re.findall(r'href="/board/(\w+)\?[^"]*">([\d,]+)</a>', page)
    return {code: int(number.replace(",", "")) for code, number in found}


def test_s25_the_brief_writes_itself_and_each_figure_opens() -> None:
    noon = queries.span_of(datetime(2020, 2, 4, 4, tzinfo=now().tzinfo)).start + timedelta(hours=12)
    # Day one: people work, and nobody writes a report.
    with times.at(noon):
        town = build()
    # The clock keeps how the day ended.
    with times.at(noon + timedelta(hours=12, minutes=10)):
        assert len(chore(now())) == 1
    # Day two: two more households order.
    with times.at(noon + timedelta(hours=30)):
        order(town, "1-1-102")
        order(town, "4-1-102")
        for name in ("lead", "street", "county", "city"):
            browser, actor = client(town, name), town.actor(name)
            page = text(browser.get("/brief"))
            found = numbers(page)
            seen = {f.code for f in visible(actor, actor.paths(Verb.READ)[0])}
            assert set(found) == seen, name
            assert found["households"] == 8
            assert found["orders_open"] == 4
            assert (found["cases_confirmed"], found["watched"]) == (1, 2)
            # Each figure opens: by area, with the same sum, and to rows for whoever may see them.
            for code, number in found.items():
                opened = browser.get(f"/board/{code}")
                assert opened.status_code == 200, code
                assert f">{number:,}" in text(opened) or f">{number}" in text(opened), code
            # What happened since yesterday: two orders more.
            moved = r'orders_open\?[^"]*">4</a></td><td>[^<]*</td><td class="num muted">\+2<'
            assert re.search(moved, page), name
        # Both languages, as a file that a command post goes on writing in.
        for language, label in (("zh-hans", "确诊病例"), ("en", "Confirmed cases")):
            answer = client(town, "city").get(f"/brief/file.docx?lang={language}")
            tables: Any = docx.Document(io.BytesIO(answer.content)).tables
            rows = {r.cells[0].text: r.cells[1].text for t in tables for r in t.rows}
            assert rows[label] == "1"
            pdf = client(town, "city").get(f"/brief/file.pdf?lang={language}")
            assert pdf.content.startswith(b"%PDF")
    # Nobody filled in a form for it: the only record of the brief is the clock's.
    told = Record.objects.filter(command__startswith="brief.")
    assert {(r.command, r.actor, r.district) for r in told} == {
        ("brief.snapshot", "system", DISTRICT)
    }
    assert len(FIGURES) > 40
    assert verify().differences == []
