"""The components of the console as template tags: `{% load web %}`.

docs/design.md lists them with their arguments; /styleguide shows them in every state.
A keyword argument that a tag doesn't know becomes an attribute: `hx_get=url` gives `hx-get="…"`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import segno
from django import template
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lianfang.web import components as c
from lianfang.web import words
from lianfang.web.icons import ICONS
from lianfang.web.states import DoorState

register = template.Library()


def _attributes(values: dict[str, Any]) -> SafeString:
    """Render attributes: `_` becomes `-`; True a bare attribute; None and False nothing."""
    return flatatt({name.replace("_", "-"): value for name, value in values.items()})


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon. Give a `label` only when no word stands beside it.

    Raises template.TemplateSyntaxError for a name that isn't in the set.
    """
    if not name:
        return mark_safe("")
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon named {name!r}")
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    # The drawings are constants of this package, never a user's text.
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" {role}>{ICONS[name]}</svg>')


@register.inclusion_tag("web/c/button.html")
def button(
    label: str,
    href: str = "",
    kind: c.Kind = "secondary",
    icon: str = "",
    type: str = "submit",
    dialog: str = "",
    full: bool = False,
    small: bool = False,
    disabled: bool = False,
    icon_only: bool = False,
    **attrs: Any,
) -> dict[str, Any]:
    """A button, or a link that looks like one when `href` is given.

    `dialog` is the id of a `{% dialog %}` to open.
    """
    return {
        "label": label,
        "href": href,
        "kind": kind,
        "icon": icon,
        "type": "button" if dialog else type,
        "dialog": dialog,
        "full": full,
        "small": small,
        "disabled": disabled,
        "icon_only": icon_only,
        "attrs": _attributes(attrs),
    }


