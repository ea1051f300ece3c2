"""The probes, the figures, and the log line of each request."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now


def test_health_needs_no_known_host(client: Client) -> None:
    response = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_with_a_migrated_database(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reasons"] == ["database"]


@pytest.mark.parametrize(
    ("token", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 200),
        ("", {}, "10.0.0.7", 403),
        ("", {"x-forwarded-for": "10.0.0.7"}, "127.0.0.1", 403),
        ("t0ken", {}, "127.0.0.1", 403),
        ("t0ken", {"authorization": "Bearer wrong"}, "127.0.0.1", 403),
        ("t0ken", {"authorization": "Bearer t0ken"}, "10.0.0.7", 200),
    ],
)
def test_who_may_read_the_figures(
    client: Client,
    settings: Settings,
    token: str,
    headers: dict[str, str],
    address: str,
    status: int,
) -> None:
    settings.METRICS_TOKEN = token
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status


@pytest.mark.django_db
def test_a_request_is_counted_and_logged_without_its_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        response = client.get("/no-such-page/13812345678", headers={"x-request-id": "abcdefgh-1"})
    assert response.headers["X-Request-Id"] == "abcdefgh-1"
    ours = [r for r in caplog.records if r.name == "lianfang.config.observation"]
    assert len(ours) == 1
    assert isinstance(ours[0].msg, dict)
    assert ours[0].msg["status"] == 404
    assert ours[0].msg["request_id"] == "abcdefgh-1"
    assert "138" not in str({k: v for k, v in ours[0].msg.items() if k not in ("timestamp", "ms")})
    figures = client.get("/metrics").content.decode()
    assert 'lianfang_requests_total{method="GET",route="none",status="404"}' in figures
    assert "13812345678" not in figures


@pytest.mark.django_db
def test_receipts_are_counted_by_command_and_status(client: Client) -> None:
    moment = now()
    submit(OPERATOR, [Entry(new_id(), "made.up.by.a.client", {}, moment)])
    figures = client.get("/metrics").content.decode()
    assert 'lianfang_receipts_total{command="unknown",status="refused"}' in figures
    assert "made.up" not in figures
