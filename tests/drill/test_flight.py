"""The example manifest: what it promises, and that one seed gives one file."""

from __future__ import annotations

from pathlib import Path

from lianfang.doors.imports.tables import open_book
from lianfang.drill import flight

EXAMPLES = Path(__file__).parents[2] / "examples"


def content(path: Path) -> list[list[object]]:
    return [list(sheet.rows()) for sheet in open_book(path).sheets]


def test_the_same_seed_gives_the_file_under_examples(tmp_path: Path) -> None:
    made = flight.write(flight.build(), tmp_path / "flight-tr188.xlsx")
    assert content(made) == content(EXAMPLES / "flight-tr188.xlsx")


def test_the_flight_is_as_the_article_says() -> None:
    made = flight.build()
    assert len(made.landed) == flight.LANDED
    wuhan = [p for p in made.landed if "武汉" in p.place_from or p.place_from == "Wuhan"]
    assert len(wuhan) == flight.FROM_WUHAN
    fevers = [p for p in made.landed if p.temperature[:2] in ("38", "37") and p.symptoms]
    assert len(fevers) == flight.FEVERISH
    assert len({p.passport for p in made.lines}) == len(made.lines) - 1
    assert all(p.passport.startswith("XX") for p in made.lines)
