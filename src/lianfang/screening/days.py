"""Days as the deployment's people count them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(moment: datetime) -> str:
    """Return the local day of a moment as YYYY-MM-DD, the period of daily counters."""
    return moment.astimezone(_zone(settings.TIME_ZONE)).date().isoformat()
