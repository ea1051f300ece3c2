"""Places for the kernel: areas with their ladder, kept in memory while the tree stands still."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.areas.rules import DISTRICT_LEVEL, district_of
from lianfang.kernel.batch import Batch
from lianfang.kernel.routing import current_alias
from lianfang.kernel.scope import Place

# Half of a large municipality's grids; a place takes about 1 kB.
_LIMIT = 50_000
_cache: dict[UUID, Place] = {}
_good_for: tuple[str, int] | None = None


def clear() -> None:
    """Forget all places (tests roll the tree back)."""
    global _good_for
    _cache.clear()
    _good_for = None


def places(ids: Iterable[UUID], batch: Batch[Any] | None = None) -> dict[UUID, Place]:
    """Return the places of the areas `ids`; unknown ids are left out.

    Inside a district's batch the answers are kept until the reference stream moves on.
    """
    global _good_for
    wanted = set(ids)
    if batch is None or not batch.district:
        return _read(wanted)
    now = (current_alias(), batch.ref_seq)
    if _good_for != now or len(_cache) > _LIMIT:
        _cache.clear()
        _good_for = now
    missing = wanted - _cache.keys()
    if missing:
        _cache.update(_read(missing))
    return {i: _cache[i] for i in wanted if i in _cache}


def _read(ids: set[UUID]) -> dict[UUID, Place]:
    rows = list(
        Area.objects.filter(id__in=ids).values_list("id", "code", "path", "level", "valid_to")
    )
    paths = {p for row in rows for p in _rungs(row[2])}
    above = {
        path: (level, id_)
        for id_, path, level in Area.objects.filter(path__in=paths, valid_to=None).values_list(
            "id", "path", "level"
        )
    }
    result = {}
    for id_, code, path, level, valid_to in rows:
        ladder = [(level, id_)] + [above[p] for p in _rungs(path) if p in above]
        result[id_] = Place(
            id_, code, path, level, district_of(path), tuple(ladder), live=valid_to is None
        )
    return result


def _rungs(path: str) -> list[str]:
    """Return the paths of the ancestors from the parent down to the district, nearest first."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[:n]) + "/" for n in range(len(codes) - 1, DISTRICT_LEVEL - 1, -1)]


def by_area(field: str = "area_id") -> Any:
    """Return a locator for commands whose payload names an area in `field`; null is the root."""

    def locate(batch: Batch[Any]) -> None:
        ids = {getattr(item.payload, field) for item in batch} - {None}
        found = places(ids, batch)
        for item in batch:
            area_id = getattr(item.payload, field)
            if area_id is None:
                item.path = ""
            elif place := found.get(area_id):
                item.place, item.path = place, place.path
            item.subject_id = area_id

    return locate
