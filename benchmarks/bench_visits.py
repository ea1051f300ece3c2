"""Visits by HTTP, in lists of 100, against a raw insert of the same rows in the same transactions.

    scripts/bench benchmarks/bench_visits.py            both databases
    LIANFANG_BENCH_STORED=5000000 scripts/bench …       and again with so many records stored

Each list goes through authentication, scope, journal, coverage and tallies to a real server with
two workers. The raw side writes, with as many connections, the rows that those visits wrote:
journal, visit, readings, coverage line, tallies. Aims: at least 0.3 of raw on PostgreSQL; with
5 million records stored at least 0.9 of the rate at the start.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from tests.scenarios import city
from tests.scenarios.gate import act, as_json, doors
from tests.town import accepted

from benchmarks.server import Server
from lianfang.areas.models import Area
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.people.auth import actor_for, new_token
from lianfang.people.models import Account

CLIENTS = 2
LIST = 100
LISTS = int(os.environ.get("LIANFANG_BENCH_LISTS", "60"))  # of each client in each run
RUNS = int(os.environ.get("LIANFANG_BENCH_RUNS", "3"))
STORED = int(os.environ.get("LIANFANG_BENCH_STORED", "0"))
PERSONS = 2


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)  # noqa: T201


class Town:
    """Two districts with a grid each, as many doors as the runs need, and a token for each."""

    def __init__(self, lists: int) -> None:
        """Build it through commands; `lists` of visits will be sent for each client."""
        areas = city.import_areas("50")
        communities = [
            next(a for a in areas.values() if a.level == 5 and a.district == district)
            for district in ("500101", "500102")
        ]
        city.draw_grids(communities, 1)
        self.homes: list[list[tuple[str, list[str]]]] = []
        self.tokens: list[str] = []
        self.districts = [c.district for c in communities]
        for community in communities:
            city.hire(f"lead{community.code}", "community_lead", community)
            account = Account.objects.get(username=f"lead{community.code}")
            self.tokens.append(new_token(account, "bench"))
            grid = Area.objects.get(parent=community)
            entries = [
                act("household.register", p, grid.district)
                for p in doors(grid.id, lists * LIST, PERSONS)
            ]
            for start in range(0, len(entries), 1_000):
                accepted(submit(actor_for(account), entries[start : start + 1_000]))
            self.homes.append(
                [
                    (e.payload["household_id"], [m["person_id"] for m in e.payload["members"]])
                    for e in entries
                ]
            )
        leads = [actor_for(a) for a in Account.objects.order_by("username")]
        self.rounds = [
            str(city.open_round(lead, [community], "基准"))
            for lead, community in zip(leads, communities, strict=True)
        ]

    def body(self, client: int, number: int) -> bytes:
        """Return the body of list `number` of a client."""
        homes = self.homes[client][number * LIST : (number + 1) * LIST]
        entries = [
            act(
                "household.visit",
                {
                    "household_id": home,
                    "round_id": self.rounds[client],
                    "outcome": "met",
                    "readings": [{"person_id": p, "temperature": "36.5"} for p in persons],
                },
                self.districts[client],
            )
            for home, persons in homes
        ]
        return json.dumps([as_json(e) for e in entries]).encode()


def in_parallel(work: Sequence[Callable[[], None]]) -> float:
    """Run the functions side by side; returns the seconds until the last has ended."""
    threads = [threading.Thread(target=w) for w in work]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def send(port: int, token: str, bodies: Sequence[bytes]) -> None:
    """Post the bodies one after the other over one connection; every entry must be accepted."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        link.request(
            "POST",
            "/api/entries",
            body,
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        answer = link.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:300]
        assert content.count(b'"accepted"') == LIST, content[:300]


