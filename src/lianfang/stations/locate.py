"""Finds where entries about posts act, for a whole list at once."""

from __future__ import annotations

from typing import Any

from lianfang.areas.tree import places
from lianfang.kernel.batch import Batch
from lianfang.stations.models import Post


def by_post(batch: Batch[Any]) -> None:
    """Locate entries by the post that they name; the posts read stay in `batch.memo["posts"]`."""
    ids = {item.payload.post_id for item in batch}
    posts = {
        p.id: p
        for p in Post.objects.select_related("area").filter(district=batch.district, id__in=ids)
    }
    batch.memo["posts"] = posts
    found = places({p.area_id for p in posts.values()}, batch)
    for item in batch:
        item.subject_id = item.payload.post_id
        if post := posts.get(item.payload.post_id):
            item.place = found[post.area_id]
            item.path = item.place.path
