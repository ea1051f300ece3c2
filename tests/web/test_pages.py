"""Pages render in both languages without the database; what goes wrong has one shape."""

from __future__ import annotations

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.urls("tests.web.urls")

ZH, EN = "zh-CN,zh;q=0.9", "en"
CJK = re.compile(r"[\u4e00-\u9fff]")


def text(html: str) -> str:
    """Return the visible text, without the name of the product and of the other language."""
    bare = re.sub(r"<[^>]+>", " ", html)
    return bare.replace("联防", "").replace("中文", "")


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def get(client: Client, path: str, language: str = EN, **headers: str) -> tuple[int, str]:
    response = client.get(path, headers={"Accept-Language": language, **headers})
    return response.status_code, response.content.decode()


def test_the_style_guide_speaks_both_languages(client: Client) -> None:
    status, chinese = get(client, "/styleguide", ZH)
    assert status == 200
    assert '<html lang="zh-hans"' in chinese
    assert "楼栋立面" in chinese
    assert "全家正常" in chinese
    status, english = get(client, "/styleguide")
    assert status == 200
    assert '<html lang="en"' in english
    assert not CJK.search(text(english))


def test_the_language_switch_stays(client: Client) -> None:
    response = client.post("/language", {"language": "en", "next": "/styleguide"})
    assert response.status_code == 302
    assert response["Location"] == "/styleguide"
    assert '<html lang="en"' in get(client, "/styleguide", ZH)[1]


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
@pytest.mark.parametrize("language", [ZH, EN])
def test_error_pages_say_what_to_do(client: Client, status: int, language: str) -> None:
    got, html = get(client, f"/styleguide?part={status}", language)
    assert got == status
    assert f"<code>{status} " in html
    assert bool(CJK.search(text(html))) == (language == ZH)
    assert 'href="/"' in html


def test_an_unknown_address_is_not_found(client: Client) -> None:
    status, html = get(client, "/no/such/page")
    assert status == 404
    assert "not-found" in html


def test_a_refusal_is_a_page_a_notice_or_json(client: Client) -> None:
    status, page = get(client, "/refuse")
    assert status == 403
    assert page.startswith("<!doctype html>")
    assert "kernel.forbidden" in page

    status, notice = get(client, "/refuse", **{"HX-Request": "true"})
    assert status == 403
    assert notice.lstrip().startswith('<div class="notice problem"')

    response = client.get("/refuse", headers={"Accept": "application/json"})
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["code"] == "kernel.forbidden"
    assert body["status"] == 403
    assert {"type", "title", "detail", "field"} <= body.keys()


def test_a_lost_database_is_a_wait_not_a_crash(client: Client) -> None:
    response = client.get("/database-gone", headers={"Accept-Language": EN})
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "secret" not in response.content.decode()


def test_a_crash_shows_a_reference_and_no_inside(client: Client) -> None:
    status, html = get(client, "/crash")
    assert status == 500
    assert re.search(r"500 internal · [0-9a-f]{8}", html)
    assert "secret" not in html


def test_pages_keep_to_the_content_policy(client: Client) -> None:
    html = get(client, "/styleguide")[1]
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son\w+=", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_ids_are_unique_on_the_style_guide(client: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', get(client, "/styleguide")[1])
    assert sorted(ids) == sorted(set(ids))
