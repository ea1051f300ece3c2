"""Query counts, asserted against tests/query_counts.json."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

BASELINES = Path(__file__).resolve().parent.parent / "query_counts.json"
RECORD = "LIANFANG_RECORD_QUERIES"
# Transactions are bookkeeping, and their number depends on how a test is wrapped.
BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET CONSTRAINTS")

QueryCount = Callable[[str], AbstractContextManager[None]]


def _record(name: str, count: int) -> None:
    """Write one baseline; a lock keeps parallel workers apart."""
    with BASELINES.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        counts = json.load(file)
        counts[name] = count
        file.seek(0)
        file.truncate()
        file.write(json.dumps(counts, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


@contextmanager
def _counted(name: str) -> Iterator[None]:
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [
        q["sql"] for q in captured.captured_queries if not q["sql"].startswith(BOOKKEEPING)
    ]
    if os.environ.get(RECORD):
        _record(name, len(statements))
        return
    expected = json.loads(BASELINES.read_text(encoding="utf-8")).get(name)
    if expected is None:
        pytest.fail(f"no query count is recorded for {name!r}: run it once with {RECORD}=1")
    if len(statements) != expected:
        listing = "\n".join(f"  {n}. {s[:300]}" for n, s in enumerate(statements, 1))
        pytest.fail(
            f"{name}: {len(statements)} queries, {expected} are recorded in {BASELINES.name}. "
            f"If that is meant, run the test with {RECORD}=1 and commit the file.\n{listing}"
        )


@pytest.fixture
def query_count() -> QueryCount:
    """Assert that a block makes the recorded number of queries: `with query_count("name"):`."""
    return _counted
