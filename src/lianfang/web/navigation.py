"""The main navigation, gathered from the rooms: each registers its entries in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from lianfang.web.components import NavItem, Text

# Entries from this order on stand under "More", and all after so many: a header of 1280 px holds
# seven words, however many rooms have something for somebody.
MORE_FROM = 45
MOST = 7

Visible = Callable[[HttpRequest], bool]
Count = Callable[[HttpRequest], int]


@dataclass(frozen=True)
class _Entry:
    item: NavItem
    visible: Visible | None
    count: Count | None


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A navigation entry as the template shows it for one request."""

    label: Text
    href: str
    icon: str
    tab: bool
    current: bool
    count: int
    more: bool = False


_entries: dict[str, _Entry] = {}


def register(item: NavItem, *, visible: Visible | None = None, count: Count | None = None) -> None:
    """Add an entry, or replace the one of the same url name.

    `visible` hides it per request; `count` is the number shown beside it (0 shows none) and must
    be cheap: it runs on every page.
    """
    _entries[item.url] = _Entry(item, visible, count)


def shown(request: HttpRequest) -> list[ShownItem]:
    """Return the entries for this request, in order, without those whose url does not exist."""
    result: list[ShownItem] = []
    for entry in sorted(_entries.values(), key=lambda e: (e.item.order, e.item.url)):
        item = entry.item
        if entry.visible and not entry.visible(request):
            continue
        try:
            href = reverse(item.url)
        except NoReverseMatch:
            continue
        prefixes = item.match or ((href,) if href != "/" else ())
        current = request.path == href or any(request.path.startswith(p) for p in prefixes)
        count = entry.count(request) if entry.count else 0
        more = item.order >= MORE_FROM or len(result) >= MOST
        result.append(ShownItem(item.label, href, item.icon, item.tab, current, count, more))
    return result
