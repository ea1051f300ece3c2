"""Finds where entries about stock, production and key places act, for a whole list at once."""

from __future__ import annotations

from typing import Any

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch
from lianfang.stations import queries as stations


def at_post(batch: Batch[Any]) -> None:
    """Locate entries by the post that they name."""
    posts = stations.named(batch.district, {item.payload.post_id for item in batch})
    batch.memo["posts"] = posts
    found = places({p.area_id for p in posts.values()}, batch)
    for item in batch:
        item.subject_id = item.payload.post_id
        if post := posts.get(item.payload.post_id):
            item.place = found[post.area_id]
            item.path = item.place.path
