"""Parts of a desk page that every room uses: numbers, lists with files, forms, histories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries
from lianfang.people.workbook import answer, write
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web import words as web_words
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area

M = TypeVar("M", bound=Model)

# A select holds so many at most; a deeper choice is made on the page of the area.
_MOST = 300
# One file holds so many rows at most; a longer list is exported by its filters.
MOST_ROWS = 20_000
# Selects drop plain blanks.
_INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class Stat:
    """A number at the top of a page."""

    label: c.Text
    value: object
    of: object = None
    href: str = ""
    tone: c.Tone = "plain"
    note: c.Text = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: one of a table, a history, a form, codes, or plain text."""

    title: c.Text
    table: c.Table | None = None
    moments: Sequence[c.Moment] = ()
    form: forms.Form | None = None
    buttons: Sequence[c.Action] = ()
    href: str = ""
    codes: Sequence[c.Link] = ()
    text: str = ""
    icon: str = "duty"


def show(request: HttpRequest, title: c.Text, **context: Any) -> HttpResponse:
    """Render a page from its parts; HTMX gets the table that it asked for."""
    sections: Sequence[Section] = context.get("sections", ())
    if is_htmx(request):
        target = request.headers.get("HX-Target", "")
        tables = [s.table for s in sections if s.table]
        wanted = next((t for t in tables if t.id == target), tables[0] if tables else None)
        if wanted:
            return render(request, "web/table.html", {"table": wanted})
    status = context.pop("status", 200)
    return render(request, "people/parts/page.html", {"title": title, **context}, status=status)


def listed(
    request: HttpRequest,
    found: QuerySet[M],
    by: Sequence[str],
    rows: Callable[[list[M]], Sequence[c.Row]],
    *,
    size: int = 25,
    **table: Any,
) -> c.Table:
    """Return one page of a list as a table; `rows` makes its rows, `table` are its other parts."""
    part = paging.page(found, by, request.GET.get("cursor", ""), size=size)
    return c.Table(
        rows=rows(part.rows),
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        **table,
    )


def searched(request: HttpRequest, label: c.Text, name: str = "q") -> c.Filter:
    """Return the free text filter of a list with what was typed."""
    return c.Filter(name, label, value=request.GET.get(name, "").strip()[:60])


def chosen(
    request: HttpRequest, label: c.Text, words: Mapping[Any, c.Text], name: str = "state"
) -> c.Filter:
    """Return a filter of states or kinds with the one that was chosen, if it exists."""
    value = filtered(request.GET.get(name, ""), words)
    options = [("", _("All")), *((str(k), w) for k, w in words.items())]
    return c.Filter(name, label, options, value)


def workbook(
    actor: Actor,
    title: str,
    heads: Sequence[tuple[str, str]],
    lines: Iterable[dict[str, Any]],
    *,
    area: Area,
    name: str = "list",
) -> HttpResponse:
    """Return lines as an xlsx file and keep in the journal who took it.

    An area above the districts keeps it in the first of its districts. Raises Refuse without the
    right to export there.
    """
    if not actor.may(Verb.EXPORT, area.path):
        raise Refuse(NOT_FOUND)
    place = area if area.district else area_queries.below(area, Level.COUNTY).first()
    if place is None:
        raise Refuse(NOT_FOUND)
    data, count = write(list(heads), lines, title=title, who=actor.ref)
    form = acts.Once({"entry_id": ""})
    form.is_valid()
    record: dict[str, Any] = {"area_id": str(place.id), "what": name, "rows": count}
    if acts.send(actor, form, "export.record", record, place.district) is None:
        raise Refuse(NOT_FOUND)
    return answer(data, name)


