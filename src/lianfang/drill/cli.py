# cjk: the guide is in both languages
"""`lianfang demo`: a made-up community of 3,000 households, ready to be looked at."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

app = typer.Typer()
console = Console(highlight=False)

_GUIDE = (
    (
        "/",
        "今天要办的事，发热待转诊、无人应门待再访",
        "what waits: fevers to refer, doors to try again",
    ),
    (
        "/areas",
        "区域树；点开社区看各网格进度和楼栋立面",
        "the areas; open the community, a grid, a building",
    ),
    (
        "/rounds",
        "第一轮入户排查：完成率、未到户、没人负责的网格",
        "the round: coverage, and a grid without a name",
    ),
    (
        "/arrivals",
        "TR188 航班：335 人已分流安排，还有一家等您决定；点位与床位在 /sites",
        "flight TR188: 335 sorted and placed, one family waits for your decision; beds in /sites",
    ),
    (
        "/imports",
        "花名册导入：40 行待改的可下载改好再传",
        "the imports; 40 rows came back to be mended",
    ),
)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    reset: Annotated[bool, typer.Option("--reset", help="Build it anew.")] = False,
    serve: Annotated[bool, typer.Option(help="Serve it when it is built.")] = True,
) -> None:
    """Build a made-up community from the example files and serve it on this machine."""
    from django.core.management import call_command

    from lianfang.drill import demo as building

    call_command("migrate", interactive=False, verbosity=0)
    if not building.is_built() or reset:
        if not building.is_empty():
            if not building.is_ours():
                raise _fail("This database holds more than a demonstration: give another one.")
            _empty()
        console.print("正在建立示例社区（约一分钟）… / Building the community, about a minute …")
        with Progress(
            TextColumn("{task.description:<20}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=console,
        ) as bar:
            tasks: dict[str, TaskID] = {}

            def say(what: str, done: int, total: int | None) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=total)
                bar.update(tasks[what], completed=done, total=total)

            try:
                building.build(say)
            except building.DemoError as error:
                raise _fail(str(error)) from None
    _print_guide(building.accounts_file(), port)
    if serve:
        sys.stdout.flush()
        words = ["-m", "lianfang.config.cli", "serve", "--port", str(port)]
        os.execv(sys.executable, [sys.executable, *words])


def _empty() -> None:
    """Empty the demonstration's database and the folder of its imports."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
    folder = Path(settings.DATA_DIR)
    shutil.rmtree(folder / "imports", ignore_errors=True)
    (folder / "demo.built").unlink(missing_ok=True)


def _print_guide(accounts: Path, port: int) -> None:
    table = Table("账号 / account", "密码 / password", "角色 / role", "姓名 / name")
    if accounts.exists():
        for line in accounts.read_text(encoding="utf-8").splitlines():
            table.add_row(*line.split("\t"))
        console.print(table)
        console.print(f"也记在 {accounts} / also in {accounts}")
    console.print(
        f"\n打开 / open  http://127.0.0.1:{port}  （先用 lead 登录 / log in as lead first）"
    )
    for path, chinese, english in _GUIDE:
        console.print(f"  {path:<10} {chinese}\n  {'':<10} {english}")


def _fail(message: str) -> typer.Exit:
    Console(stderr=True).print(f"[red]{message}[/red]")
    return typer.Exit(1)
