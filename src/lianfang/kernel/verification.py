"""Proves the journal: replays it into a fresh SQLite file and compares the states."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper

from lianfang.kernel.replay import differences, replay

ALIAS = "replay"


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found: the records run, and the tables that differ."""

    records: int
    differences: list[str]


def verify(
    source: str = DEFAULT_DB_ALIAS,
    progress: Callable[[int], None] = lambda done: None,
    inspect: Callable[[str], None] = lambda alias: None,
) -> Report:
    """Replay the journal of `source` beside it and compare; `inspect` may look at the copy.

    Run it on a database at rest (a restored backup, a standby): what is written meanwhile shows
    as a difference.
    """
    with tempfile.TemporaryDirectory(prefix="lianfang-replay-") as folder:
        # A connection of our own, unknown to the settings: it lives as long as this block.
        connection = DatabaseWrapper(
            {
                **connections[DEFAULT_DB_ALIAS].settings_dict,
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(folder) / "replay.sqlite3"),
                "OPTIONS": {"transaction_mode": "IMMEDIATE"},
                "CONN_MAX_AGE": 0,
                "CONN_HEALTH_CHECKS": False,
            },
            ALIAS,
        )
        connections[ALIAS] = connection
        try:
            call_command("migrate", database=ALIAS, verbosity=0, interactive=False)
            records = replay(source, ALIAS, progress)
            inspect(ALIAS)
            return Report(records, differences(source, ALIAS))
        finally:
            connection.close()
            del connections[ALIAS]
