"""`lianfang tick`, `replay` and `journal`."""

from __future__ import annotations

import json
import signal
import threading
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

app = typer.Typer()
console = Console(stderr=True)


@app.command()
def tick(
    every: Annotated[
        int, typer.Option(min=0, help="Go on, with so many seconds between; 0 ticks once.")
    ] = 0,
) -> None:
    """Let the clock run: claims that ran out go back, overdue duties climb a level.

    One worker runs this with --every 30 for the whole installation; a second one does no harm.
    """
    import structlog
    from django.db import close_old_connections

    from lianfang.kernel import clock
    from lianfang.kernel.problems import Refuse

    log = structlog.get_logger(__name__)
    stop = threading.Event()
    if every:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, frame: stop.set())
    while True:
        try:
            receipts = clock.run()
            if receipts:
                log.info("ticked", districts=len(receipts))
        except Exception as error:
            if not every:
                words = error.refusal.message if isinstance(error, Refuse) else str(error)
                console.print(f"[red]{words}[/red]", highlight=False)
                raise typer.Exit(1) from error
            # The database may be away for a while: the next tick does what this one left.
            log.warning("tick_failed", error=type(error).__name__)
        if stop.wait(every) if every else True:
            break
        close_old_connections()


@app.command()
def replay(
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare the state that it gives with this one.")
    ] = False,
) -> None:
    """Run the whole journal into an empty database and compare; on a database at rest."""
    if not verify:
        console.print("Say --verify: a replay is made beside the database, which stays as it is.")
        raise typer.Exit(2)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from lianfang.kernel.models import Record
    from lianfang.kernel.verification import verify as run

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=Record.objects.count())
        report = run(progress=lambda done: bar.update(task, completed=done))
    if report.differences:
        console.print(f"[red]Different after the replay: {', '.join(report.differences)}.[/red]")
        raise typer.Exit(1)
    console.print(f"{report.records} records replayed; the state is the same.")


@app.command()
def journal(
    subject: Annotated[UUID, typer.Argument(help="Id of a household, person, area, duty, …")],
    district: Annotated[
        str | None, typer.Option(help="Only this district; '' for what districts share.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1)] = 100,
) -> None:
    """Print what was recorded about an object, the latest first, without the sealed parts."""
    from lianfang.kernel import queries

    found = False
    for where in [district] if district is not None else ["", *queries.streams()]:
        for row in queries.records_about(where, [subject])[:limit]:
            found = True
            content = json.dumps(json.loads(row.payload), ensure_ascii=False)
            typer.echo(
                f"{row.received_at.isoformat(timespec='seconds')}\t{row.district or '-'}\t{row.seq}"
                f"\t{row.command}\t{row.actor}\t{content}"
            )
    if not found:
        console.print("Nothing is recorded about it.")
        raise typer.Exit(1)
