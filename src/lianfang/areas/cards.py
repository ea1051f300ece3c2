"""The picture of an area's parts on its page, where boundaries were given."""

from __future__ import annotations

from lianfang.areas import outline, queries
from lianfang.areas.models import Area
from lianfang.kernel.actors import Actor
from lianfang.web.slots import Card

# More parts than this are no picture any more.
_MOST = 400


def boundaries(actor: Actor, area: Area) -> Card | None:
    """Return the card with the boundaries of the areas below, or of the area itself."""
    below = list(queries.children(actor, area).exclude(boundary=None)[:_MOST])
    shown = below or [a for a in (area,) if a.boundary]
    width, height, shapes = outline.draw([a.boundary for a in shown])
    parts = [(a, shape) for a, shape in zip(shown, shapes, strict=True) if shape]
    if not parts:
        return None
    return Card(
        "areas/boundaries.html",
        {"area": area, "width": width, "height": height, "parts": parts, "named": len(parts) < 40},
        wide=True,
    )
