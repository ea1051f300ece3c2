"""How fast a roster of 100,000 rows by 12 columns goes in, against `submit` alone.

    python -m benchmarks.bench_imports [rows]

Both are measured in the same run, in processes of their own, on databases that begin alike: first
the file through the import (read, compared, written, with its position), then lists of the same
commands, planned beforehand, through `submit`. Prints rows/s, the ratio and the peak of memory;
fails when the ratio is under 0.5, or when the memory of 100,000 rows is much more than the file's
own cells take.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")

AIM = 0.5
_CHUNK = 400


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> int:
    """Write the file, import it, submit the same commands, compare."""
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.bench_imports_parse import large_town, write_flat
    from lianfang.areas.models import Area
    from lianfang.doors.imports import jobs, work
    from lianfang.doors.imports.plan_households import HouseholdPlanner
    from lianfang.doors.imports.rows import Kind, RefusedRow
    from lianfang.kernel.actors import OPERATOR
    from lianfang.kernel.batch import Entry
    from lianfang.kernel.ids import new_id
    from lianfang.kernel.submit import submit
    from lianfang.kernel.times import now

    rows = int(arguments[0]) if arguments else 100_000
    call_command("migrate", verbosity=0, interactive=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        town = large_town(rows)
        rows = write_flat(town, path, rows)
        grids = [("44", "G"), ("4406", "F"), ("440605", "N"), ("440605011", "Q")]
        grids += [("440605011900", "Y"), ("440605011901", "Z"), *town.grids]
        grids += [("440605011901" + code[12:], name) for code, name in town.grids]
        del town
        gc.collect()
        content = {"rows": [{"code": code, "name": name} for code, name in grids]}
        receipt = submit(OPERATOR, [Entry(new_id(), "area.import", content, now())])[0]
        assert receipt.stands, receipt

        # The same commands for another community of the same size: planned, then only submitted.
        other = Area.objects.get(code="440605011901", valid_to=None)
        job = jobs.begin(OPERATOR, Kind.ROSTER, other, path, "plan.xlsx")
        lists: list[list[Entry]] = []
        with jobs.reading(job) as (sheet, found):
            run = work._Run(job, sheet, found, dry=True)
            planner: Any = HouseholdPlanner(run.setting)
            chunk: list[Any] = []
            for item in run.reading.entries():
                if not isinstance(item, RefusedRow):
                    chunk.append(item)
                if len(chunk) == _CHUNK:
                    lists.append([p.entry for p in planner.plan(chunk).planned])
                    chunk = []
            lists.append([p.entry for p in planner.plan(chunk).planned])
        job.delete()
        count = sum(map(len, lists))
        start = time.perf_counter()
        for entries in lists:
            for one in submit(OPERATOR, entries):
                assert one.stands, one
        alone = time.perf_counter() - start
        _say(f"submit alone   {alone:7.1f} s  {rows / alone:9,.0f} rows/s  {count:,} commands")
        del lists, run, planner, chunk
        gc.collect()

        # Everybody of the file is registered now; other people, so that all is new again.
        os.sync()
        second = Path(folder) / "second.xlsx"
        fresh = large_town_of_others(rows)
        write_flat(fresh, second, rows)
        del fresh
        gc.collect()
        before = _peak()
        area = Area.objects.get(code="440605011900", valid_to=None)
        start = time.perf_counter()
        job = jobs.begin(OPERATOR, Kind.ROSTER, area, second, "roster.xlsx")
        outcome = work.perform(job)
        whole = time.perf_counter() - start
        assert not outcome.counts["refused"], outcome
        assert outcome.counts["people_new"] == rows, outcome.counts
    ratio = alone / whole
    _say(f"import         {whole:7.1f} s  {rows / whole:9,.0f} rows/s")
    _say(f"ratio          {ratio:7.2f}    (aim {AIM})")
    _say(f"memory         {before:.0f} MB before, {_peak():.0f} MB at the peak")
    return 0 if ratio >= AIM else 1


def large_town_of_others(rows: int) -> Any:
    """Return a town as large as the first one, with other people in it."""
    from lianfang.drill.town import Building, build

    count = int(rows // 2.75 // 240) + 1
    buildings = [Building(number, number // 2 + 1, 0, 30, 8) for number in range(1, count + 1)]
    town = build(seed=11, buildings=buildings)
    for person in town.residents:
        # Another county that was never given out.
        person.id_number = _renumbered(person.id_number)
    return town


def _renumbered(number: str) -> str:
    from stdnum.cn import ric

    head = "440698" + number[6:17]
    return head + str(ric.calc_check_digit(head + "0"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
