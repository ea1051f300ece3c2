"""Recalls at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import gathering, links, words
from lianfang.mobilising import team_queries as queries
from lianfang.mobilising.forms import AnswerForm, RecallForm
from lianfang.mobilising.queries import names_of, organisation_names
from lianfang.mobilising.rules import Answer
from lianfang.people.pages import (
    MOST_ROWS,
    Section,
    Stat,
    absolute,
    area_choices,
    badge,
    chosen,
    first_refusal,
    listed,
    searched,
    sheet,
    sheet_link,
    show,
    status_of,
    units,
    want,
    when,
    workbook,
)
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.mobilising.models import Recall, Recalled


@require_safe
@page
def recalls(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the recalls that touch the actor's scope."""
    want(actor, Verb.READ)
    rows, name = _found(request, actor)
    table = listed(
        request,
        rows,
        ["-opened_at", "id"],
        lambda part: [_recall_row(r) for r in part],
        id="recalls",
        caption=_("Recalls"),
        columns=_columns(),
        filters=[name],
        export=sheet_link(request, actor, "recalls_xlsx"),
        empty_title=_("No recalls"),
        empty_text=_("Recall all members of an organisation to their posts."),
    )
    actions = []
    if actor.may_somewhere(Verb.CALL_UP):
        new = reverse("recall_new")
        actions.append(c.Action(_("Recall to duty"), new, icon="bell", kind="primary"))
    return show(request, _("Recalls"), sections=[Section("", table)], actions=actions)


def _found(
    request: HttpRequest, actor: Actor, verb: Verb = Verb.READ
) -> tuple[QuerySet[Recall], c.Filter]:
    name = searched(request, _("Recall"))
    rows = queries.recalls(actor, verb)
    return (rows.filter(name__icontains=name.value) if name.value else rows), name


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Recall"), primary=True),
        c.Column(_("Organisation")),
        c.Column(_("Back by")),
        c.Column(_("State")),
    ]


def _state(row: Recall) -> str:
    return _("Closed recall") if row.closed_at else _("Running")


def _recall_row(row: Recall) -> c.Row:
    cells = [row.name, row.organisation.name, when(row.deadline), badge(_state(row))]
    return c.Row(cells, reverse("recall", args=[row.id]))


@require_safe
@page
def recalls_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of recalls as a file, as it is filtered."""
    rows, _name = _found(request, actor, Verb.EXPORT)
    lines = ([r.name, r.organisation.name, when(r.deadline), _state(r)] for r in rows[:MOST_ROWS])
    columns = [column.label for column in _columns()]
    return sheet(actor, _("Recalls"), columns, lines, name="recalls")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recall_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Recall all members of an organisation and its units."""
    want(actor, Verb.CALL_UP)
    form = RecallForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.CALL_UP, below=False),
        units=units(actor),
    )
    if request.method == "POST" and form.is_valid():
        recall_id = form.child("recall")
        payload = {
            "recall_id": recall_id,
            "deadline": form.cleaned_data["deadline"].isoformat(),
            **acts.cleaned(form, ["organisation_id", "area_id", "name", "text"]),
        }
        receipts = gathering.open_recall(actor, payload, entry_id=form.entry)
        if not first_refusal(form, receipts):
            where = reverse("recall", args=[recall_id])
            return acts.done(request, receipts[0], _("The recall is out."), where)
    context = {"title": _("Recall to duty"), "submit": _("Send it out"), "back": reverse("recalls")}
    return acts.show(request, "people/parts/form.html", form, context)


def _recall(actor: Actor, recall_id: UUID) -> Recall:
    recall = queries.recall(actor, recall_id)
    found(recall)
    assert recall is not None
    return recall


@require_safe
@page
def recall(request: HttpRequest, actor: Actor, recall_id: UUID) -> HttpResponse:
    """Show a recall by unit: who is back, on the way, excused, silent."""
    one = _recall(actor, recall_id)
    figures = queries.recall_figures(actor, one)
    table = c.Table(
        id="units",
        caption=_("Units"),
        columns=[
            c.Column(_("Unit"), primary=True),
            c.Column(_("Members"), numeric=True),
            *(c.Column(words.ANSWERS[a], numeric=True) for a in words.ANSWERS),
        ],
        rows=[
            c.Row(
                [f.name, f.members, f.back, f.on_the_way, f.excused, f.silent],
                reverse("recall_unit", args=[one.id, f.organisation_id]),
                tone="warn" if f.silent else "plain",
            )
            for f in figures
        ],
        empty_title=_("No members in your area"),
    )
    sums = {a: sum(getattr(f, a.value) for f in figures) for a in words.ANSWERS}
    stats = [
        Stat(
            words.ANSWERS[a],
            n,
            sum(f.members for f in figures),
            tone="bad" if a is Answer.SILENT and n else "plain",
        )
        for a, n in sums.items()
    ]
    actions = []
    if actor.may_somewhere(Verb.CALL_UP) and not one.closed_at:
        for act, label, icon in (
            ("remind", _("Remind those who are silent"), "bell"),
            ("close", _("Close the recall"), "lock"),
        ):
            href = reverse("recall_act", args=[one.id, act])
            actions.append(c.Action(label, href, icon=icon, post=True, fields=acts.once()))
    return show(
        request,
        one.name,
        over=one.organisation.name,
        note=_("Back by %(when)s") % {"when": when(one.deadline)},
        stats=stats,
        sections=[Section(_("Units"), table)],
        actions=actions,
        path=[c.Link(_("Recalls"), reverse("recalls")), c.Link(one.name)],
    )


