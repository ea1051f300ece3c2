"""Writes phone/src/generated/words.json: the app's words in both languages, and its icons.

The words come from the same gettext catalogues as the server's. They are read from the .po files,
so that the app can be built before these are compiled.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import polib

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "phone" / "src" / "generated" / "words.json"
ICONS = [
    "home",
    "building",
    "duty",
    "send",
    "person",
    "people",
    "check",
    "phone",
    "nobody",
    "refused",
    "fever",
    "vacant",
    "search",
    "qr",
    "plus",
    "minus",
    "edit",
    "lock",
    "warning",
    "refresh",
    "offline",
    "calendar",
    "clock",
    "door",
    "shield",
    "team",
    "bell",
    "question",
    "info",
    "post",
    "help",
    "isolated",
]
# What may end a plate instead of a digit or letter (GA 36-2018).
PLATE_ENDINGS = "警学挂领试超港澳临"  # cjk: data
# The province's abbreviation on a plate by the first two digits of its division code (GB/T 2260).
_ORDER = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"  # cjk: data
_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
)
PROVINCE_OF = dict(zip(_CODES.split(), _ORDER, strict=True))
# Drawn here, since only the app wants them.
OWN_ICONS = {
    "camera": '<path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4z"/><circle cx="12" cy="13" r="3.2"/>',
    "back": '<path d="M15 4.5 7.5 12l7.5 7.5"/>',
    "next": '<path d="m9 4.5 7.5 7.5L9 19.5"/>',
    "rest": '<path d="M5 9h12v5a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zM17 10h1.5a2.5 2.5 0 0 1 0 5H17'
    'M8.5 3.5v2M12.5 3.5v2"/>',
}


def _catalogue() -> dict[tuple[str | None, str], str]:
    table: dict[tuple[str | None, str], str] = {}
    for path in sorted((ROOT / "src" / "lianfang").glob("*/locale/zh_Hans/LC_MESSAGES/django.po")):
        # The app's own room comes last and so decides.
        for entry in polib.pofile(str(path)):
            if entry.msgstr and not entry.fuzzy and not entry.obsolete:
                table.setdefault((entry.msgctxt, entry.msgid), entry.msgstr)
    own = ROOT / "src" / "lianfang" / "doors" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    for entry in polib.pofile(str(own)):
        if entry.msgstr and not entry.fuzzy:
            table[(entry.msgctxt, entry.msgid)] = entry.msgstr
    return table


def _source(words: Any) -> tuple[str | None, str]:
    """Return context and source text of lazily translated words."""
    if isinstance(words, str):
        return None, words
    arguments = words._args  # the arguments of gettext or pgettext
    return (arguments[0], arguments[1]) if len(arguments) == 2 else (None, arguments[0])


def main() -> int:
    """Write the file; return 1 when a text wants a translation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.config.settings")
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from lianfang.areas import words as area_words
    from lianfang.doors.phone import post_words, service_words, words
    from lianfang.mobilising import words as mobilising_words
    from lianfang.people import words as people_words
    from lianfang.stations import plate_rules
    from lianfang.stations import words as station_words
    from lianfang.web.icons import ICONS as DRAWN

    groups: dict[str, Any] = {
        "": words.SCREEN | service_words.SCREEN | post_words.SCREEN,
        "outcome.": words.OUTCOMES,
        "symptom.": words.SYMPTOMS,
        "act.": words.ACTS | service_words.ACTS | post_words.ACTS,
        "post.": station_words.KINDS,
        "shift.": mobilising_words.SHIFT_STATES,
        "signup.": mobilising_words.SIGN_UP_STATES,
        "answer.": mobilising_words.ANSWERS,
        "dept.": mobilising_words.DEPARTMENT_STATES,
        "matter.": mobilising_words.MATTERS,
        "care.": people_words.CARE,
        "sex.": people_words.SEXES,
        "role.": area_words.ROLES,
    }
    catalogue = _catalogue()
    table: dict[str, dict[str, str]] = {}
    missing = []
    for prefix, group in groups.items():
        for key, text in group.items():
            context, english = _source(text)
            chinese = catalogue.get((context, english), "")
            if not chinese:
                missing.append(english)
            table[f"{prefix}{key}"] = {"en": english, "zh": chinese or english}
    absent = [name for name in ICONS if name not in DRAWN]
    if absent:
        sys.stderr.write(f"icons that web/icons.py does not draw: {absent}\n")
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "words": table,
        "icons": {name: DRAWN[name] for name in ICONS} | OWN_ICONS,
        "provinces": plate_rules.PROVINCES,
        "plate_endings": PLATE_ENDINGS,
        "province_of": PROVINCE_OF,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    # Left alone when nothing changed, so that the app is not built again for it.
    if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        TARGET.write_text(text, encoding="utf-8")
    if missing:
        sys.stderr.write(f"phone words without Chinese: {missing}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
