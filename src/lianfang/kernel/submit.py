"""The one way in: entries become records, or are kept with the reason why not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from pydantic import ValidationError

from lianfang.kernel import bulk, effects, figures, journal, problems, times
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Batch, Entry, Item
from lianfang.kernel.ids import derive_id
from lianfang.kernel.models import SetAside
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.registry import COMMANDS, Command, followers
from lianfang.kernel.routing import current_alias, current_connection

log = structlog.get_logger(__name__)

# A corrected clock may still be a little off; a worker may carry a phone without signal for days.
FUTURE = timedelta(minutes=5)
PAST = timedelta(days=14)
_TRIES = 3

T = TypeVar("T")


def submit(
    actor: Actor,
    entries: Sequence[Entry],
    *,
    received_at: datetime | None = None,
    hold_odd_clocks: bool = False,
    approved_by: str = "",
) -> list[Receipt]:
    """Take entries in; return one receipt for each, in their order.

    Each district's part is one transaction: journal, state, duties, tallies and what is set aside.
    `hold_odd_clocks` holds entries with an impossible time for the community lead (phones) where
    else they are refused (a desk, where somebody can correct the date at once). `approved_by` is
    set by the decision on a held entry: its author's permission and clock are not asked again.

    Raises Refuse(kernel.unavailable) when the database does not answer; then nothing was written
    of the districts that have no receipt, and sending the same list again is safe.
    """
    received = received_at or times.now()
    receipts: dict[int, Receipt] = {}
    districts: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        districts.setdefault(entry.district, []).append(number)
    for district, numbers in districts.items():
        part = _Part(actor, district, received, hold_odd_clocks, approved_by)
        for number, receipt in zip(
            numbers, _patiently(part.run, [entries[n] for n in numbers]), strict=True
        ):
            receipts[number] = receipt
    figures.count((e.command, receipts[n].status) for n, e in enumerate(entries))
    return [receipts[number] for number in range(len(entries))]


def _patiently(run: Callable[[Sequence[Entry]], T], entries: Sequence[Entry]) -> T:
    """Run a district's transaction; once more when the database lost the connection or a lock."""
    for attempt in range(_TRIES):
        try:
            return run(entries)
        except (OperationalError, InterfaceError) as error:
            if not _is_outage(error):
                raise
            log.warning("database_unavailable", attempt=attempt, error=type(error).__name__)
            if current_connection().in_atomic_block or attempt + 1 == _TRIES:
                raise Refuse(problems.UNAVAILABLE) from error
            current_connection().close_if_unusable_or_obsolete()
            time.sleep(0.2 * 4**attempt)
    raise AssertionError("unreachable")


# SQLite's primary result codes: busy, locked, no memory, read-only, I/O error, full, cannot open.
_SQLITE_OUTAGES = frozenset({5, 6, 7, 8, 10, 13, 14})


def _is_outage(error: BaseException) -> bool:
    """Tell a database that does not answer from a statement that is wrong.

    SQLite reports both as OperationalError.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _SQLITE_OUTAGES


class _ListFailed(Exception):
    """A handler met an unexpected error; the transaction is undone and the entries run singly."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(command)
        self.command = command
        self.reason = reason


