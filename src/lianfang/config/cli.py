"""`lianfang …`: what an operator does from a shell.

Commands of this file are about the installation. A room adds its own with a module `cli.py` that
holds `app: typer.Typer`; its commands stand at the top level (`lianfang demo`), unless it nests
another Typer with a name (`lianfang import areas`).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    name="lianfang",
    help="Lianfang (联防): a community's response to an epidemic.",  # cjk: the product's name
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
console = Console(stderr=True)


def fail(message: str) -> typer.Exit:
    """Say on standard error what is wrong; return the exit to raise."""
    console.print(f"[red]{message}[/red]", highlight=False)
    return typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    threads: Annotated[int, typer.Option(help="Threads of each process.", min=1)] = 4,
    prepare: Annotated[bool, typer.Option(help="Collect and compress static files first.")] = True,
) -> None:
    """Serve the console, the phone app and the API until interrupted."""
    from django.conf import settings
    from django.core.management import call_command

    from lianfang.config import probes

    reasons = probes.not_ready()
    if "database" in reasons:
        raise fail("The database does not answer: look at LIANFANG_DATABASE_URL.")
    if reasons:
        raise fail("The database is not up to date: run `lianfang migrate` first.")
    if prepare and not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    # Each worker writes its figures into a file there; /metrics adds them up.
    figures = Path(settings.DATA_DIR) / "metrics" / str(port)
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(threads),
        # A worker that was told to stop before it had started would never stop by itself.
        "--workers-kill-timeout": "30",
        "--log-config": str(Path(__file__).with_name("granian.json")),
    }
    if settings.DEBUG:
        del options["--log-config"]
    # A fresh process, so that no connection or counter of this one is shared with the workers.
    sys.stdout.flush()
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "granian",
            *(word for pair in options.items() for word in pair),
            "--no-ws",
            "--respawn-failed-workers",
            "lianfang.config.wsgi:application",
        ],
    )


@app.command()
def migrate() -> None:
    """Bring the database to the shape that this version wants."""
    from django.core.management import call_command

    call_command("migrate", interactive=False)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)],
) -> None:
    """Write the database and the uploaded files into one file, while the server runs.

    The keys are not in it: keep LIANFANG_MASTER_KEY (or master.key in the data folder) apart.
    """
    from lianfang.config.backup import BackupError, write_backup

    try:
        with console.status("Backing up …"):
            manifest = write_backup(file)
    except BackupError as error:
        raise fail(str(error)) from None
    rows = sum(manifest.rows.values())
    console.print(f"{file}: {len(manifest.rows)} tables, {rows} rows, {manifest.uploads} uploads.")
    console.print(
        "The master key is not in it. Keep it apart: without it, personal fields cannot be read."
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file written by backup.", exists=True)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a database that has data.")
    ] = False,
    other_key: Annotated[
        bool, typer.Option("--other-key", help="Restore although the master key is another.")
    ] = False,
) -> None:
    """Put a backup in the place of the database and the uploaded files; stop the server first.

    The whole file is checked before anything is changed, and the rows are counted afterwards.
    """
    from lianfang.config.backup import BackupError, restore_backup

    try:
        with console.status("Restoring …"):
            manifest = restore_backup(file, replace=replace, other_key=other_key)
    except BackupError as error:
        raise fail(str(error)) from None
    rows = sum(manifest.rows.values())
    console.print(f"Restored {len(manifest.rows)} tables, {rows} rows, {manifest.uploads} uploads.")
    console.print("Now run `lianfang migrate`, in case this version is newer than the backup.")


@app.command()
def create_admin(
    username: Annotated[str, typer.Argument(help="The login name.")],
    name: Annotated[str, typer.Option(help="What colleagues call the person.")] = "",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="8 or more.")
    ] = "",
) -> None:
    """Make an account that administers the whole installation."""
    from lianfang.config.administrator import AdministratorError, create_administrator

    try:
        create_administrator(username, name or username, password)
    except AdministratorError as error:
        raise fail(str(error)) from None
    console.print(f"{username} can log in now.")


@app.command()
def messages(
    action: Annotated[str, typer.Argument(help="update, check or compile")] = "update",
) -> None:
    """Bring the message catalogues up to date, check them, or compile them (developers)."""
    from lianfang.config import catalogues

    raise typer.Exit(catalogues.run(action))


def add_rooms(target: typer.Typer, installed: Iterable[str]) -> None:
    """Add to `target` the commands of each installed room that has a module `cli`."""
    for name in installed:
        module = f"{name}.cli"
        if name.startswith("lianfang.") and importlib.util.find_spec(module) is not None:
            target.add_typer(import_module(module).app)


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")
    if sys.argv[1:2] == ["demo"]:
        # The demonstration never touches an installation's data; settings are read below.
        os.environ.setdefault("LIANFANG_DATA", str(Path("var") / "demo"))
    import django
    from django.conf import settings

    django.setup()
    add_rooms(app, settings.INSTALLED_APPS)
    app()


if __name__ == "__main__":
    main()
