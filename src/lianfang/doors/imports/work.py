"""Runs an import: dry, to show what it would do, or in earnest, chunk by chunk.

Each chunk is one transaction: the journal, the state, and how far the import has come. A broken
run is taken up again by running the file anew: what is in becomes no command, what was refused
is answered as before, and only rows beyond the old position are counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from lianfang.doors.imports import files, jobs
from lianfang.doors.imports.headers import Proposal
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.plan import Planned, Planner, Setting, Step, kernel_problem
from lianfang.doors.imports.plan_areas import AreaPlanner
from lianfang.doors.imports.plan_cases import CasePlanner
from lianfang.doors.imports.plan_contacts import ContactPlanner
from lianfang.doors.imports.plan_helpers import HelperPlanner
from lianfang.doors.imports.plan_households import HouseholdPlanner
from lianfang.doors.imports.plan_organisations import OrganisationPlanner
from lianfang.doors.imports.plan_passengers import PassengerPlanner
from lianfang.doors.imports.problems import FileProblem, Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.returned import ReturnedBook, ReturnedSheet
from lianfang.doors.imports.rows import Kind, RefusedRow
from lianfang.doors.imports.tables import Cell, NumberedRow, Sheet
from lianfang.kernel.routing import current_alias
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now

Progress = Callable[[int, int | None], None]
# What the check shows of each kind of change.
_SAMPLES = 8
_SHOWN_REFUSALS = 50
_RUNNING, _DONE = ImportJob.State.RUNNING, ImportJob.State.DONE


PLANNERS: dict[Kind, Callable[[Setting], Planner]] = {
    Kind.ROSTER: HouseholdPlanner,
    Kind.HELPERS: HelperPlanner,
    Kind.ORGANISATIONS: OrganisationPlanner,
    Kind.AREAS: AreaPlanner,
    Kind.MANIFEST: PassengerPlanner,
    Kind.CASES: CasePlanner,
    Kind.CONTACTS: ContactPlanner,
}


class KeepingReading(Reading):
    """A reading that holds on to the cells of the rows of the chunk at hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read as `Reading`."""
        super().__init__(*args, **kwargs)
        self.kept: dict[int, list[Cell]] = {}

    def data(self) -> Iterator[NumberedRow]:
        """Give the rows, keeping the cells of each until `drop`."""
        for number, cells in super().data():
            self.kept[number] = cells
            yield number, cells

    def drop(self, upto: int) -> None:
        """Let go of the rows up to a number."""
        for number in [n for n in self.kept if n <= upto]:
            del self.kept[number]


@dataclass(slots=True)
class Outcome:
    """What a run has done (or would do), and how much went back."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    returned_rows: int = 0


class _Back:
    """The workbook of rows that go back; made when the first one does."""

    def __init__(self, job: ImportJob, sheet: Sheet, found: Proposal, stack: ExitStack) -> None:
        self.job, self.sheet, self.found = job, sheet, found
        self._stack = stack
        self._page: ReturnedSheet | None = None
        self._book: ReturnedBook | None = None
        self.rows = 0

    def add(self, refused: RefusedRow) -> None:
        self.rows += 1
        if self._page is None:
            self._path = self._stack.enter_context(files.scratch(".xlsx"))
            self._book = ReturnedBook(self._path, str(self.job.id), self.job.language)
            self._page = self._book.sheet(self.sheet, self.found)
        self._page.add(refused)

    def keep(self) -> None:
        if self._book:
            self._book.close()
            assert self.job.wrapped_key is not None
            files.keep(self.job.id, files.RETURNED, self._path, bytes(self.job.wrapped_key))


