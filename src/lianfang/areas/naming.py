"""Who is named for a grid. The room that knows people says how to find out (people/apps.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

Names = Callable[[Iterable[UUID]], Mapping[UUID, list[str]]]


def _nobody(area_ids: Iterable[UUID]) -> Mapping[UUID, list[str]]:
    return {}


_source: Names = _nobody


def provide(source: Names) -> None:
    """Let `source` return the names of the grid workers of each grid, for a whole list at once."""
    global _source
    _source = source


def workers(area_ids: Iterable[UUID]) -> Mapping[UUID, list[str]]:
    """Return the names of the grid workers of each of the grids."""
    wanted = list(area_ids)
    return _source(wanted) if wanted else {}
