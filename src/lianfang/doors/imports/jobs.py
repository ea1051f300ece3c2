"""Imports as their sender sees them: begun with a file, mapped, checked, run, forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from lianfang.areas.models import Area
from lianfang.doors.imports import files
from lianfang.doors.imports.headers import Proposal, propose
from lianfang.doors.imports.models import ImportJob, ImportMemory
from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.reading import Options
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import Book, Sheet, open_book, sheet_named
from lianfang.kernel import crypto
from lianfang.kernel.actors import OPERATOR, Actor, ActorKind
from lianfang.kernel.ids import new_id
from lianfang.kernel.scope import within
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people.auth import actor_for
from lianfang.people.models import Account

# So long the file and what came back of it are kept.
KEEP = timedelta(days=14)
# A running import that has not moved for so long has lost its worker.
STALE = timedelta(seconds=90)

# The clock takes a broken-off import up after so long, and no longer than a day after the file
# came: what kills its worker each time would else be begun anew for ever. The page still offers it.
ABANDONED = timedelta(minutes=5)
BY_ITSELF = timedelta(days=1)

# What is larger runs in a process of its own, with a progress bar on the page.
SMALL_ROWS = 3_000
SMALL_BYTES = 200_000

VERBS: dict[Kind, Verb] = {
    Kind.ROSTER: Verb.REGISTER,
    Kind.HELPERS: Verb.GRANT,
    Kind.ORGANISATIONS: Verb.ORGANISE,
    Kind.AREAS: Verb.DRAW,
    Kind.MANIFEST: Verb.PLACE,
    Kind.CASES: Verb.TRACE,
    Kind.CONTACTS: Verb.TRACE,
}
# Kinds whose file is sent from the page of what it is a list of, and from nowhere else.
WITH_SUBJECT = frozenset({Kind.MANIFEST, Kind.CONTACTS})
_TRACED = [Kind.CASES, Kind.CONTACTS]
# What a file is for, among the choices kept with it: of this job alone, never of the next one.
SUBJECT = "subject"


def begin(
    actor: Actor,
    kind: Kind,
    area: Area,
    file: Path,
    filename: str,
    subject: UUID | None = None,
) -> ImportJob:
    """Take a file in: look into it, keep it encrypted, propose what its columns are.

    `subject` is what the file is a list of: the manifest, for passengers; the case, for contacts.

    The same file for the same area that was begun and not finished is taken up again.
    Raises FileProblem when it cannot be read.
    """
    seen = files.digest(file)
    clean_up()
    before = ImportJob.objects.filter(
        kind=kind,
        area=area,
        digest=seen,
        account_id=_account(actor),
        state__in=[ImportJob.State.MAPPING, ImportJob.State.CHECKED, ImportJob.State.RUNNING],
        files_until__gt=now(),
    ).order_by("-made_at")
    if subject is not None:
        before = before.filter(places__subject=str(subject))
    if (found := before.first()) and files.has(found.id, files.SENT):
        return found
    book = open_book(file, name=filename)
    try:
        sheet = _best(book, kind)
        batch, name, expected = book.batch, sheet.name, sheet.expected_rows
    finally:
        book.close()
    moment = now()
    _, wrapped = crypto.new_wrapped_key()
    job = ImportJob(
        id=new_id(),
        kind=kind,
        area=area,
        area_path=area.path,
        account_id=_account(actor),
        language=get_language() or "zh-hans",
        filename=filename[:200],
        digest=seen,
        size=file.stat().st_size,
        wrapped_key=wrapped,
        batch=batch,
        sheet=name,
        expected_rows=expected,
        made_at=moment,
        files_until=moment + KEEP,
    )
    job.places = remembered(area, kind).places
    if subject is not None:
        job.places = {**job.places, SUBJECT: str(subject)}
    files.keep(job.id, files.SENT, file, wrapped)
    job.save(force_insert=True)
    return job


def _account(actor: Actor) -> UUID | None:
    return actor.id if actor.kind is ActorKind.ACCOUNT else None


def _best(book: Book, kind: Kind) -> Sheet:
    """Return the sheet in which a header of that kind is found; hidden ones only if need be."""
    first: FileProblem | None = None
    for sheet in sorted(book.sheets, key=lambda s: s.hidden):
        try:
            if not propose(sheet, kind).missing:
                return sheet
        except FileProblem as problem:
            first = first or problem
    shown = [sheet for sheet in book.sheets if not sheet.hidden] or book.sheets
    if first and len(shown) == 1 and first.code == "sheet-empty":
        raise first
    return shown[0]


@contextmanager
def reading(job: ImportJob) -> Iterator[tuple[Sheet, Proposal]]:
    """Open a job's file with the mapping as it stands. Raises FileProblem."""
    if job.wrapped_key is None or not files.has(job.id, files.SENT):
        raise FileProblem("file-missing")
    suffix = Path(job.filename).suffix[:8]
    key = bytes(job.wrapped_key)
    with files.opened(job.id, files.SENT, key, suffix) as path:
        book = open_book(path, name=job.filename)
        try:
            sheet = sheet_named(book, job.sheet) if job.sheet else book.sheets[0]
            yield sheet, proposal(job, sheet)
        finally:
            book.close()


