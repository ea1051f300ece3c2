"""How fast a roster of 100,000 rows by 12 columns goes in, against `submit` alone.

    python benchmarks/bench_imports.py [rows]

The import runs in a process of its own; the time that it spends inside `kernel.submit` is what
the same lists of commands take without the import (the commit is not even in it). The ratio of
the two rates is therefore measured on the very same commands, at the same moment, on the same
database. Prints rows/s, the ratio, and the peak of memory at a tenth of the rows and at all;
fails when the ratio is under 0.5.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")

AIM = 0.5
COMMUNITIES = ("440605011900", "440605011901")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Write two files, import each in a process of its own, print the figures."""
    import django

    django.setup()
    if arguments[:1] == ["--import"]:
        _import(Path(arguments[1]), arguments[2])
        return 0
    from django.core.management import call_command

    rows = int(arguments[0]) if arguments else 100_000
    call_command("migrate", verbosity=0, interactive=False)
    _areas(rows)
    with tempfile.TemporaryDirectory() as folder:
        tenth = _measured(Path(folder) / "tenth.xlsx", rows // 10, 7, COMMUNITIES[1])
        whole = _measured(Path(folder) / "whole.xlsx", rows, 11, COMMUNITIES[0])
    count, seconds, inside, peak = whole
    ratio = inside / seconds
    _say(f"import         {seconds:7.1f} s  {count / seconds:9,.0f} rows/s")
    _say(f"submit alone   {inside:7.1f} s  {count / inside:9,.0f} rows/s")
    _say(f"ratio          {ratio:7.2f}    (aim {AIM})")
    _say(
        f"memory         {tenth[3]:.0f} MB for {tenth[0]:,.0f} rows, {peak:.0f} MB for {count:,.0f}"
    )
    return 0 if ratio >= AIM else 1


def _areas(rows: int) -> None:
    from benchmarks.bench_imports_parse import large_town
    from lianfang.kernel.actors import OPERATOR
    from lianfang.kernel.batch import Entry
    from lianfang.kernel.ids import new_id
    from lianfang.kernel.submit import submit
    from lianfang.kernel.times import now

    town = large_town(rows)
    listed = [("44", "G"), ("4406", "F"), ("440605", "N"), ("440605011", "Q")]
    for code in COMMUNITIES:
        listed.append((code, code[-3:]))
        listed += [(code + grid[12:], name) for grid, name in town.grids]
    content = {"rows": [{"code": code, "name": name} for code, name in listed]}
    receipt = submit(OPERATOR, [Entry(new_id(), "area.import", content, now())])[0]
    assert receipt.stands, receipt


def _measured(path: Path, rows: int, seed: int, code: str) -> tuple[float, float, float, float]:
    """Return rows, seconds, seconds inside submit and peak MB of an import of made-up people."""
    from benchmarks.bench_imports_parse import write_flat
    from lianfang.drill.town import Building, build

    count = int(rows // 2.75 // 240) + 1
    buildings = [Building(number, number // 2 + 1, 0, 30, 8) for number in range(1, count + 1)]
    town = build(seed=seed, buildings=buildings)
    for person in town.residents:
        # A county that was never given out, another one for each town.
        person.id_number = _numbered(f"44069{seed % 10}", person.id_number)
    written = write_flat(town, path, rows)
    command = [sys.executable, __file__, "--import", str(path), code]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, inside, peak, taken = map(float, said.split()[-4:])
    assert taken == written, (taken, written)
    return written, seconds, inside, peak


def _numbered(region: str, number: str) -> str:
    from stdnum.cn import ric

    head = region + number[6:17]
    return head + str(ric.calc_check_digit(head + "0"))


def _import(path: Path, code: str) -> None:
    """Import the file; print seconds, seconds inside submit, peak MB and the people taken in."""
    from lianfang.areas.models import Area
    from lianfang.doors.imports import jobs, work
    from lianfang.doors.imports.rows import Kind
    from lianfang.kernel import submit as kernel
    from lianfang.kernel.actors import OPERATOR

    spent = 0.0
    plain = kernel.submit

    def timed(*arguments: Any) -> Any:
        nonlocal spent
        begun = time.perf_counter()
        try:
            return plain(*arguments)
        finally:
            spent += time.perf_counter() - begun

    setattr(work, "submit", timed)  # noqa: B010  (the name is not the module's own)
    area = Area.objects.get(code=code, valid_to=None)
    start = time.perf_counter()
    outcome = work.perform(jobs.begin(OPERATOR, Kind.ROSTER, area, path, path.name))
    seconds = time.perf_counter() - start
    assert not outcome.counts["refused"], outcome
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"{seconds} {spent} {peak} {outcome.counts['people_new']}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