def take_out(
    request: HttpRequest,
    actor: Actor,
    area: Area,
    what: str,
    title: str,
    heads: Sequence[str],
    lines: Sequence[Sequence[Any]],
    back: str,
    filters: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Ask for the journal to keep that a list is taken out of an area, then give it as xlsx."""
    if not actor.may(Verb.EXPORT, area.path):
        raise Refuse(NOT_FOUND)
    form = acts.Once(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload: dict[str, Any] = {"area_id": str(area.id), "what": what, "rows": len(lines)}
        if filters is not None:
            payload["filters"] = {k: v for k, v in filters.items() if v}
        if acts.send(actor, form, "export.record", payload, area.district):
            keys = [(str(number), head) for number, head in enumerate(heads)]
            rows = ({str(n): v for n, v in enumerate(line)} for line in lines)
            content, _count = write(keys, rows, title=title, who=actor.ref)
            return answer(content, what)
    context = {
        "title": _("As an Excel file"),
        "back": back,
        "hint": _("The journal keeps that you took this list out."),
    }
    return acts.show(request, "people/form.html", form, context)


def sheet(
    actor: Actor,
    title: str,
    columns: Sequence[c.Text],
    rows: Iterable[Sequence[object]],
    *,
    name: str,
) -> HttpResponse:
    """Return a list as an xlsx file, row by row as its page shows it; the journal keeps it.

    It is kept at the topmost area where the actor may export; `rows` must hold nothing from
    elsewhere. At most `MOST_ROWS` are asked for by the callers. Raises Refuse without the right.
    """
    want(actor, Verb.EXPORT)
    area = next((a for a in area_queries.roots(actor) if actor.may(Verb.EXPORT, a.path)), None)
    if area is None:
        raise Refuse(NOT_FOUND)
    heads = [(str(number), str(label)) for number, label in enumerate(columns)]
    lines = (
        {str(number): v if isinstance(v, int) else str(v) for number, v in enumerate(row)}
        for row in rows
    )
    return workbook(actor, title, heads, lines, area=area, name=name)


def sheet_link(request: HttpRequest, actor: Actor, name: str) -> str:
    """Return the address of a list's file with the filters of the page, '' without the right."""
    if not actor.may_somewhere(Verb.EXPORT):
        return ""
    query = request.GET.copy()
    query.pop("cursor", None)
    return reverse(name) + (f"?{query.urlencode()}" if query else "")


def first_refusal(form: acts.CommandForm, receipts: list[Receipt]) -> bool:
    """Show the first refusal of several receipts in the form; tell whether there was one."""
    bad = next((r for r in receipts if not r.stands and r.refusal), None)
    if bad is not None and bad.refusal is not None:
        form.refuse(bad.refusal)
    return bad is not None


def status_of(form: forms.Form) -> int:
    """Return 200, or what the errors of a form answer: a refusal's own status, else 422."""
    if not form.errors:
        return 200
    status = int(getattr(form, "status", 200))
    return status if status >= 400 else 422


def want(actor: Actor, verb: Verb) -> None:
    """Refuse a page to those who have the verb nowhere."""
    if not actor.may_somewhere(verb):
        raise Refuse(NOT_FOUND)


def area_choices(
    actor: Actor, verb: Verb, *, below: bool = True, deepest: Level = Level.COMMUNITY
) -> list[tuple[str, str]]:
    """Return areas where the actor has the verb: the roots of the scope and what lies below.

    With `below` only areas inside one district, since what they are for lies in a district.
    """
    found: list[Any] = []
    level = list(area_queries.roots(actor)[:40])
    while level and len(found) < _MOST:
        found += level
        ids = [a for a in level if a.level < deepest]
        level = [child for a in ids for child in area_queries.children(actor, a)[:100]]
    allowed = [a for a in found if actor.may(verb, a.path) and (a.district or not below)]
    return [(str(a.id), f"{_INDENT * max(a.level - 3, 0)}{a.name}") for a in allowed[:_MOST]]


def units(actor: Actor) -> list[tuple[str, str]]:
    """Return the organisations that the actor can choose."""
    found = account_queries.organisations(actor).order_by("path")[:_MOST]
    return [(str(o.id), o.name) for o in found]


def district_of(actor: Actor, area_id: str) -> str:
    """Return the district in which an area of a select lies."""
    found = area_queries.area(actor, UUID(area_id))
    return found.district if found else ""


def when(moment: datetime | None) -> str:
    """Return a moment as a table shows it."""
    if moment is None:
        return ""
    return date_format(moment.astimezone(ZoneInfo(settings.TIME_ZONE)), "m-d H:i")


def badge(label: object, tone: str = "plain", icon: str = "") -> object:
    """Return a badge as a cell of a table."""
    return web_words.render("web/c/badge.html", label=label, tone=tone, icon=icon)


def absolute(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path, for QR codes and links that leave the server."""
    return request.build_absolute_uri(path)


def filtered(value: str, allowed: Iterable[object]) -> str:
    """Return the value of a filter if it is one that exists, else ''."""
    return value if value in {str(a) for a in allowed} else ""