class _Run:
    """One pass over a job's file."""

    def __init__(self, job: ImportJob, sheet: Sheet, found: Proposal, *, dry: bool) -> None:
        self.job, self.dry = job, dry
        self.reading = KeepingReading(sheet, found, jobs.options(job))
        self.setting = Setting(
            jobs.actor_of(job),
            job.area,
            job.id,
            job.made_at,
            complete=job.complete,
            close_missing=job.close_missing,
            returned=bool(job.batch),
            places={key: UUID(value) for key, value in job.places.items()},
        )
        self.planner = PLANNERS[Kind(job.kind)](self.setting)
        self.outcome = Outcome(Counter() if dry else Counter(job.counts))
        self.back: _Back | None = None
        # Rows up to here were counted by a run that broke off.
        self.counted = 0 if dry else job.position

    def go(self, progress: Progress) -> None:
        chunk: list[Any] = []
        waiting: list[RefusedRow] = []
        last = 0
        for item in self.reading.entries():
            if isinstance(item, RefusedRow):
                self.planner.protect(item, self.reading)
                waiting.append(item)
                continue
            if self.planner.size and len(chunk) >= self.planner.size:
                self._chunk(chunk, waiting, last)
                progress(last, self.job.expected_rows)
                chunk, waiting = [], []
            chunk.append(item)
            last = _last_row(item)
        self._chunk(chunk, waiting, max(last, waiting[-1].row if waiting else 0))
        for step in self.planner.finish():
            self._do(step, counted=self.job.position >= _END and not self.dry)
        self._position(_END)
        progress(self.job.expected_rows or last, self.job.expected_rows)

    def _chunk(self, chunk: Sequence[Any], waiting: Sequence[RefusedRow], last: int) -> None:
        counted = last <= self.counted
        for refused in waiting:
            self._return(refused, counted=refused.row <= self.counted)
        step = self.planner.plan(chunk)
        with transaction.atomic(using=current_alias()):
            self._do(step, counted=counted)
            self._position(max(last, self.job.position))
        self.reading.drop(last)

    def _position(self, row: int) -> None:
        if self.dry:
            return
        jobs.beat(self.job, position=row, counts=dict(self.outcome.counts))

    def _do(self, step: Step, *, counted: bool) -> None:
        failed: set[int] = set()
        for rows, problem in step.returned:
            self._send_back(rows, problem, failed, counted)
        ordered = sorted(step.planned, key=lambda p: p.stage)
        for _, group in groupby(ordered, key=lambda p: p.stage):
            planned = [p for p in group if not failed.intersection(p.rows)]
            for done in planned if self.dry else self._submit(planned, failed, counted):
                if not counted:
                    self.outcome.counts.update(done.counts)
                for name in done.counts:
                    shown = self.outcome.samples.setdefault(name, [])
                    if done.label and len(shown) < _SAMPLES:
                        shown.append(done.label)
        if not counted:
            self.outcome.counts.update(step.counts)

    def _submit(
        self, planned: Sequence[Planned], failed: set[int], counted: bool
    ) -> Iterator[Planned]:
        receipts = submit(self.setting.actor, [p.entry for p in planned]) if planned else []
        for one, receipt in zip(planned, receipts, strict=True):
            if receipt.stands:
                yield one
            else:
                assert receipt.refusal
                problem = kernel_problem(receipt.refusal, one.rows[0] if one.rows else 0)
                self._send_back(one.rows, problem, failed, counted)

    def _send_back(
        self, rows: tuple[int, ...], problem: Problem, failed: set[int], counted: bool
    ) -> None:
        """Give the rows of a command back that could not be carried out."""
        fresh = [row for row in rows if row not in failed]
        failed.update(rows)
        for row in fresh:
            cells = self.reading.kept.get(row, [])
            # The empty cell that the reading has added stands at the end.
            self._return(RefusedRow(row, cells[:-1], [problem]), counted=counted)
        if not rows:
            self.outcome.counts["refused"] += 1
            self.outcome.refused.append((0, problem.words()))

    def _return(self, refused: RefusedRow, *, counted: bool) -> None:
        if not counted:
            self.outcome.counts["refused"] += 1
        self.outcome.returned_rows += 1
        for problem in refused.problems:
            self.outcome.reasons[problem.code] += 1
        if len(self.outcome.refused) < _SHOWN_REFUSALS:
            said = " ".join(problem.words() for problem in refused.problems)
            self.outcome.refused.append((refused.row, said))
        if self.back:
            self.back.add(refused)