class Raw:
    """The rows of real lists, ready to be written again under other districts and ids."""

    TABLES = ("kernel_record", "screening_visit", "screening_reading", "screening_coverage")
    TALLIES = (("kernel_tally", "value"), ("screening_roundtally", "visits"))

    def __init__(self, district: str) -> None:
        """Read what one list wrote."""
        self.rows: dict[str, tuple[list[str], list[list[Any]]]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT household_id FROM screening_coverage WHERE district = %s LIMIT %s",
                [district, LIST],
            )
            homes = [r[0] for r in cursor.fetchall()]
            marks = ", ".join(["%s"] * len(homes))
            where = {
                "kernel_record": f"subject_id IN ({marks}) AND command = 'household.visit'",
                "screening_visit": f"household_id IN ({marks})",
                "screening_reading": "visit_id IN (SELECT id FROM screening_visit"
                f" WHERE household_id IN ({marks}))",
                "screening_coverage": f"household_id IN ({marks})",
            }
            for table in self.TABLES:
                cursor.execute(f"SELECT * FROM {table} WHERE {where[table]}", homes)
                columns = [c[0] for c in cursor.description]
                self.rows[table] = (columns, [list(r) for r in cursor.fetchall()])
            self.tallies = []
            for table, counter in self.TALLIES:
                cursor.execute(
                    f"SELECT * FROM {table} WHERE district = %s LIMIT 4",
                    [district],
                )
                columns = [c[0] for c in cursor.description]
                self.tallies.append((table, counter, columns, cursor.fetchall()))

    def fresh(self, district: str, seq: int) -> list[tuple[str, list[Any]]]:
        """Return the statements of one list under other ids, with their parameters."""
        text = connection.vendor == "sqlite"
        statements = []
        for table, (columns, rows) in self.rows.items():
            values: list[Any] = []
            for row in rows:
                one = list(row)
                for n, column in enumerate(columns):
                    if column == "district":
                        one[n] = district
                    elif column == "seq":
                        seq += 1
                        one[n] = seq
                    elif column == "id" or (table, column) == (
                        "screening_coverage",
                        "household_id",
                    ):
                        id_: UUID = new_id()
                        one[n] = id_.hex if text else id_
                values += one
            marks = "(" + ", ".join(["%s"] * len(columns)) + ")"
            statements.append(
                (
                    f"INSERT INTO {table} ({', '.join(columns)}) "
                    f"VALUES {', '.join([marks] * len(rows))}",
                    values,
                )
            )
        for table, counter, columns, rows in self.tallies:
            place = columns.index("district")
            values = [v for row in rows for v in (*row[:place], district, *row[place + 1 :])]
            marks = "(" + ", ".join(["%s"] * len(columns)) + ")"
            key = "district, period, metric, area_id"
            if table == "screening_roundtally":
                key = "district, round_id, area_id"
            statements.append(
                (
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
                    f"{', '.join([marks] * len(rows))} ON CONFLICT ({key}) DO UPDATE "
                    f"SET {counter} = {table}.{counter} + EXCLUDED.{counter}",
                    values,
                )
            )
        return statements

    def write(self, lists: Sequence[list[tuple[str, list[Any]]]]) -> None:
        """Write lists, each in one transaction, on a connection of this thread."""
        try:
            for statements in lists:
                with transaction.atomic(), connection.cursor() as cursor:
                    for statement, values in statements:
                        cursor.execute(statement, values)
        finally:
            connection.close()


def measure(
    town: Town, server: Server, first: int, *, with_raw: bool = True
) -> tuple[float, float]:
    """Return (visits/s by HTTP, visits/s raw or 0): the medians of the runs, taken in turn."""
    through, raw_rates = [], []
    raw: Raw | None = None
    for run in range(RUNS + 1):
        start = first + run * LISTS
        bodies = [[town.body(c, n) for n in range(start, start + LISTS)] for c in range(CLIENTS)]
        seconds = in_parallel(
            [partial(send, server.port, town.tokens[c], bodies[c]) for c in range(CLIENTS)]
        )
        if run:  # the first one warms up
            through.append(CLIENTS * LISTS * LIST / seconds)
        if not with_raw:
            continue
        raw = raw or Raw(town.districts[0])
        fresh = [
            [raw.fresh(f"9{run}{c}{first}"[:12], n * LIST) for n in range(LISTS)]
            for c in range(CLIENTS)
        ]
        raw_seconds = in_parallel([partial(raw.write, lists) for lists in fresh])
        if run:
            raw_rates.append(CLIENTS * LISTS * LIST / raw_seconds)
    return statistics.median(through), statistics.median(raw_rates or [0.0])


def store(count: int, districts: Sequence[str]) -> None:
    """Fill journal and visits with copies until they hold `count` more records, half in each
    district, with ids in the order of time as real ones have them."""
    for number, district in enumerate(districts):
        for table, where in (
            ("kernel_record", "command = 'household.visit'"),
            ("screening_visit", "1 = 1"),
        ):
            _copy(table, f"district = '{district}' AND {where}", count // len(districts), number)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")


def _copy(table: str, where: str, count: int, number: int) -> None:
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = [c[0] for c in cursor.description]
    series = (
        "generate_series(1, %s) AS n"
        if postgres
        else "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s)"
        " SELECT n FROM c)"
    )
    # Version 7 of 2020: older than all that the benchmark writes itself.
    head = f"0170{number:04x}-0000-7000-8000-"
    fresh = (
        f"('{head}' || lpad(to_hex(n), 12, '0'))::uuid"
        if postgres
        else f"'{head.replace('-', '')}' || printf('%%012x', n)"
    )
    made = {
        # Numbers of a journal that are not taken: below those of the real records.
        "seq": "-n",
        "id": fresh,
        "subject_id": fresh,
        "household_id": fresh,
    }
    chosen = ", ".join(made.get(c, f"r.{c}") for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {series}, "
            f"(SELECT * FROM {table} WHERE {where} LIMIT 1) AS r",
            [count],
        )


def main() -> int:
    """Run the benchmark and print its figures; 1 when an aim is missed."""
    call_command("migrate", verbosity=0)
    say("building two districts …")
    phases = 2 if STORED else 1
    town = Town(phases * (RUNS + 1) * LISTS)
    connection.close()
    good = True
    with Server() as server:
        rate, raw = measure(town, server, 0)
        ratio = rate / raw
        say(f"visits by HTTP   {rate:10,.0f} /s   lists of {LIST}, {CLIENTS} clients")
        say(f"raw insert       {raw:10,.0f} /s   the same rows and transactions")
        say(f"ratio            {ratio:10.2f}      aim 0.30 on PostgreSQL")
        good &= connection.vendor != "postgresql" or ratio >= 0.3
        if STORED:
            say(f"storing {STORED:,} more records …")
            store(STORED, town.districts)
            later, _ = measure(town, server, (RUNS + 1) * LISTS, with_raw=False)
            say(f"with {STORED:,} stored {later:10,.0f} /s   {later / rate:.2f} of the start")
            good &= later / rate >= 0.9
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
