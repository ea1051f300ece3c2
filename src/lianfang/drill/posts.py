# cjk: names of the made-up checkpoint
"""The demonstration's posts: a gate and a checkpoint with a morning of made-up passages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id

PASSAGES = 60
_FAMILY = "王李张刘陈杨黄赵吴周徐孙"
_FROM = ("佛山", "广州", "肇庆", "武汉", "东莞", "")


class Posts(NamedTuple):
    """The ids of the two posts."""

    checkpoint: str
    gate: str


def new_posts() -> Posts:
    """Return ids for two posts that are to be put up."""
    return Posts(str(new_id()), str(new_id()))


def open_posts(ids: Posts, area_id: str, at: datetime, district: str) -> list[Entry]:
    """Return the entries that put up the two posts."""
    return [
        Entry(
            new_id(),
            "post.open",
            {
                "post_id": post_id,
                "kind": kind,
                "name": name,
                "area_id": area_id,
                "address": address,
            },
            at,
            district,
        )
        for post_id, kind, name, address in (
            (ids.checkpoint, "checkpoint", "桂澜路卡点", "桂澜路与海五路口"),
            (ids.gate, "gate", "小区北门", "怡景路 1 号"),
        )
    ]


def passages(ids: Posts, start: datetime, seed: int, district: str) -> Iterator[Entry]:
    """Yield a morning's passages and counts: some vehicles come twice, one has a fever aboard."""
    dice = random.Random(seed)
    cars = [f"粤E{dice.randint(0, 99_999):05d}" for _ in range(40)]
    for number in range(PASSAGES):
        plate = cars[number % len(cars)]
        line = {
            "name": f"{_FAMILY[number % len(_FAMILY)]}某{number % len(cars)}",
            "phone": f"1990000{number % len(cars):04d}",
            "temperature": "38.1" if number == 17 else f"{36 + dice.randint(1, 9) / 10:.1f}",
        }
        content: dict[str, Any] = {
            "post_id": ids.checkpoint,
            "plate": plate,
            "direction": "out" if number >= len(cars) else "in",
            "from_place": _FROM[number % len(_FROM)],
            "to_place": "怡景社区",
            "people": 1 + dice.randint(0, 2),
            "travellers": [line],
        }
        at = start + timedelta(minutes=3.8 * number, seconds=dice.randint(0, 60))
        yield Entry(new_id(), "passage.record", content, at, district)
    for hour in range(4):
        content = {
            "post_id": ids.gate,
            "entered": dice.randint(30, 90),
            "left": dice.randint(30, 90),
            "waiting": dice.randint(0, 12),
        }
        at = start + timedelta(minutes=55 + 55 * hour)
        yield Entry(new_id(), "post.count", content, at, district)
