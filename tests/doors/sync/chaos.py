"""Phones on a bad network, against a server that is killed: what a state machine drives.

Used by the test and, with more entries, by benchmarks/bench_phone_sync.py.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.town import DISTRICT

from lianfang.drill.phones import Phone
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record, SetAside, Stream
from lianfang.screening.models import RoundTally, Visit

PROJECT = Path(__file__).resolve().parents[3]
OUTCOMES = ("met", "met", "met", "nobody_home", "refused", "by_phone", "vacant", "moved_away")


class Lost(Exception):
    """The phone got no answer."""


class KillableServer:
    """The product's server in a process group of its own, to be killed without warning."""

    def __init__(self, port: int, env: dict[str, str]) -> None:
        """Start it."""
        self.port = port
        self.env = env
        self.kills = 0
        self.start()

    def start(self) -> None:
        """Start a fresh process; returns at once."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "4"]
        self.process = subprocess.Popen(
            [*command, "lianfang.config.wsgi:application"],
            cwd=PROJECT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("the server did not come back")

    def kill(self) -> None:
        """SIGKILL to the process and its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.kills += 1

    def post(self, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send one request over a connection of its own. Raises Lost."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", address, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Lost from error
        finally:
            connection.close()


@dataclass
class World:
    """What all runs of the machine share: the server, accounts, doors; and what was counted."""

    server: KillableServer
    round_id: str
    doors: list[UUID]
    # Login names with their password, one phone each.
    accounts: list[tuple[str, str]]
    batch: int = 400
    # A restart takes seconds; so many of them are enough.
    kills: int = 8
    written: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)


