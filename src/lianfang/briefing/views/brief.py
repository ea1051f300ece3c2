"""The daily brief: a page, a PDF, a Word file; and how a command post arranges it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianfang.briefing import queries, report
from lianfang.briefing.kinds import GROUPS
from lianfang.briefing.rules import HEIGHT, SERIES_DAYS, WIDTH, Group, Span
from lianfang.briefing.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import area_choices, filtered
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area

LANGUAGES = {"zh-hans": "中文", "en": "English"}  # cjk: a language's own name
_TYPES = {
    "pdf": ("application/pdf", report.pdf),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        report.word,
    ),
}


def of(actor: Actor, area: Area, span: Span) -> report.Report:
    """Return the brief of an area in the language that is active."""
    groups = [group for group, shown in queries.layout(area) if shown]
    parts = common.parts(actor, area, span, groups)
    figures = [t.figure for part in parts for t in part.told]
    days = queries.series(area, figures, span.day, SERIES_DAYS)
    return report.Report(
        area.name,
        span.day,
        [
            report.Chapter(
                str(part.title),
                [
                    report.Fact(
                        str(t.figure.label),
                        t.value,
                        str(t.figure.unit),
                        t.change,
                        t.tone,
                        [*days[t.figure.code][:-1], (span.day, t.value)],
                        t.href,
                    )
                    for t in part.told
                ],
            )
            for part in parts
        ],
    )


@require_safe
@page
def brief(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the brief of an area and a day; each number opens to its records."""
    area, span = common.asked_area(request, actor), common.asked_span(request)
    asked = common.query(area, span.day)
    language = filtered(request.GET.get("lang", ""), LANGUAGES) or translation.get_language() or ""
    with translation.override(language):
        told = of(actor, area, span)
        heading, sentence, made = told.title, told.sentence(), told.made
    context = {
        "report": told,
        "heading": heading,
        "sentence": sentence,
        "made": made,
        "language": language,
        "languages": [
            (name, f"{reverse('brief')}?{asked}&{urlencode({'lang': code})}")
            for code, name in LANGUAGES.items()
        ],
        "files": [
            (f"{kind} · {name}", f"{reverse('brief_file', args=[form])}?{asked}&lang={code}")
            for form, kind in (("pdf", "PDF"), ("docx", "Word"))
            for code, name in LANGUAGES.items()
        ],
        "width": WIDTH,
        "height": HEIGHT,
        "area": area,
        "day": span.day,
        "today": queries.today(),
        "choices": area_choices(actor, Verb.READ, below=False),
        "rows": _buttons(area) if actor.may(Verb.ASSIGN, area.path) else [],
        "path": common.crumbs(actor, area, "brief"),
    }
    return render(request, "briefing/brief.html", context)


def _buttons(area: Area) -> list[tuple[object, bool, list[c.Action]]]:
    """Return each group with whether it is shown and the steps that it can take."""
    steps = {
        True: (
            ("up", _("Up"), "arrow-up"),
            ("down", _("Down"), "arrow-down"),
            ("hide", _("Hide"), "minus"),
        ),
        False: (("show", _("Show"), "plus"),),
    }
    return [
        (
            GROUPS[group],
            shown,
            [
                c.Action(
                    label,
                    reverse("brief_arrange"),
                    icon=icon,
                    kind="quiet",
                    post=True,
                    fields=(
                        *acts.once(),
                        ("area", str(area.id)),
                        ("group", str(group)),
                        ("act", act),
                    ),
                )
                for act, label, icon in steps[shown]
            ],
        )
        for group, shown in queries.layout(area)
    ]


@require_safe
@page
def file(request: HttpRequest, actor: Actor, form: str) -> HttpResponse:
    """Return the brief as a file, in the language asked for."""
    area, span = common.asked_area(request, actor), common.asked_span(request)
    if form not in _TYPES:
        raise Refuse(NOT_FOUND)
    kind, write = _TYPES[form]
    language = filtered(request.GET.get("lang", ""), LANGUAGES) or translation.get_language() or ""
    with translation.override(language):
        data = write(of(actor, area, span))
    response = HttpResponse(data, content_type=kind)
    name = f"brief-{area.code}-{span.day.isoformat()}-{language}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@page
def arrange(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Move, show or hide one group of the brief; whoever leads the area may."""
    area = common.asked_area(request, actor)
    if not actor.may(Verb.ASSIGN, area.path):
        raise Refuse(NOT_FOUND)
    groups = moved(
        queries.layout(area),
        filtered(request.POST.get("group", ""), Group),
        filtered(request.POST.get("act", ""), ("up", "down", "hide", "show", "standing")),
    )
    payload = {"area_id": str(area.id), "groups": groups}
    where = f"{reverse('brief')}?{urlencode({'area': str(area.id)})}"
    return acts.press(request, actor, "brief.arrange", payload, where, _("Arranged."), "")


def moved(layout: list[tuple[Group, bool]], group: str, act: str) -> list[str]:
    """Return the groups shown after a step; hiding all of them gives the standing order."""
    if act == "standing":
        return []
    shown = [str(g) for g, on in layout if on]
    if act == "show" and group and group not in shown:
        return [*shown, group]
    if group not in shown:
        return shown
    at = shown.index(group)
    if act == "hide":
        return [g for g in shown if g != group]
    other = at - 1 if act == "up" else at + 1
    if 0 <= other < len(shown):
        shown[at], shown[other] = shown[other], shown[at]
    return shown