def proposal(job: ImportJob, sheet: Sheet) -> Proposal:
    """Return what the columns are: as confirmed, as remembered for the area, or as proposed."""
    titles = remembered(job.area, Kind(job.kind)).titles
    found = propose(sheet, Kind(job.kind), remembered=titles, header_row=job.header_row)
    if job.columns:
        return found.with_fields({int(index): name for index, name in job.columns.items()})
    return found


def remembered(area: Area, kind: Kind) -> ImportMemory:
    """Return what is remembered of an area's files (empty at first)."""
    found = ImportMemory.objects.filter(area=area, kind=kind).first()
    return found or ImportMemory(area=area, kind=kind)


def confirm_columns(job: ImportJob, found: Proposal) -> None:
    """Keep the mapping that the sender has confirmed, and remember the titles for the area."""
    job.columns = {str(column.index): column.field for column in found.columns}
    job.state = ImportJob.State.MAPPING
    job.save(update_fields=["columns", "state"])
    memory = remembered(job.area, Kind(job.kind))
    memory.titles = {**memory.titles, **found.to_remember()}
    memory.save()


def choose(job: ImportJob, places: Mapping[str, str], *, complete: bool, close: bool) -> None:
    """Keep the choices of the check; those about grids are remembered for the area."""
    job.complete = complete and not job.batch
    job.close_missing = close and job.complete
    job.places = {**job.places, **{key: value for key, value in places.items() if value}}
    for key, value in places.items():
        if not value:
            job.places.pop(key, None)
    job.save(update_fields=["complete", "close_missing", "places"])
    memory = remembered(job.area, Kind(job.kind))
    kept = {key: value for key, value in job.places.items() if key != SUBJECT}
    memory.places = {**memory.places, **kept}
    memory.save()


def actor_of(job: ImportJob) -> Actor:
    """Return who imports, with the permissions of this moment; an operator without account."""
    if job.account_id is None:
        return OPERATOR
    return actor_for(Account.objects.get(id=job.account_id))


def options(job: ImportJob) -> Options:
    """Return what the reader must know from outside."""
    return Options(today=local(job.made_at).date())


def visible(actor: Actor) -> QuerySet[ImportJob]:
    """Return the imports that the actor may see: the own ones, and those where he registers.

    What an import shows names people, so it takes the right to register them; that a file of
    cases was sent is known to those who trace only.
    """
    mine = Q(account_id=actor.id) if actor.id else Q(pk__in=[])
    traced = Q(kind__in=_TRACED)
    registers = within(actor.paths(Verb.REGISTER), "area_path") & ~traced
    traces = within(actor.paths(Verb.TRACE), "area_path") & traced
    found = ImportJob.objects.filter(mine | registers | traces)
    return found.select_related("area")


def may_import(actor: Actor, kind: Kind, area: Area) -> bool:
    """Tell whether the actor may import files of a kind into an area."""
    return area.valid_to is None and actor.may(VERBS[kind], area.path)


def is_small(job: ImportJob) -> bool:
    """Tell whether the file is done within a request."""
    if job.expected_rows is None:
        return job.size <= SMALL_BYTES
    return job.expected_rows <= SMALL_ROWS


def is_stale(job: ImportJob, since: timedelta = STALE) -> bool:
    """Tell whether work on a job has stopped without an end: its worker is gone."""
    working = job.state in (ImportJob.State.RUNNING, ImportJob.State.CHECKING)
    return working and (job.beat_at is None or job.beat_at < now() - since)


def waiting(since: timedelta = STALE) -> list[ImportJob]:
    """Return the imports whose worker has been gone for so long, the oldest first."""
    states = [ImportJob.State.RUNNING, ImportJob.State.CHECKING]
    found = ImportJob.objects.filter(state__in=states).order_by("made_at", "id")
    return [job for job in found if is_stale(job, since)]


class TakenOver(Exception):
    """Another worker goes on with this import: this one has to let go of it."""


def beat(job: ImportJob, **fields: Any) -> None:
    """Say that the worker of a job lives, and keep how far it has come.

    Each worker knows the moment of its own last beat. A worker that was slow, and was taken for
    dead, finds another's there and raises TakenOver: what it did in this transaction goes back.
    """
    moment = now()
    mine = ImportJob.objects.filter(id=job.id, state=job.state, beat_at=job.beat_at)
    if not mine.update(beat_at=moment, **fields):
        raise TakenOver
    for name, value in {**fields, "beat_at": moment}.items():
        setattr(job, name, value)


def claim(job: ImportJob) -> bool:
    """Take a broken-off import up; False when somebody else did so at the same moment."""
    try:
        beat(job)
    except TakenOver:
        return False
    return True


def samples(job: ImportJob) -> dict[str, Any]:
    """Return what the last check has found."""
    found: dict[str, Any] = json.loads(job.samples) if job.samples else {}
    return found


def clean_up() -> int:
    """Delete the files whose time is over, and their keys; returns how many."""
    over = list(ImportJob.objects.filter(files_until__lte=now(), wrapped_key__isnull=False))
    for job in over:
        files.forget(job.id)
        job.wrapped_key, job.samples = None, ""
        job.save(update_fields=["wrapped_key", "samples"])
    return len(over)
