"""Directives at the desk: the list, a new one, what waits for me."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.directives import attachments, queries, sending, words
from lianfang.directives.answering import led
from lianfang.directives.forms import IssueForm
from lianfang.directives.rules import DirectiveKind, DirectiveState
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import (
    Section,
    Stat,
    badge,
    chosen,
    listed,
    searched,
    show,
    units,
    want,
    when,
    workbook,
)
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.directives.models import Directive

_TONES: dict[str, c.Tone] = {
    DirectiveState.ISSUED: "good",
    DirectiveState.WITHDRAWN: "bad",
    DirectiveState.SUPERSEDED: "plain",
}


def _narrowed(request: HttpRequest, actor: Actor) -> tuple[QuerySet[Directive], list[c.Filter]]:
    text = searched(request, _("Title or number"))
    kind = chosen(request, _("Kind"), words.KINDS, "kind")
    state = chosen(request, _("State"), words.STATES)
    found = queries.directives(actor)
    if text.value:
        found = found.filter(title__icontains=text.value) | found.filter(
            number__icontains=text.value
        )
    if kind.value:
        found = found.filter(kind=kind.value)
    if state.value:
        found = found.filter(state=state.value)
    return found.select_related("from_area"), [text, kind, state]


def _from(row: Directive) -> str:
    return row.from_area.name if row.from_area else _("Headquarters")


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the directives that concern the actor."""
    want(actor, Verb.READ)
    found, filters = _narrowed(request, actor)
    table = listed(
        request,
        found,
        ["-issued_at", "id"],
        lambda rows: [
            c.Row(
                [
                    r.title,
                    r.number or "–",
                    words.KINDS[DirectiveKind(r.kind)],
                    _from(r),
                    when(r.issued_at),
                    when(r.ack_due) or "–",
                    badge(words.STATES[DirectiveState(r.state)], _TONES[r.state]),
                ],
                reverse("directive", args=[r.id]),
            )
            for r in rows
        ],
        id="directives",
        caption=_("Directives"),
        columns=[
            c.Column(_("Title"), primary=True),
            c.Column(_("Paper number")),
            c.Column(_("Kind")),
            c.Column(_("Issued by")),
            c.Column(_("Issued")),
            c.Column(_("Acknowledge by")),
            c.Column(_("State")),
        ],
        filters=filters,
        export=reverse("directives_xlsx") if actor.may_somewhere(Verb.EXPORT) else "",
        empty_title=_("No directives"),
        empty_text=_("What is issued above you, or by you, stands here."),
    )
    actions = [c.Action(_("Tasks for grids"), reverse("tasks"), "grid")]
    if led(actor):
        actions.append(c.Action(_("My directives"), reverse("directives_mine"), "duty"))
    if actor.may_somewhere(Verb.DIRECT):
        remind = reverse("directives_remind")
        actions.append(
            c.Action(_("Remind the late"), remind, "bell", post=True, fields=acts.once())
        )
        actions.append(
            c.Action(_("New directive"), reverse("directive_new"), "plus", kind="primary")
        )
    return show(request, _("Directives"), sections=[Section("", table)], actions=actions)


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list as a file."""
    root = area_queries.roots(actor).first()
    if root is None:
        raise Refuse(NOT_FOUND)
    found, _filters = _narrowed(request, actor)
    heads = [
        ("title", _("Title")),
        ("number", _("Paper number")),
        ("kind", _("Kind")),
        ("from", _("Issued by")),
        ("issued", _("Issued")),
        ("due", _("Acknowledge by")),
        ("state", _("State")),
    ]
    lines = (
        {
            "title": r.title,
            "number": r.number,
            "kind": str(words.KINDS[DirectiveKind(r.kind)]),
            "from": _from(r),
            "issued": when(r.issued_at),
            "due": when(r.ack_due),
            "state": str(words.STATES[DirectiveState(r.state)]),
        }
        for r in found.order_by("-issued_at", "id")[:5_000]
    )
    return workbook(actor, _("Directives"), heads, lines, area=root, name="directives")


@require_safe
@page
def mine(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the copies for which the actor answers, the first due first."""
    moment, everything = now(), queries.copies(actor)
    which, text = request.GET.get("which", "open"), searched(request, _("Title"))
    rows = [w for w in everything if which == "all" or w.owes_acknowledgement or w.owes_act]
    if text.value:
        rows = [w for w in rows if text.value in w.directive.title]
    table = c.Table(
        id="mine",
        caption=_("My directives"),
        columns=[
            c.Column(_("Title"), primary=True),
            c.Column(_("Receiver")),
            c.Column(_("Received")),
            c.Column(_("Due")),
            c.Column(_("State")),
        ],
        rows=[
            c.Row(
                [
                    w.directive.title,
                    w.name,
                    when(w.received_at),
                    badge(when(w.due), "bad", "warning") if w.late(moment) else when(w.due) or "–",
                    badge(words.NODES[w.state], words.NODE_TONES[w.state]),
                ],
                reverse("directive", args=[w.directive.id]),
                "bad" if w.late(moment) else "plain",
            )
            for w in rows[:200]
        ],
        filters=[
            text,
            c.Filter("which", _("Show"), [("open", _("What waits")), ("all", _("All"))], which),
        ],
        action=request.path,
        empty_title=_("Nothing waits for you"),
        empty_text=_("New directives appear here by themselves."),
    )
    stats = [
        Stat(_("To acknowledge"), sum(w.owes_acknowledgement for w in everything)),
        Stat(_("To act upon"), sum(w.owes_act for w in everything)),
        Stat(_("Late"), sum(w.late(moment) for w in everything), tone="bad"),
    ]
    return show(request, _("My directives"), stats=stats, sections=[Section("", table)])


