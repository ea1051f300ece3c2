"""What every page of the console knows: the navigation and the languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from lianfang.web import navigation

LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}  # cjk: each in its own script


def web(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `web_nav`, `web_nav_more`, `web_languages` (the others, in their words).

    The navigation is computed only when a template shows it, so that partial answers to HTMX
    don't pay for it.
    """
    now = get_language()
    shown: Any = SimpleLazyObject(lambda: navigation.shown(request))
    return {
        "web_nav": shown,
        "web_nav_more": SimpleLazyObject(lambda: [item for item in shown if item.more]),
        "web_languages": [
            (code, LANGUAGE_NAMES.get(code, str(name)))
            for code, name in settings.LANGUAGES
            if code != now
        ],
    }