@register.inclusion_tag("web/c/action.html", takes_context=True)
def action(context: template.Context, action: c.Action) -> dict[str, Any]:
    """An `Action`: a link, a link into the dialog, or a small form that posts."""
    return {"action": action, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/c/badge.html")
def badge(label: object, tone: c.Tone = "plain", icon: str = "") -> dict[str, Any]:
    """A word in a frame."""
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("web/c/door_badge.html")
def door_badge(state: str, note: str = "") -> dict[str, Any]:
    """The state of a door as glyph, colour and word."""
    return {"state": DoorState(state), "note": note}


@register.inclusion_tag("web/c/plate.html")
def plate(*parts: object, size: str = "") -> dict[str, Any]:
    """A door plate: the address of a household, part by part. `size="large"` for a page's head."""
    return {"parts": [part for part in parts if part not in (None, "")], "size": size}


@register.inclusion_tag("web/c/area_path.html")
def area_path(crumbs: Sequence[c.Link]) -> dict[str, Any]:
    """The path from the top area to this one; the last is where one stands."""
    return {"crumbs": crumbs}


@register.inclusion_tag("web/c/stat.html")
def stat(
    label: str,
    value: object,
    of: object = None,
    href: str = "",
    icon: str = "",
    note: str = "",
    change: int | None = None,
    good: str = "up",
    tone: c.Tone = "plain",
) -> dict[str, Any]:
    """A number with its name, which opens the records behind it.

    `change` is the difference to the day before; `good` says whether "up" or "down" is good news.
    """
    change_tone = "plain"
    if change:
        change_tone = "good" if (change > 0) == (good == "up") else "bad"
    return {
        "label": label,
        "value": value,
        "of": of,
        "href": href,
        "icon": icon,
        "note": note,
        "change": change,
        "change_tone": change_tone,
        "tone": tone,
    }


@register.inclusion_tag("web/c/coverage.html")
def coverage_bar(
    coverage: c.Coverage, label: str = "", legend: bool = True, links: dict[str, str] | None = None
) -> dict[str, Any]:
    """Coverage as one bar of four parts. `links` maps done/excused/open/silent to an address."""
    links = links or {}
    parts = [
        {
            "name": name,
            "label": words.COVERAGE[name],
            "count": count,
            "x": f"{x:.2f}",
            "width": f"{width:.2f}",
            "href": links.get(name, ""),
        }
        for name, count, x, width in coverage.parts()
    ]
    return {"coverage": coverage, "label": label, "legend": legend, "parts": parts}


@register.inclusion_tag("web/c/tile_wall.html")
def tile_wall(tiles: Iterable[c.Tile], label: str = "", id: str = "wall") -> dict[str, Any]:
    """Each grid a tile, filled by its coverage; arrow keys move. From 12 to 400 tiles."""
    tiles = list(tiles)
    shown = [
        {
            "tile": tile,
            "y": f"{100 - tile.coverage.percent:.1f}",
            "height": f"{tile.coverage.percent:.1f}",
        }
        for tile in tiles
    ]
    return {
        "tiles": shown,
        "label": label,
        "id": id,
        "dense": len(tiles) > 60,
        "tiny": len(tiles) > 200,
    }


@register.inclusion_tag("web/c/elevation.html")
def elevation(building: c.Building, id: str = "elevation", legend: bool = True) -> dict[str, Any]:
    """A building from the front, each household a window; the legend filters, arrow keys move."""
    ground = next((f.number for f in building.floors if f.number < 0), None)
    return {
        "building": building,
        "id": id,
        "legend": legend,
        "first_basement": ground,
        "glyphs": [(state.value, mark_safe(ICONS[state.icon])) for state in DoorState],
    }


@register.inclusion_tag("web/c/timeline.html")
def timeline(moments: Iterable[c.Moment], label: str = "") -> dict[str, Any]:
    """A history, in the order given."""
    return {"moments": list(moments), "label": label}


@register.inclusion_tag("web/c/duty.html", takes_context=True)
def duty_card(
    context: template.Context, duty: c.Duty, now: datetime | None = None
) -> dict[str, Any]:
    """A duty: what, at which door, due when, whose, and what one can do."""
    due_words, due_tone = words.due(duty.due, now) if duty.due else ("", "plain")
    return {
        "duty": duty,
        "due_words": due_words,
        "due_tone": due_tone,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("web/c/person.html", takes_context=True)
def person_row(context: template.Context, person: c.Person) -> dict[str, Any]:
    """A person in a list; the phone is masked."""
    return {"person": person, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/c/table.html")
def data_table(table: c.Table) -> dict[str, Any]:
    """A table with filters, sorting, paging, export, and its empty, error, loading states."""
    rows = [
        {"row": row, "cells": list(zip(table.columns, row.cells, strict=True))}
        for row in table.rows
    ]
    return {"table": table, "rows": rows}


@register.inclusion_tag("web/c/pager.html")
def pager(previous: str = "", next: str = "", target: str = "") -> dict[str, Any]:
    """Cursor paging. `target` is the id of the element that HTMX swaps."""
    return {"previous": previous, "next": next, "target": target}


@register.inclusion_tag("web/c/stepper.html")
def stepper(current: int, steps: Sequence[c.Step] | None = None) -> dict[str, Any]:
    """Where one stands in a task of several steps; `current` counts from 1. Default: the import."""
    if steps is None:
        steps = [c.Step(words.IMPORT[name]) for name in c.IMPORT_STEPS]
    shown = [
        {"step": step, "number": n, "state": _step_state(n, current)}
        for n, step in enumerate(steps, start=1)
    ]
    return {"steps": shown}


def _step_state(number: int, current: int) -> str:
    if number == current:
        return "current"
    return "done" if number < current else "ahead"


@register.inclusion_tag("web/c/drop_zone.html")
def drop_zone(
    name: str, label: str = "", accept: str = "", hint: str = "", error: str = ""
) -> dict[str, Any]:
    """A place to drop a file, or to choose one; a plain file input where there is no JavaScript."""
    return {"name": name, "label": label, "accept": accept, "hint": hint, "error": error}


@register.inclusion_tag("web/c/progress.html")
def progress(
    label: str,
    value: int | None,
    max: int = 100,
    note: str = "",
    url: str = "",
    every: str = "1s",
    id: str = "progress",
) -> dict[str, Any]:
    """Work under way. With `url` it asks itself again each `every` until the answer has no url.

    `value` None: running, the end not known yet.
    """
    share = None if value is None or not max else min(100, int(100 * value / max))
    return {
        "label": label,
        "value": value,
        "max": max,
        "share": share,
        "note": note,
        "url": url,
        "every": every,
        "id": id,
    }


@register.inclusion_tag("web/c/qr.html")
def qr(text: str, caption: str = "", detail: str = "", href: str = "") -> dict[str, Any]:
    """A QR code with what it is for. `text` is what it holds (an address, as a rule)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, nl=False, border=2, omitsize=True, dark="#000"
    )
    # segno draws the code; the text itself is not in the markup.
    drawing = mark_safe(out.getvalue().decode())
    return {"drawing": drawing, "caption": caption, "detail": detail, "href": href}


@register.inclusion_tag("web/c/skeleton.html")
def skeleton(kind: str = "lines", count: int = 3) -> dict[str, Any]:
    """Grey shapes while something loads: kind "lines", "list", "tiles" or "stat"."""
    return {"kind": kind, "count": range(count)}


@register.inclusion_tag("web/problem.html")
def problem(problem: object, reference: str = "") -> dict[str, Any]:
    """A problem as a notice."""
    return {"problem": problem, "reference": reference}


# --- forms -------------------------------------------------------------------------------------


@register.inclusion_tag("web/c/field.html")
def field(bound: BoundField, hint: str = "", **attrs: Any) -> dict[str, Any]:
    """A field of a Django form with label, hint and error; says "optional" where it is."""
    return words.field_context(bound, hint, attrs)


@register.inclusion_tag("web/c/input.html")
def input(
    name: str,
    label: str,
    value: object = "",
    type: str = "text",
    hint: str = "",
    error: str = "",
    required: bool = False,
    id: str = "",
    suffix: str = "",
    rows: int = 0,
    **attrs: Any,
) -> dict[str, Any]:
    """A field outside a Django form; `rows` makes it a text area, `suffix` is a unit ("°C")."""
    return {
        "name": name,
        "label": label,
        "value": value,
        "type": type,
        "hint": hint,
        "error": error,
        "required": required,
        "id": id or f"id_{name}",
        "suffix": suffix,
        "rows": rows,
        "attrs": _attributes(attrs),
    }


@register.inclusion_tag("web/c/select.html")
def select(
    name: str,
    label: str,
    choices: Sequence[tuple[str, Any]],
    value: str = "",
    hint: str = "",
    error: str = "",
    required: bool = False,
    id: str = "",
    **attrs: Any,
) -> dict[str, Any]:
    """A select outside a Django form."""
    return {
        "name": name,
        "label": label,
        "choices": choices,
        "value": value,
        "hint": hint,
        "error": error,
        "required": required,
        "id": id or f"id_{name}",
        "attrs": _attributes(attrs),
    }


@register.inclusion_tag("web/c/segmented.html")
def segmented(
    name: str,
    label: str,
    choices: Sequence[Sequence[Any]],
    value: str = "",
    show_label: bool = True,
) -> dict[str, Any]:
    """One of a few, all visible: radio buttons in a row. Choices are (value, label[, icon])."""
    shown = [(choice[0], choice[1], choice[2] if len(choice) > 2 else "") for choice in choices]
    return {"name": name, "label": label, "choices": shown, "value": value, "show": show_label}


@register.inclusion_tag("web/c/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong in a form, at its top, each with a link to the field."""
    return words.error_summary(form)


@register.inclusion_tag("web/c/typeahead.html")
def typeahead(
    url: str,
    label: str,
    name: str = "q",
    value: str = "",
    placeholder: str = "",
    id: str = "typeahead",
    shortcut: bool = False,
) -> dict[str, Any]:
    """A search that answers as one types; `url` answers HTMX with `{% suggestions %}`."""
    return {
        "url": url,
        "label": label,
        "name": name,
        "value": value,
        "placeholder": placeholder,
        "id": id,
        "shortcut": shortcut,
    }


@register.inclusion_tag("web/c/suggestions.html")
def suggestions(links: Sequence[c.Link], query: str = "", more: str = "") -> dict[str, Any]:
    """The answer to a typeahead. `more` is the address of the full result."""
    return {"links": links, "query": query, "more": more}


# --- blocks ------------------------------------------------------------------------------------


@register.simple_block_tag
def panel(
    content: str,
    title: str = "",
    icon: str = "",
    href: str = "",
    link: str = "",
    flush: bool = False,
) -> SafeString:
    """A sheet with a title; `href`/`link` give it a link at the right. `flush`: no inner margin."""
    return words.render(
        "web/c/panel.html",
        content=mark_safe(content),  # rendered by the template engine, which escaped it
        title=title,
        icon=icon,
        href=href,
        link=link or _("See all"),
        flush=flush,
    )


@register.simple_block_tag
def notice(content: str, tone: c.Tone = "info", title: str = "") -> SafeString:
    """A word to the reader within the page."""
    return words.render("web/c/notice.html", content=mark_safe(content), tone=tone, title=title)


@register.simple_block_tag
def empty(content: str, title: str = "", art: str = "doors") -> SafeString:
    """Nothing here: a drawing ("doors", "rest", "search"), a sentence, and what to do next."""
    return words.render("web/c/empty.html", content=mark_safe(content), title=title, art=art)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A dialog, opened by `{% button … dialog="id" %}`; without JavaScript part of the page."""
    return words.render("web/c/dialog.html", content=mark_safe(content), id=id, title=title)


@register.simple_block_tag
def page_head(content: str, title: str, over: str = "", note: str = "") -> SafeString:
    """The head of a page: a line over the title, the title, a note; the content is its actions."""
    return words.render(
        "web/c/page_head.html", content=mark_safe(content), title=title, over=over, note=note
    )


# --- filters -----------------------------------------------------------------------------------


@register.filter
def mask_phone(value: str) -> str:
    """Show a phone number by its ends: 138****5678."""
    return words.mask_phone(value)


@register.filter
def number(value: object) -> str:
    """Show a whole number with thousands parted by a thin space: 10 000 000."""
    return words.number(value)
