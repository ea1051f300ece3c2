"""Opening a round: areas, days, questions, and what it continues."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.areas.words import LEVELS
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.screening import queries, rounds
from lianfang.screening.forms import QUESTION_CHOICES, OpenForm, QuestionRow
from lianfang.web import acts
from lianfang.web.acting import page

_FIRST = 12


@require_http_methods(["GET", "HEAD", "POST"])
@page
def open_round(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a round. The buttons that look for areas or add a question only show the form again."""
    if not actor.may_somewhere(Verb.PLAN_ROUND):
        raise Refuse(NOT_FOUND)
    earlier = _earlier(actor)
    if request.method == "POST" and request.POST.get("act") in ("find", "question"):
        return _again(request, actor, earlier)
    form = OpenForm(earlier, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        receipt = acts.send(actor, form, "round.open", _payload(form))
        if receipt is not None:
            # Each district joins with a record of its own; derived ids make a resend harmless.
            rounds.join_districts(actor, UUID(form.child("round")), form.entry)
            where = reverse("round", args=[form.child("round")])
            return acts.done(request, receipt, _("The round is open."), where)
    if request.method != "POST":
        _suggest(request, actor, form)
    return acts.show(request, "screening/open.html", form, _context(request, actor, form))


def _payload(form: OpenForm) -> dict[str, Any]:
    data = form.cleaned_data
    payload = {
        "round_id": form.child("round"),
        "name": data["name"],
        "purpose": data["purpose"],
        "area_ids": [str(i) for i in form.areas],
        "first_day": data["first_day"].isoformat(),
        "last_day": data["last_day"].isoformat(),
        "questions": form.asked(),
        "fever": data["fever"],
        "self_report": data["self_report"],
        "watched_origins": data["watched_origins"],
        "revisit_hours": data["revisit_hours"],
        "referral_hours": data["referral_hours"],
        "continues_id": data["continues_id"],
        "daily": data["daily"],
    }
    return {name: value for name, value in payload.items() if value not in ("", [], None)}


def _earlier(actor: Actor) -> list[tuple[str, str]]:
    return [(str(r.id), r.name) for r in queries.rounds(actor)[:30]]


def _again(request: HttpRequest, actor: Actor, earlier: list[tuple[str, str]]) -> HttpResponse:
    """Show what was typed again, without judging it, with what was asked for."""
    typed = OpenForm(earlier, request.POST)
    values: dict[str, Any] = {name: request.POST.get(name, "") for name in typed.fields}
    values["daily"] = "daily" in request.POST
    values["self_report"] = "self_report" in request.POST
    form = OpenForm(earlier, initial=values)
    form.areas, form.questions = typed.areas, typed.questions
    if request.POST["act"] == "question":
        form.questions.append(QuestionRow())
    return render(request, "screening/open.html", {"form": form, **_context(request, actor, form)})


def _suggest(request: HttpRequest, actor: Actor, form: OpenForm) -> None:
    """Begin with what is likely: the actor's only area, the round that is continued."""
    continued = request.GET.get("continues", "")
    try:
        before = queries.round_(actor, UUID(continued)) if continued else None
    except ValueError:
        before = None
    if before is not None:
        form.areas = [a.id for a in queries.round_areas(before.id)]
        form.initial.update(
            continues_id=str(before.id),
            name=_("%(name)s, second pass") % {"name": before.name},
            purpose=before.purpose,
            fever=f"{before.fever_tenths / 10:.1f}",
            watched_origins=" ".join(before.watched_origins),
        )
        form.questions = [
            QuestionRow(
                q["words"],
                q["kind"],
                ", ".join(q.get("options") or ()),
                "yes" if q.get("required") else "",
            )
            for q in before.questions
        ]
        return
    mine = [a for a in area_queries.roots(actor)[:3] if actor.may(Verb.PLAN_ROUND, a.path)]
    if len(mine) == 1:
        form.areas = [mine[0].id]


def _context(request: HttpRequest, actor: Actor, form: OpenForm) -> dict[str, Any]:
    text = request.POST.get("area_text", "")
    return {
        "chosen": _choices(actor, form.areas),
        "found": areas_found(actor, text, form.areas),
        "text": text,
        "question_rows": form.questions or [QuestionRow()],
        "question_kinds": QUESTION_CHOICES,
    }


def _choices(actor: Actor, ids: list[UUID]) -> list[dict[str, Any]]:
    found = area_queries.areas(actor).filter(id__in=ids).order_by("path")
    return [_choice(one) for one in found]


def _choice(one: Any) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "note": f"{LEVELS[Level(one.level)]} · {one.code}"}


def areas_found(actor: Actor, text: str, chosen: list[UUID]) -> list[dict[str, Any]]:
    """Return areas by name or code in which the actor may plan, without those chosen."""
    if not text.strip():
        return []
    return [
        _choice(one)
        for one in area_queries.search(actor, text[:60], _FIRST * 2)
        if one.id not in chosen and actor.may(Verb.PLAN_ROUND, one.path)
    ][:_FIRST]


@require_safe
@page
def find_areas(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Answer the search for areas in the form, as one types."""
    ids = []
    for text in request.GET.getlist("area_ids"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    text = request.GET.get("area_text", "")
    context = {
        "chosen": _choices(actor, ids),
        "found": areas_found(actor, text, ids),
        "text": text,
    }
    return render(request, "screening/open_areas.html", context)


@require_safe
@page
def one_question(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Answer with one more empty line for the editor of questions."""
    return render(
        request,
        "screening/open_question.html",
        {"row": QuestionRow(), "question_kinds": QUESTION_CHOICES},
    )
