"""Where a thing is: a node of the area tree as the kernel needs to know it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Place:
    """An area, with the ancestors on which its counters are kept.

    `ladder` holds (level, id) of the area itself and of each ancestor down to the district: a
    record in a grid counts on each rung. Above the district nothing is kept; few rows are summed.
    """

    id: UUID
    code: str
    path: str
    level: int
    district: str
    ladder: tuple[tuple[int, UUID], ...]
    live: bool = True


def within(paths: Iterable[str], field: str) -> Q:
    """Return the condition that the path in `field` lies under one of `paths`; none of them: none.

    The empty path is everything, said in so many words: Q() | x would be x alone.
    """
    condition = Q(pk__in=[])
    for path in paths:
        if path == "":
            return ~Q(pk__in=[])
        condition |= Q(**{f"{field}__under": path})
    return condition