def _choices(actor: Actor) -> dict[str, Any]:
    """Return what a new directive can be from and to."""
    paths = actor.paths(Verb.DIRECT)
    mine_ = [a for a in queries.own_areas(actor) if actor.may(Verb.DIRECT, a.path)]
    areas = [(str(a.id), a.name) for a in mine_]
    if "" in paths:
        areas = [("", _("Headquarters")), *areas]
        below = list(area_queries.roots(actor))
    else:
        below = [k for a in mine_ for k in area_queries.children(actor, a)]
    return {
        "areas": areas,
        "below": [(str(a.id), a.name) for a in below[:400]],
        "sets": queries.area_sets(),
        "units": units(actor),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor, directive_id: UUID | None = None) -> HttpResponse:
    """Issue a directive, or a new version of one."""
    want(actor, Verb.DIRECT)
    before = queries.directive(actor, directive_id) if directive_id else None
    if directive_id and (before is None or not actor.may(Verb.DIRECT, before.path)):
        raise Refuse(NOT_FOUND)
    initial: dict[str, Any] = {}
    if before:
        names = ("number", "kind", "title", "text", "to_level", "passing")
        initial = {n: getattr(before, n) for n in names}
        initial["from_area_id"] = str(before.from_area_id or "")
    posted = request.method == "POST"
    form = IssueForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=initial,
        **_choices(actor),
    )
    if posted and form.is_valid():
        id_ = form.child("directive")
        try:
            return _issued(request, actor, form, id_, str(before.id) if before else None)
        except Refuse as refuse:
            form.refuse(refuse.refusal)
    title = _("New version") if before else _("New directive")
    context = {"title": title, "submit": _("Issue"), "back": reverse("directives")}
    return acts.show(request, "directives/form.html", form, context)


def _issued(
    request: HttpRequest, actor: Actor, form: IssueForm, id_: str, before: str | None
) -> HttpResponse:
    data = form.cleaned_data
    files = []
    for number, file in enumerate(data["papers"]):
        file_id = derive_id(UUID(id_), "file", number)
        kind = attachments.store("", UUID(id_), file_id, file.read())
        files.append({"id": str(file_id), "name": file.name[-120:], "type": kind})
    names = ("from_area_id", "kind", "number", "title", "text", "passing", "to_level")
    lists = ("area_ids", "area_set_ids", "organisation_ids")
    payload: dict[str, Any] = {
        "directive_id": id_,
        **acts.cleaned(form, [*names, *lists]),
        **{n: data[n].isoformat() for n in ("ack_due", "act_due") if data[n]},
        **({"attachments": files} if files else {}),
        **({"replaces_id": before} if before else {}),
    }
    receipt = acts.send(actor, form, "directive.issue", payload)
    if receipt is None:
        context = {"title": _("New directive"), "submit": _("Issue"), "back": reverse("directives")}
        return acts.show(request, "directives/form.html", form, context)
    sending.spread(now())
    return acts.done(
        request, receipt, _("The directive is on its way."), reverse("directive", args=[id_])
    )


@require_http_methods(["POST"])
@page
def remind(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Remind everybody below who has not acknowledged, once each."""
    want(actor, Verb.DIRECT)
    receivers = sending.remind(actor, acts.Once(request.POST))
    words_ = _("%(n)d receivers reminded.") % {"n": receivers}
    return acts.said(request, words_, reverse("directives"))