def machine(world: World) -> type[RuleBasedStateMachine]:
    """Return the state machine over `world`."""

    class Phones(RuleBasedStateMachine):
        """Some phones; each step one of them works, or something goes wrong on the way."""

        @initialize(seed=st.integers(0, 2**32))
        def begin(self, seed: int) -> None:
            self.random = random.Random(seed)
            world.server.wait()
            self.phones = []
            for number, (name, password) in enumerate(world.accounts):
                # Clocks are wrong by up to half a day, each phone by its own.
                phone = Phone(world.server.post, clock=timedelta(hours=3 * (number - 2)))
                phone.login(username=name, password=password)
                phone.sync()
                self.phones.append(phone)
            self.entries: dict[UUID, Phone] = {}
            self.old: list[tuple[Phone, tuple[int, bytes]]] = []
            self.before = (Record.objects.count(), SetAside.objects.count())

        def pick(self) -> Phone:
            return self.random.choice(self.phones)

        def attempt(self, phone: Phone, size: int) -> tuple[int, bytes] | None:
            try:
                return phone.request(list(phone.outbox.values())[:size])
            except Lost:
                return None

        def take(self, phone: Phone, answer: tuple[int, bytes] | None) -> None:
            if answer is None:
                return
            status, raw = answer
            # 503 says that the database was busy; nothing else may go wrong.
            assert status in (200, 503), (status, raw[:500])
            if status == 200:
                phone.apply(json.loads(raw))

        @rule(count=st.integers(world.batch // 4, world.batch))
        def work(self, count: int) -> None:
            """A phone records visits, some to doors that do not exist, some with odd times."""
            phone = self.pick()
            for _ in range(count):
                payload = {
                    "household_id": str(self.random.choice(world.doors)),
                    "round_id": world.round_id,
                    "outcome": self.random.choice(OUTCOMES),
                }
                at = None
                dice = self.random.random()
                if dice < 0.02:
                    payload["household_id"] = str(new_id())
                elif dice < 0.04:
                    at = phone.now() - timedelta(days=30)
                elif dice < 0.06:
                    payload["outcome"] = "flown"
                self.entries[phone.record("household.visit", payload, DISTRICT, at)] = phone
            world.written += count

        @rule(action=st.sampled_from(["claim", "start", "done", "return"]))
        def duty(self, action: str) -> None:
            """A phone acts on a duty that others may have taken meanwhile."""
            phone = self.pick()
            for duty in phone.lists.get("duties", [])[:5]:
                payload = {"duty_id": duty[1]}
                self.entries[phone.record(f"duty.{action}", payload, DISTRICT)] = phone
                world.written += 1

        @rule(size=st.integers(1, 200))
        def sync(self, size: int) -> None:
            """All goes well."""
            phone = self.pick()
            self.take(phone, self.attempt(phone, size))

        @rule(size=st.integers(1, 200))
        def cut_after_commit(self, size: int) -> None:
            """The server has it, the phone does not learn it."""
            phone = self.pick()
            if answer := self.attempt(phone, size):
                self.old.append((phone, answer))
            world.faults["cut after commit"] += 1

        @rule()
        def lost(self) -> None:
            """The request never arrives."""
            world.faults["request lost"] += 1

        @rule(size=st.integers(1, 200), times=st.integers(2, 3))
        def repeated(self, size: int, times: int) -> None:
            """The network delivers the same request more than once, at the same time."""
            phone = self.pick()
            answers: list[tuple[int, bytes] | None] = [None] * times
            part = list(phone.outbox.values())[:size]

            def run(number: int) -> None:
                try:
                    answers[number] = phone.request(part)
                except Lost:
                    answers[number] = None

            threads = [threading.Thread(target=run, args=(n,)) for n in range(times)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.take(phone, answers[self.random.randrange(times)])
            world.faults["repeated at once"] += 1

        @rule(size=st.integers(1, 60))
        def reordered(self, size: int) -> None:
            """Later entries arrive before earlier ones."""
            phone = self.pick()
            part = list(phone.outbox.values())[-size:]
            self.random.shuffle(part)
            with contextlib.suppress(Lost):
                self.take(phone, phone.request(part))
            world.faults["re-ordered"] += 1

        @rule()
        def late(self) -> None:
            """An answer that was given up arrives after newer ones: only its receipts count."""
            if not self.old:
                return
            phone, (status, raw) = self.old.pop(self.random.randrange(len(self.old)))
            if status == 200:
                answer: dict[str, Any] = json.loads(raw)
                phone.apply({"receipts": answer["receipts"], "state": "locked"})
            world.faults["answered late"] += 1

        @rule(delay=st.floats(0, 0.08))
        def kill(self, delay: float) -> None:
            """The server dies in the middle of requests, and comes back."""
            if world.server.kills >= world.kills:
                return
            waiting = [p for p in self.phones if p.outbox]
            threads = [
                threading.Thread(target=self.attempt, args=(p, 200))
                for p in self.random.sample(waiting, min(3, len(waiting)))
            ]
            for thread in threads:
                thread.start()
            time.sleep(delay)
            world.server.kill()
            for thread in threads:
                thread.join()
            world.server.start()
            world.server.wait()
            world.faults["killed"] += 1

        @invariant()
        def nothing_is_lost(self) -> None:
            """What a phone wrote is in its outbox or has an answer."""
            for entry_id, phone in getattr(self, "entries", {}).items():
                assert entry_id in phone.outbox or entry_id in phone.settled

        def teardown(self) -> None:
            """The day ends with a network: now everything must be there, once."""
            if not hasattr(self, "phones"):
                return
            for _ in range(2):
                for phone in self.phones:
                    phone.sync()
            self.check_entries()
            self.check_states()

        def check_entries(self) -> None:
            ids = list(self.entries)
            records = set()
            aside: dict[UUID, str] = {}
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                records |= set(Record.objects.filter(id__in=part).values_list("id", flat=True))
                aside |= dict(SetAside.objects.filter(id__in=part).values_list("id", "state"))
            assert not records & aside.keys()
            assert records | aside.keys() == set(ids)
            assert Record.objects.count() - self.before[0] == len(records)
            assert SetAside.objects.count() - self.before[1] == len(aside)
            for entry_id, phone in self.entries.items():
                receipt = phone.settled[entry_id]
                told = receipt.get("first") or receipt["status"]
                assert told == ("accepted" if entry_id in records else aside[entry_id])
                world.answers[told] += 1
            visits = Visit.objects.filter(id__in=records).count() if len(ids) < 500 else None
            written = Record.objects.filter(command="household.visit").count()
            assert visits is None or visits <= written
            assert Visit.objects.count() == written
            stream = Stream.objects.get(district=DISTRICT)
            assert Record.objects.filter(district=DISTRICT).count() == stream.seq
            tally = RoundTally.objects.filter(district=DISTRICT, round_id=world.round_id, level=3)
            assert sum(tally.values_list("visits", flat=True)) == written

        def check_states(self) -> None:
            for phone, (name, password) in zip(self.phones, world.accounts, strict=True):
                fresh = Phone(world.server.post)
                fresh.login(username=name, password=password)
                fresh.sync()
                assert not phone.outbox
                for id_, door in fresh.doors.items():
                    assert sorted(phone.doors[id_][7]) == sorted(door[7])
                    assert phone.doors[id_][:7] == door[:7]
                assert phone.doors.keys() == fresh.doors.keys()
                assert phone.lists == fresh.lists

    return Phones
