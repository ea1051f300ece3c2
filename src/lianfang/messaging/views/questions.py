"""What households ask: answered once, and then found by all who ask the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging import rules
from lianfang.messaging.bulletin_forms import AnswerForm
from lianfang.messaging.views.bulletins import tabs
from lianfang.messaging.views.common import listing, workbook
from lianfang.people.pages import area_choices, when
from lianfang.services import ask_queries
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.areas.models import Area

_DAYS = 14


@require_safe
@page
def questions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the open questions, those asked most, and how many came each day."""
    if not actor.may_somewhere(Verb.SERVE):
        raise Refuse(NOT_FOUND)
    areas = area_choices(actor, Verb.SERVE, deepest=Level.GRID)
    wanted = request.GET.get("area", "")
    chosen = wanted if wanted in dict(areas) else (areas[0][0] if areas else "")
    area = area_queries.area(actor, UUID(chosen)) if chosen else None
    districts = [area.district] if area else []
    found = ask_queries.asks(actor, districts)
    if area:
        found = found.filter(household__area__path__under=area.path)
    part = paging.page(found, ["asked_at", "id"], request.GET.get("cursor", ""), size=25)
    open_ = c.Table(
        id="asks",
        caption=_("Not answered yet"),
        columns=[c.Column(_("Question"), primary=True), c.Column(_("Asked"))],
        rows=[
            c.Row(
                [row.text[:120], when(row.asked_at)],
                reverse("question", args=[row.district, row.id]),
            )
            for row in part.rows
        ],
        filters=[c.Filter("area", _("Where"), areas, chosen)],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Everything is answered"),
    )
    tables = _figures(area) if area else []
    if request.GET.get("export") and tables:
        most = tables[0]
        head = [str(col.label) for col in most.columns]
        return workbook("questions", head, [list(r.cells) for r in most.rows])
    return listing(request, _("Questions"), open_, tables=tables, tabs=tabs(actor))


def _figures(area: Area) -> list[c.Table]:
    today = local(now()).date()
    days = queries.asked_by_day(area, today, _DAYS)
    most = queries.asked_most(area, days[0][0], today)
    return [
        c.Table(
            id="most",
            caption=_("Asked most in the last 14 days"),
            columns=[
                c.Column(_("Question"), primary=True),
                c.Column(_("Times"), numeric=True),
                c.Column(_("On days"), numeric=True),
            ],
            rows=[
                c.Row(
                    [one.bulletin.title, one.times, one.days],
                    reverse("bulletin", args=[one.bulletin.district, one.bulletin.id]),
                )
                for one in most
            ],
            export=f"{reverse('questions')}?area={area.id}&export=xlsx",
            empty_title=_("No question has come twice"),
        ),
        c.Table(
            id="days",
            caption=_("Questions by day"),
            columns=[c.Column(_("Day"), primary=True), c.Column(_("Questions"), numeric=True)],
            rows=[c.Row([day.isoformat(), n]) for day, n in reversed(days) if n],
            empty_title=_("No questions in the last 14 days"),
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def question(request: HttpRequest, actor: Actor, district: str, ask_id: UUID) -> HttpResponse:
    """Answer a question with an answer that is there, or with a new one that others find too."""
    row = ask_queries.ask(actor, district, ask_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    near = list(
        queries.answers(actor).filter(district=district).order_by("-asked", "-published_at")[:200]
    )
    asked = rules.grams(row.text)
    near.sort(key=lambda b: -len(asked & rules.grams(b.title)))
    known = [(str(b.id), b.title) for b in near[:40]]
    form = AnswerForm(request.POST if request.method == "POST" else None, known=known)
    back = reverse("questions")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = next((b for b in near if str(b.id) == data["known"]), None)
        answer = data["text"] or (chosen.text[:500] if chosen else "")
        content = {"ask_id": str(row.id), "household_id": str(row.household_id), "text": answer}
        then = _then(actor, form, row, chosen)
        if receipt := acts.send(actor, form, "ask.answer", content, district, then=then):
            return acts.done(request, receipt, _("Answered."), back)
    context = {"title": _("Answer"), "hint": row.text, "back": back, "save": _("Answer")}
    return acts.show(request, "messaging/form.html", form, context)


def _then(
    actor: Actor, form: AnswerForm, row: Any, chosen: Any
) -> list[tuple[str, dict[str, Any]]]:
    """Return what follows from the answer: a new entry for all, and the count of the question."""
    data = form.cleaned_data
    asked = {"ask_id": str(row.id), "household_id": str(row.household_id)}
    if chosen:
        return [("bulletin.asked", {**asked, "bulletin_id": str(chosen.id)})]
    community = row.household.community_id
    path = area_queries.path(community) or ""
    if not (data["share"] and actor.may(Verb.ANNOUNCE, path)):
        return []
    bulletin_id = form.child("faq")
    entry = {
        "bulletin_id": bulletin_id,
        "area_id": str(community),
        "kind": "faq",
        "title": data["title"],
        "text": data["text"],
        "source": data["source"],
    }
    return [
        ("bulletin.publish", entry),
        ("bulletin.asked", {**asked, "bulletin_id": bulletin_id}),
    ]
