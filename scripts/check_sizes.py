"""Holds the length of modules: none over 500 lines, the median under 150."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

LONGEST = 500
MEDIAN = 150


def check(source: Path) -> list[str]:
    """Return one line for each module under `source` that is too long, and for the median."""
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted(source.rglob("*.py"))
        if "migrations" not in path.parts
    }
    result = [
        f"{path.relative_to(source.parent)}: {count} lines, {LONGEST} at most: split it up"
        for path, count in lengths.items()
        if count > LONGEST
    ]
    filled = [count for count in lengths.values() if count]
    if filled and (median := statistics.median(filled)) >= MEDIAN:
        result.append(f"the median module has {median:.0f} lines; it should stay under {MEDIAN}")
    return result


if __name__ == "__main__":
    found = check(Path(__file__).resolve().parent.parent / "src")
    for line in found:
        sys.stderr.write(line + "\n")
    sys.exit(1 if found else 0)
