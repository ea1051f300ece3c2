"""The board and the brief in a real browser: nothing spills, nothing that axe complains about."""

from __future__ import annotations

import pytest
from tests.briefing.helpers import build
from tests.mobilising.test_browser import log_in, spills
from tests.support.browser import DESK, PHONE, OpenPage
from tests.support.server import Server
from tests.web.test_browser import violations

from lianfang.areas import tree

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("zh-CN", PHONE), ("en", DESK)])
def test_the_board_and_the_brief_fit(
    server: Server, open_page: OpenPage, language: str, width: int
) -> None:
    tree.clear()
    town = build()
    page = open_page(language=language, width=width)
    log_in(page, server, town, "city")
    for where in ("/board", "/board/watched", "/brief"):
        page.goto(server.url + where)
        assert not spills(page), where
        assert violations(page) == [], where