def resume(job: ImportJob) -> None:
    """Do what a job waits for, in a worker of its own; what it meets is kept with the job.

    A worker whose job another one has taken over ends without a word.
    """
    with suppress(FileProblem, jobs.TakenOver), override(job.language):
        if job.state == ImportJob.State.CHECKING:
            check(job)
        elif job.state == ImportJob.State.RUNNING:
            perform(job)


# Beyond the last row of any sheet: the file is through.
_END = 2_000_000_000


def _last_row(item: Any) -> int:
    members = getattr(item, "members", None)
    return max([item.row, *(m.row for m in members)]) if members else int(item.row)


def begin_check(job: ImportJob) -> None:
    """Mark a job as being checked."""
    job.state, job.position, job.beat_at = ImportJob.State.CHECKING, 0, now()
    job.save(update_fields=["state", "position", "beat_at"])


def check(job: ImportJob, progress: Progress = lambda done, total: None) -> Outcome:
    """Plan the whole file without changing anything; what was found is kept with the job.

    Raises FileProblem when the file or its mapping cannot be used.
    """
    begin_check(job)

    def moved(done: int, total: int | None) -> None:
        jobs.beat(job, position=done)
        progress(done, total)

    try:
        with jobs.reading(job) as (sheet, found):
            run = _Run(job, sheet, found, dry=True)
            run.go(moved)
    except FileProblem as problem:
        _fail(job, problem)
        raise
    outcome = run.outcome
    kept = {
        "samples": outcome.samples,
        "refused": outcome.refused,
        "reasons": dict(outcome.reasons.most_common()),
        "skipped": [(s.row, s.why, s.said) for s in run.reading.skipped[:20]],
        "unplaced": dict(getattr(run.planner, "unplaced", {})),
        "unknown": dict(getattr(run.planner, "unknown", {})),
    }
    job.samples = json.dumps(kept, ensure_ascii=False)
    job.counts = dict(outcome.counts)
    job.returned_rows = outcome.returned_rows
    job.state, job.problem = ImportJob.State.CHECKED, ""
    job.save(update_fields=["samples", "counts", "returned_rows", "state", "problem"])
    return outcome


def _fail(job: ImportJob, problem: FileProblem) -> None:
    with override(job.language):
        job.problem = str(problem)[:300]
    job.state = ImportJob.State.FAILED
    job.save(update_fields=["state", "problem"])


def start(job: ImportJob) -> bool:
    """Mark a checked import as running; False when somebody else did so at the same moment."""
    moment = now()
    mine = ImportJob.objects.filter(id=job.id).exclude(state__in=[_RUNNING, _DONE])
    if not mine.update(state=_RUNNING, position=0, counts={}, beat_at=moment):
        return False
    job.state, job.position, job.counts, job.beat_at = _RUNNING, 0, {}, moment
    return True


def perform(job: ImportJob, progress: Progress = lambda done, total: None) -> Outcome:
    """Carry an import out, from the start or from where it broke off.

    Rows that could not go in lie in the returned workbook afterwards. Raises FileProblem,
    TakenOver when another worker is at it, or Refuse(kernel.unavailable) when the database went
    away: then it can be run again.
    """
    if job.state != _RUNNING:
        start(job)
    try:
        with ExitStack() as stack:
            sheet, found = stack.enter_context(jobs.reading(job))
            run = _Run(job, sheet, found, dry=False)
            run.back = _Back(job, sheet, found, stack)
            run.go(progress)
            run.back.keep()
    except FileProblem as problem:
        _fail(job, problem)
        raise
    job.state, job.finished_at = ImportJob.State.DONE, now()
    job.returned_rows = run.outcome.returned_rows
    job.samples = json.dumps({"refused": run.outcome.refused}, ensure_ascii=False)
    job.save(update_fields=["state", "finished_at", "returned_rows", "samples"])
    return run.outcome
