"""Contrast of the tokens, size of the static files, no inline code in any template."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

import lianfang

PACKAGE = Path(lianfang.__file__).parent
STATIC = PACKAGE / "web" / "static" / "web"
TOKENS = (STATIC / "tokens.css").read_text()
DOORS = ["unvisited", "fine", "phone", "nobody", "refused", "fever", "isolated", "help", "vacant"]

# (ink, ground): at least 4.5:1 as text.
TEXT = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("canvas", "surface", "sunken")
    ],
    *[(tone, ground) for tone in ("brand", "good", "warn", "bad") for ground in ("surface",)],
    ("brand", "canvas"),
    ("brand-hover", "surface"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-bad", "bad"),
    ("on-lamp", "lamp"),
    *[(f"on-{tone}-soft", f"{tone}-soft") for tone in ("brand", "good", "warn", "bad")],
    *[(f"on-d-{state}", f"d-{state}") for state in DOORS],
    ("ink", "t-fill"),
    ("ink-2", "t-fill"),
    ("on-t-full", "t-full"),
]
# At least 3:1: borders of inputs, focus, parts of the coverage bar.
SHAPES = [
    ("line-strong", "surface"),
    ("focus", "surface"),
    ("focus", "canvas"),
    ("c-done", "surface"),
    ("c-open", "surface"),
    ("c-silent", "surface"),
]


def theme(name: str) -> dict[str, str]:
    """Return the colours of a theme; the dark one falls back on the light one."""
    blocks = {
        match[1]: dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6});", match[2]))
        for match in re.finditer(r"/\* theme: (\w+) \*/(.*?)\}", TOKENS, re.DOTALL)
    }
    return blocks["light"] | blocks[name]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_pair_can_be_read(name: str) -> None:
    colours = theme(name)
    low = [
        f"{ink} on {ground}: {ratio:.2f} < {least}"
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for ink, ground in pairs
        if (ratio := contrast(colours[ink], colours[ground])) < least
    ]
    assert not low, "\n".join(low)


def test_both_themes_name_the_same_colours() -> None:
    light, dark = theme("light"), theme("dark")
    assert light.keys() == dark.keys()


def test_static_files_stay_small() -> None:
    styles = [STATIC / f"{n}.css" for n in ("tokens", "base", "components", "print")]
    text = b"".join(path.read_bytes() for path in styles)
    assert len(text) < 44_000
    assert len(gzip.compress(text)) < 11_000
    assert (STATIC / "app.js").stat().st_size < 6 * 1024


def test_every_custom_property_is_defined() -> None:
    styles = "".join(path.read_text() for path in STATIC.glob("*.css"))
    used = set(re.findall(r"var\(--([\w-]+)", styles))
    defined = set(re.findall(r"--([\w-]+):", styles))
    assert used <= defined, used - defined


INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"\s(on[a-z]+|hx-on[\w:-]*)\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def test_no_template_of_any_room_has_inline_code() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}: {what}"
        for path in PACKAGE.glob("*/templates/**/*.html")
        for what, pattern in INLINE.items()
        if pattern.search(re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)


def test_each_component_is_documented_and_in_the_style_guide() -> None:
    from lianfang.web.templatetags.web import register

    documented = (PACKAGE.parent.parent / "docs" / "design.md").read_text(encoding="utf-8")
    templates = PACKAGE / "web" / "templates" / "web"
    shown = "".join(path.read_text(encoding="utf-8") for path in templates.rglob("*.html"))
    for tag in register.tags:
        assert re.search(rf"^\| `{tag}\b", documented, re.MULTILINE), f"{tag}: docs/design.md"
        assert re.search(rf"{{% {tag}\b", shown), f"{tag}: not on the style guide"