@require_POST
@page
def recall_act(request: HttpRequest, actor: Actor, recall_id: UUID, act: str) -> HttpResponse:
    """Remind the silent, or close the recall."""
    one = _recall(actor, recall_id)
    found(act if act in ("remind", "close") else None)
    form = acts.Once(request.POST)
    form.is_valid()
    if act == "close":
        receipts = gathering.close_recall(actor, one.id, form.entry)
    else:
        receipts = gathering.in_districts(actor, one.id, "recall.remind", form.entry)
    bad = next((r for r in receipts if not r.stands and r.refusal), None)
    if bad is not None and bad.refusal is not None:
        messages.error(request, bad.refusal.message)
    else:
        messages.success(request, _("Noted."))
    return HttpResponseRedirect(reverse("recall", args=[one.id]))


@require_safe
@page
def recall_unit(
    request: HttpRequest, actor: Actor, recall_id: UUID, organisation_id: UUID
) -> HttpResponse:
    """List a unit's members in a recall, each with the link by which the member answers."""
    one = _recall(actor, recall_id)
    answer = chosen(request, _("Answer"), words.ANSWERS, "answer")
    export = reverse("recall_unit_xlsx", args=[one.id, organisation_id])
    table = listed(
        request,
        queries.recalled(actor, one, organisation_id, answer.value),
        ["id", "district"],
        lambda part: _member_rows(actor, one, part),
        size=50,
        id="recalled",
        caption=_("Members"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Answer")),
            c.Column(_("Reason")),
            c.Column(_("When")),
            c.Column(_("Reminders"), numeric=True),
        ],
        filters=[answer],
        export=f"{export}?{request.GET.urlencode()}" if actor.may_somewhere(Verb.EXPORT) else "",
        empty_title=_("Nobody is on this list"),
    )
    name = organisation_names([organisation_id]).get(organisation_id, "")
    path = [
        c.Link(_("Recalls"), reverse("recalls")),
        c.Link(one.name, reverse("recall", args=[one.id])),
        c.Link(name),
    ]
    return show(request, name, over=one.name, sections=[Section(_("Members"), table)], path=path)


def _member_rows(actor: Actor, recall: Recall, part: list[Recalled]) -> list[c.Row]:
    who = names_of(actor, ((r.district, r.person_id) for r in part))
    return [
        c.Row(
            [
                who.get(r.person_id, "") or "–",
                badge(
                    words.ANSWERS[Answer(r.answer)],
                    "warn" if r.answer == Answer.SILENT else "plain",
                ),
                r.why,
                when(r.answered_at),
                r.reminders,
            ],
            reverse("recall_member", args=[recall.id, r.district, r.person_id]),
        )
        for r in part
    ]


@require_safe
@page
def recall_unit_xlsx(
    request: HttpRequest, actor: Actor, recall_id: UUID, organisation_id: UUID
) -> HttpResponse:
    """Give a unit's members with their answers as a file."""
    want(actor, Verb.EXPORT)
    one = _recall(actor, recall_id)
    area = area_queries.roots(actor).first()
    found(area)
    assert area is not None
    answer = chosen(request, _("Answer"), words.ANSWERS, "answer")
    rows = list(queries.recalled(actor, one, organisation_id, answer.value)[:50_000])
    names = names_of(actor, ((r.district, r.person_id) for r in rows))
    heads = [
        ("name", _("Name")),
        ("answer", _("Answer")),
        ("why", _("Reason")),
        ("at", _("When")),
        ("reminders", _("Reminders")),
    ]
    lines = (
        {
            "name": names.get(r.person_id, ""),
            "answer": str(words.ANSWERS[Answer(r.answer)]),
            "why": r.why,
            "at": when(r.answered_at),
            "reminders": r.reminders,
        }
        for r in rows
    )
    return workbook(actor, one.name, heads, lines, area=area, name="recall")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recall_member(
    request: HttpRequest, actor: Actor, recall_id: UUID, district: str, person_id: UUID
) -> HttpResponse:
    """Note what a member said by telephone, or give the member's own link."""
    one = _recall(actor, recall_id)
    mine = queries.own_recalled(district, one.id, person_id)
    found(mine if mine and actor.may(Verb.READ, mine[1]) else None)
    assert mine is not None
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {
            "recall_id": str(one.id),
            "person_id": str(person_id),
            **acts.cleaned(form, ["answer", "why"]),
        }
        receipt = acts.send(actor, form, "recall.answer", payload, district)
        if receipt is not None:
            where = reverse("recall_unit", args=[one.id, mine[0].organisation_id])
            return acts.done(request, receipt, _("Noted."), where)
    token = links.token(links.Purpose.RECALL, district, one.id, person_id)
    href = absolute(request, reverse("recall_answer", args=[token]))
    name = names_of(actor, [(district, person_id)]).get(person_id, "") or _("Member")
    button = c.Action(_("Answer"), "answer", icon="check", kind="primary")
    return show(
        request,
        name,
        over=one.name,
        note=words.ANSWERS[Answer(mine[0].answer)],
        sections=[
            Section(_("Said by telephone"), form=form, buttons=[button], href=request.path),
            Section(_("The member’s own link"), codes=[c.Link(_("Answer"), href)]),
        ],
        status=status_of(form),
    )
