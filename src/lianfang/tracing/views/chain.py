"""The transmission chain as a picture, a cluster's timeline, its plain figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import Stat, want
from lianfang.tracing import chain_queries as queries
from lianfang.tracing import words
from lianfang.tracing.case_queries import case_names
from lianfang.tracing.views.common import label, where
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from uuid import UUID

    from lianfang.tracing.chain_queries import Chain
    from lianfang.tracing.models import Case

# The picture's measures, in its own units.
_DAY, _LINE, _LEFT, _TOP, _RADIUS = 34, 30, 20, 40, 9


@dataclass(frozen=True, slots=True)
class Dot:
    """A case in the picture."""

    x: int
    y: int
    state: str
    number: int
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """Who infected whom: from a dot along its row's left edge to the other."""

    d: str


@require_safe
@page
def chain(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the chain of all cases, or of one cluster."""
    want(actor, Verb.TRACE)
    names = queries.clusters(actor)
    cluster = request.GET.get("cluster", "")
    cluster = cluster if cluster in names else ""
    rows = queries.of(actor, cluster)
    layout = queries.chain(rows)
    shown = case_names(actor, rows)
    dots = [
        Dot(
            _LEFT + n.column * _DAY,
            _TOP + n.row * _LINE,
            n.case.state,
            n.case.number,
            f"{label(n.case, shown.get(n.case.id, ''))} · {words.CASE_STATES[n.case.state]}",
            where(n.case),
        )
        for n in layout.nodes
    ]
    context = {
        "dots": dots,
        "lines": _lines(layout),
        "days": _days(layout),
        "width": _LEFT * 2 + max(layout.days, 8) * _DAY,
        "height": _TOP + max(layout.rows, 1) * _LINE,
        "radius": _RADIUS,
        "stats": _stats(rows, layout),
        "moments": _moments(rows, shown),
        "clusters": [("", _("All cases")), *((n, n) for n in names)],
        "cluster": cluster,
        "path": [c.Link(_("Cases"), reverse("cases")), c.Link(_("Chain"))],
    }
    return render(request, "tracing/chain.html", context)


def _lines(layout: Chain) -> list[Line]:
    result = []
    for a, b in layout.edges:
        x0, y0 = _LEFT + a.column * _DAY, _TOP + a.row * _LINE
        x1, y1 = _LEFT + b.column * _DAY, _TOP + b.row * _LINE
        result.append(Line(f"M{x0} {y0}V{y1 - 8}Q{x0} {y1} {x0 + 8 if x1 > x0 else x0} {y1}H{x1}"))
    return result


def _days(layout: Chain) -> list[tuple[int, str]]:
    """Return where on the axis which day stands, at most some twenty of them."""
    if layout.first is None:
        return []
    step = max(1, -(-layout.days // 20))
    return [
        (_LEFT + n * _DAY, f"{layout.first + timedelta(days=n):%m-%d}")
        for n in range(0, layout.days, step)
    ]


def _stats(rows: list[Case], layout: Chain) -> list[Stat]:
    gaps, attack = queries.intervals(rows), queries.attack_rate(rows)
    return [
        Stat(_("Cases"), len(rows), note=_("%d generations") % layout.generations),
        Stat(
            _("Serial interval, median"),
            _("%g days") % gaps.median if gaps.median is not None else "–",
            note=_("%d pairs with both onsets") % gaps.pairs,
        ),
        Stat(
            _("Secondary attack rate"),
            f"{attack.percent} %" if attack.percent is not None else "–",
            note=_("%(cases)d of %(contacts)d close contacts fell ill")
            % {"cases": attack.cases, "contacts": attack.contacts},
        ),
    ]


def _moments(rows: list[Case], names: dict[UUID, str]) -> list[tuple[str, str, str]]:
    """Return (day, words, address) of what happened, in the order of days."""
    return [
        (
            f"{e.day:%m-%d}",
            f"{label(e.case, names.get(e.case.id, ''))}: {words.DATES[e.what]}",
            where(e.case),
        )
        for e in queries.timeline(rows)[:400]
    ]
