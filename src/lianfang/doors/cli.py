"""`lianfang import …`: files of households, helpers and organisations from a shell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lianfang.areas.cli import imports
from lianfang.doors.imports.rows import Kind

app = typer.Typer()
# The group is one for all rooms; typer would let a second one of the name hide the first.
console = Console(stderr=True)

File = Annotated[Path, typer.Argument(help="xlsx, xls or csv", exists=True, dir_okay=False)]
AreaCode = Annotated[str, typer.Option("--area", help="Code of the community, grid or street.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]
Returned = Annotated[
    Path | None, typer.Option(help="Where to write the rows that could not go in.")
]


@imports.command("households")
def import_households(
    file: File,
    area: AreaCode,
    complete: Annotated[
        bool, typer.Option("--complete", help="The file is the whole list of the area.")
    ] = False,
    close_missing: Annotated[
        bool, typer.Option("--close-missing", help="With --complete: close doors not in it.")
    ] = False,
    dry_run: DryRun = False,
    returned: Returned = None,
) -> None:
    """Import a roster of households; the same file again changes nothing."""
    _run(Kind.ROSTER, file, area, dry_run, returned, complete=complete, close=close_missing)


@imports.command("helpers")
def import_helpers(
    file: File, area: AreaCode, dry_run: DryRun = False, returned: Returned = None
) -> None:
    """Import those who help: persons, memberships, accounts and roles."""
    _run(Kind.HELPERS, file, area, dry_run, returned)


@imports.command("organisations")
def import_organisations(
    file: File, area: AreaCode, dry_run: DryRun = False, returned: Returned = None
) -> None:
    """Import organisations and attach them to the areas that they serve."""
    _run(Kind.ORGANISATIONS, file, area, dry_run, returned)


@imports.command("resume", hidden=True)
def resume_import(job: UUID) -> None:
    """Do what one import waits for; the server starts it for large files."""
    from lianfang.doors.imports import work
    from lianfang.doors.imports.models import ImportJob

    work.resume(ImportJob.objects.get(id=job))


@imports.command("waiting")
def resume_waiting() -> None:
    """Take up every import whose worker is gone (after a power cut, a restart)."""
    from lianfang.doors.imports import jobs, work

    for job in jobs.waiting():
        if jobs.claim(job):
            console.print(f"{job.filename} …", highlight=False, markup=False)
            work.resume(job)


def _run(
    kind: Kind,
    file: Path,
    code: str,
    dry_run: bool,
    returned: Path | None,
    *,
    complete: bool = False,
    close: bool = False,
) -> None:
    from django.utils.translation import override

    from lianfang.areas import queries
    from lianfang.doors.imports import files, jobs, work
    from lianfang.doors.imports.problems import FileProblem
    from lianfang.kernel.actors import OPERATOR
    from lianfang.kernel.problems import Refuse

    target = queries.by_code(code)
    if target is None:
        raise _fail(f"There is no area {code}.")
    with (
        override("en"),
        Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        ) as bar,
    ):
        task = bar.add_task("Checking" if dry_run else "Importing", total=None)
        try:
            job = jobs.begin(OPERATOR, kind, target, file, file.name)
            jobs.choose(job, {}, complete=complete, close=close)
            act = work.check if dry_run else work.perform
            outcome = act(job, lambda done, total: bar.update(task, completed=done, total=total))
        except (FileProblem, Refuse) as error:
            said = error.refusal.message if isinstance(error, Refuse) else str(error)
            raise _fail(said) from None
    for name, count in sorted(outcome.counts.items()):
        console.print(f"{name:<18} {count:>9,}", highlight=False)
    with override("en"):
        for row, said in outcome.refused[:20]:
            console.print(f"  row {row}: {said}", highlight=False, markup=False)
    if returned and outcome.returned_rows and not dry_run and job.wrapped_key:
        returned.write_bytes(files.content(job.id, files.RETURNED, bytes(job.wrapped_key)))
        console.print(f"{outcome.returned_rows} rows to be mended are in {returned}.")


def _fail(message: str) -> typer.Exit:
    console.print(f"[red]{message}[/red]", highlight=False)
    return typer.Exit(1)
