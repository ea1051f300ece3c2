"""Draws boundaries: GeoJSON polygons become the paths of a small picture. No map tiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

Ring = Sequence[Sequence[float]]
# The longer side of the picture, in its own units; coordinates are rounded to a tenth.
SIZE = 600.0


@dataclass(frozen=True, slots=True)
class Shape:
    """One area on the picture: its path, and the point near its middle where a word can stand."""

    path: str
    x: float
    y: float


def rings(boundary: Mapping[str, Any] | None) -> Iterator[Ring]:
    """Yield the rings of a GeoJSON Polygon or MultiPolygon (RFC 7946); nothing for all else."""
    if not boundary:
        return
    if boundary.get("type") == "Feature":
        yield from rings(boundary.get("geometry"))
    elif boundary.get("type") == "GeometryCollection":
        for part in boundary.get("geometries") or ():
            yield from rings(part)
    polygons = boundary.get("coordinates") or ()
    if boundary.get("type") == "Polygon":
        polygons = [polygons]
    elif boundary.get("type") != "MultiPolygon":
        return
    for polygon in polygons:
        for ring in polygon:
            if len(ring) >= 4:
                yield ring


def draw(boundaries: Sequence[Mapping[str, Any] | None]) -> tuple[float, float, list[Shape | None]]:
    """Return width, height, and a shape for each boundary (None where there is nothing to draw).

    Degrees are laid flat with the width of a degree at the middle latitude, which is right for
    anything from a compound to a province.
    """
    every = [list(rings(b)) for b in boundaries]
    points = [point for own in every for ring in own for point in ring]
    if not points:
        return 0.0, 0.0, [None] * len(boundaries)
    west, east = _span(p[0] for p in points)
    south, north = _span(p[1] for p in points)
    shrink = cos(radians((south + north) / 2)) or 1.0
    wide, high = max((east - west) * shrink, 1e-9), max(north - south, 1e-9)
    scale = SIZE / max(wide, high)

    def place(point: Sequence[float]) -> tuple[float, float]:
        x = (point[0] - west) * shrink * scale
        return round(x, 1), round((north - point[1]) * scale, 1)

    shapes = [_shape([[place(p) for p in ring] for ring in own]) for own in every]
    # Eight units more, so that an outline on the edge is whole; the picture begins at -4.
    return round(wide * scale + 8, 1), round(high * scale + 8, 1), shapes


def _span(values: Iterable[float]) -> tuple[float, float]:
    listed = list(values)
    return min(listed), max(listed)


def _shape(own: list[list[tuple[float, float]]]) -> Shape | None:
    if not own:
        return None
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in own)
    longest = max(own, key=len)
    left, right = _span(x for x, _ in longest)
    top, bottom = _span(y for _, y in longest)
    return Shape(path, round((left + right) / 2, 1), round((top + bottom) / 2, 1))