class _Part:
    """One district's part of a list, on its way through one transaction."""

    def __init__(
        self,
        actor: Actor,
        district: str,
        received_at: datetime,
        hold_odd_clocks: bool,
        approved_by: str,
    ) -> None:
        self.actor = actor
        self.district = district
        self.received_at = received_at
        self.hold_odd_clocks = hold_odd_clocks
        self.approved_by = approved_by
        self.ref_seq = 0
        # Set after a list met an unexpected error: then each entry runs in a savepoint of its own.
        self.singly = False

    def run(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Run the whole part; returns receipts in the entries' order."""
        try:
            return self._transaction(entries)
        except _ListFailed as failed:
            log.warning("list_failed", command=failed.command, error=failed.reason)
            self.singly = True
            return self._transaction(entries)

    def _transaction(self, entries: Sequence[Entry]) -> list[Receipt]:
        receipts: dict[int, Receipt] = {}
        fresh: list[tuple[int, Entry, bytes]] = []
        # A second entry with an id of this same list waits for the answer of the first.
        twins: dict[int, int] = {}
        with transaction.atomic(using=current_alias()):
            self.ref_seq = journal.enter(self.district)
            known = {} if self.approved_by else journal.seen(self.district, (e.id for e in entries))
            first: dict[UUID, tuple[int, bytes]] = {}
            for number, entry in enumerate(entries):
                mark = journal.fingerprint(entry)
                if before := known.get(entry.id):
                    receipts[number] = _again(before, mark)
                elif entry.id in first and first[entry.id][1] == mark:
                    twins[number] = first[entry.id][0]
                elif entry.id in first:
                    receipts[number] = _other_content(entry.id)
                else:
                    first[entry.id] = (number, mark)
                    fresh.append((number, entry, mark))
            written: list[journal.Written] = []
            aside = self._others(entries, receipts)
            for name, run in groupby(fresh, key=lambda f: f[1].command):
                self._command(name, list(run), receipts, written, aside)
            journal.append(self.district, self.ref_seq, written, approved_by=self.approved_by)
            bulk.insert(aside)
        for number, origin in twins.items():
            answer = receipts[origin]
            receipts[number] = Receipt(
                answer.id, Status.REPEATED, answer.refusal, answer.result, first=answer.status
            )
        return [receipts[number] for number in range(len(entries))]

    def _others(self, entries: Sequence[Entry], receipts: Mapping[int, Receipt]) -> list[SetAside]:
        """Keep entries that came under the id of another one, under an id derived from both."""
        kept: dict[UUID, SetAside] = {}
        for number, receipt in receipts.items():
            if receipt.refusal and receipt.refusal.code == problems.OTHER_CONTENT:
                mark = journal.fingerprint(entries[number]).hex()
                entry = replace(entries[number], id=derive_id(entries[number].id, "other", mark))
                kept[entry.id] = journal.set_aside(
                    self.district, self.actor, entry, receipt.refusal, self.received_at
                )
        known = journal.seen(self.district, kept) if kept else {}
        return [row for id_, row in kept.items() if id_ not in known]

    def _command(
        self,
        name: str,
        run: list[tuple[int, Entry, bytes]],
        receipts: dict[int, Receipt],
        written: list[journal.Written],
        aside: list[SetAside],
    ) -> None:
        """Run consecutive entries of one command and note what became of each."""
        spec = COMMANDS.get(name)
        items: list[Item[Any]] = []
        refused: dict[int, Refusal] = {}
        for number, entry, _ in run:
            item = read(spec, entry, self.district)
            if isinstance(item, Refusal):
                refused[number] = item
            else:
                items.append(item)
        batch = self._execute(spec, items) if spec and items else None
        by_entry = {id(item.entry): item for item in batch.items} if batch else {}
        for number, entry, mark in run:
            found = by_entry.get(id(entry))
            refusal = refused.get(number) or (found.refusal if found else None)
            held = bool(found and found.held)
            if found and batch and refusal is None:
                written.append(journal.Written(found, batch, mark))
                receipts[number] = Receipt(entry.id, Status.ACCEPTED, result=found.result)
                continue
            assert refusal is not None
            path = (found.path if found else None) or ""
            status = Status.HELD if held else Status.REFUSED
            receipts[number] = Receipt(entry.id, status, refusal)
            if not self.approved_by:
                aside.append(
                    journal.set_aside(
                        self.district,
                        self.actor,
                        entry,
                        refusal,
                        self.received_at,
                        path=path,
                        held=held,
                    )
                )

    def _execute(self, spec: Command, items: list[Item[Any]]) -> Batch[Any]:
        if not self.singly:
            batch = self._batch(spec, items)
            try:
                self._checked(batch)
            except Exception as error:
                if _is_outage(error):
                    raise
                raise _ListFailed(spec.name, type(error).__name__) from error
            return batch
        singles = [self._single(spec, item) for item in items]
        batch = self._batch(spec, [single.items[0] for single in singles])
        return batch

    def _single(self, spec: Command, item: Item[Any]) -> Batch[Any]:
        batch = self._batch(spec, [item])
        try:
            with batch.savepoint():
                self._checked(batch)
        except Exception as error:
            if _is_outage(error):
                raise
            log.error("entry_failed", command=spec.name, entry=str(item.id), exc_info=True)
            item.refuse(problems.UNEXPECTED)
        return batch

    def _batch(self, spec: Command, items: list[Item[Any]]) -> Batch[Any]:
        return Batch(spec, self.actor, self.district, items, self.received_at, ref_seq=self.ref_seq)

    def _checked(self, batch: Batch[Any]) -> None:
        """Locate, check permission and clock, then let the handler and its followers work."""
        batch.command.locate(batch)
        for item in batch:
            if item.path is None:
                item.refuse(problems.NOT_FOUND)
            elif not self.approved_by:
                self._permit(batch, item, item.path)
                if item.refusal is None:
                    self._clock(item)
        perform(batch)

    def _permit(self, batch: Batch[Any], item: Item[Any], path: str) -> None:
        verb = batch.command.verb
        if self.actor.may(verb, path):
            return
        if self.actor.could(verb, path, item.at):
            item.refuse(problems.ACCESS_LOST)
            item.held = True
        elif self.actor.may_somewhere(verb) and path:
            # What is out of scope looks as if it were not there.
            item.refuse(problems.NOT_FOUND)
            item.path = None
        else:
            item.refuse(problems.FORBIDDEN)

    def _clock(self, item: Item[Any]) -> None:
        code = None
        if item.at > self.received_at + FUTURE:
            code = problems.IN_FUTURE
        elif item.at < self.received_at - PAST:
            code = problems.TOO_OLD
        if code:
            if self.hold_odd_clocks:
                code = problems.CLOCK_ODD
                item.held = True
            item.refuse(
                code, "occurred_at", when=f"{times.local(item.at):%Y-%m-%d %H:%M}", days=PAST.days
            )


def perform(batch: Batch[Any]) -> None:
    """Run the handler, its followers, and write the effects; also the heart of a replay."""
    if not any(True for _ in batch):
        return
    batch.command.handler(batch)
    for function in followers(batch.command.name):
        if any(True for _ in batch):
            function(batch)
    effects.apply(batch)


def read(spec: Command | None, entry: Entry, district: str) -> Item[Any] | Refusal:
    """Read the payload of an entry, or say why it cannot be read."""
    if spec is None:
        return Refusal(problems.UNKNOWN_COMMAND, "command", {"command": entry.command})
    if spec.reference == bool(district):
        return Refusal(problems.WRONG_DISTRICT, "district", {"district": district})
    try:
        return Item(entry, spec.payload.model_validate(entry.payload))
    except ValidationError as error:
        return explain(error)


def explain(error: ValidationError) -> Refusal:
    """Return the first thing that pydantic found, with its field, in the catalogue's shape."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, CodedError):
        return Refusal(inner.code, field, inner.params)
    return Refusal(problems.MALFORMED, field, {"reason": first["msg"]})


class CodedError(ValueError):
    """Raised by a payload's validator to refuse with a code of the catalogue."""

    def __init__(self, code: str, **params: Any) -> None:
        """Refuse with the catalogue's `code` and the words' `params`."""
        super().__init__(code)
        self.code = code
        self.params = params


def _again(before: journal.Seen, mark: bytes) -> Receipt:
    return before.receipt if before.digest == mark else _other_content(before.receipt.id)


def _other_content(entry_id: UUID) -> Receipt:
    return Receipt(entry_id, Status.REFUSED, Refusal(problems.OTHER_CONTENT, "id"))
