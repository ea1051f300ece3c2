"""The fixture that asserts query counts does so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from tests.support import queries
from tests.support.queries import QueryCount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def baselines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "counts.json"
    path.write_text('{"two": 2}')
    monkeypatch.setattr(queries, "BASELINES", path)
    monkeypatch.delenv(queries.RECORD, raising=False)
    return path


def ask(times: int) -> None:
    with transaction.atomic():
        for _ in range(times):
            Session.objects.exists()


def test_the_recorded_number_passes_and_transactions_do_not_count(query_count: QueryCount) -> None:
    with query_count("two"):
        ask(2)


@pytest.mark.parametrize("times", [1, 3])
def test_another_number_fails(query_count: QueryCount, times: int) -> None:
    with pytest.raises(pytest.fail.Exception, match="2 are recorded"), query_count("two"):
        ask(times)


def test_a_new_name_wants_recording(
    query_count: QueryCount, baselines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(pytest.fail.Exception, match="no query count"), query_count("new"):
        ask(1)
    monkeypatch.setenv(queries.RECORD, "1")
    with query_count("new"):
        ask(1)
    assert json.loads(baselines.read_text()) == {"new": 1, "two": 2}
