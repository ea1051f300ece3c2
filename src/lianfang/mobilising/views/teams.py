"""Teams at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import gathering, words
from lianfang.mobilising import team_queries as queries
from lianfang.mobilising.forms import ConvertForm, TeamForm
from lianfang.mobilising.queries import names_of, organisation_names
from lianfang.mobilising.rules import TeamKind, TeamState
from lianfang.mobilising.views.common import (
    Section,
    Stat,
    area_choices,
    badge,
    filtered,
    first_refusal,
    show,
    units,
    want,
    when,
)
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.mobilising.models import Team


@require_safe
@page
def teams(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the teams at places of the actor's scope."""
    want(actor, Verb.READ)
    state = filtered(request.GET.get("state", ""), TeamState)
    kind = filtered(request.GET.get("kind", ""), TeamKind)
    rows = queries.teams(actor)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(kind=kind) if kind else rows
    part = paging.page(rows, ["-formed_at", "id"], request.GET.get("cursor", ""), size=25)
    names = organisation_names(t.id for t in part.rows)
    table = c.Table(
        id="teams",
        caption=_("Teams"),
        columns=[
            c.Column(_("Team"), primary=True),
            c.Column(_("Kind")),
            c.Column(_("Where")),
            c.Column(_("What for")),
            c.Column(_("Equipment")),
            c.Column(_("State")),
        ],
        rows=[
            c.Row(
                [
                    names.get(t.id, ""),
                    words.TEAM_KINDS[TeamKind(t.kind)],
                    t.area.name,
                    t.purpose,
                    _gear(t),
                    badge(words.TEAM_STATES[TeamState(t.state)]),
                ],
                reverse("team", args=[t.id]),
            )
            for t in part.rows
        ],
        filters=[
            c.Filter("state", _("State"), [("", _("All")), *words.TEAM_STATES.items()], state),
            c.Filter("kind", _("Kind"), [("", _("All")), *words.TEAM_KINDS.items()], kind),
        ],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No teams yet"),
        empty_text=_("Form one from members of any organisation."),
    )
    actions = []
    if actor.may_somewhere(Verb.ORGANISE):
        actions = [
            c.Action(_("Convert a standing team"), reverse("team_convert"), icon="refresh"),
            c.Action(_("Form a team"), reverse("team_new"), icon="plus", kind="primary"),
        ]
    return show(request, _("Teams"), sections=[Section("", table)], actions=actions)


def _gear(team: Team) -> str:
    known = {"motorcycle": _("Motorcycles"), "vehicle": _("Cars and vans"), "horse": _("Horses")}
    return " · ".join(f"{known.get(e['kind'], e['kind'])} {e['count']}" for e in team.equipment)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def team_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Form a team at a place."""
    want(actor, Verb.ORGANISE)
    areas = area_choices(actor, Verb.ORGANISE, below=False)
    form = TeamForm(request.POST if request.method == "POST" else None, areas=areas)
    if request.method == "POST" and form.is_valid():
        team_id = form.child("team")
        data = acts.cleaned(form, ["area_id", "kind", "purpose", "charter"])
        payload = {
            "team_id": team_id,
            "first_day": str(form.cleaned_data["first_day"]),
            "equipment": form.equipment(),
            **data,
        }
        if form.cleaned_data["last_day"]:
            payload["last_day"] = str(form.cleaned_data["last_day"])
        receipts = gathering.form_team(
            actor, form.cleaned_data["name"], payload, entry_id=form.entry
        )
        if not first_refusal(form, receipts):
            where = reverse("team", args=[team_id])
            return acts.done(request, receipts[-1], _("The team is formed."), where)
    context = {"title": _("Form a team"), "submit": _("Form it"), "back": reverse("teams")}
    return acts.show(request, "mobilising/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def team_convert(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Turn a standing team to response work; its work is parked."""
    want(actor, Verb.ORGANISE)
    form = ConvertForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.ORGANISE, below=False),
        units=units(actor),
    )
    if request.method == "POST" and form.is_valid():
        from lianfang.kernel.times import now

        parked = [
            {"title": line.strip()[:120]}
            for line in form.cleaned_data["parked"].splitlines()
            if line.strip()
        ]
        payload = {
            "parked": parked,
            "first_day": str(now().date()),
            **acts.cleaned(form, ["team_id", "area_id", "purpose"]),
        }
        receipt = acts.send(actor, form, "team.convert", payload)
        if receipt is not None:
            where = reverse("team", args=[form.cleaned_data["team_id"]])
            return acts.done(request, receipt, _("The team is at response work."), where)
    context = {
        "title": _("Convert a standing team"),
        "submit": _("Convert it"),
        "back": reverse("teams"),
    }
    return acts.show(request, "mobilising/form.html", form, context)


def _team(actor: Actor, team_id: UUID) -> Team:
    team = queries.team(actor, team_id)
    found(team)
    assert team is not None
    return team


@require_safe
@page
def team(request: HttpRequest, actor: Actor, team_id: UUID) -> HttpResponse:
    """Show a team: its members with their homes, who shares it, what is parked."""
    one = _team(actor, team_id)
    names = organisation_names([one.id])
    members = queries.team_members(one, area_queries.districts(actor))
    part = paging.page(members, ["since", "id"], request.GET.get("cursor", ""), size=50)
    who = names_of(actor, ((m.district, m.person_id) for m in part.rows))
    homes = queries.homes(part.rows)
    table = c.Table(
        id="members",
        caption=_("Members"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Function")),
            c.Column(_("Home organisation")),
            c.Column(_("Charter")),
        ],
        rows=[
            c.Row(
                [
                    who.get(m.person_id, "") or "–",
                    m.function,
                    " · ".join(homes.get(m.person_id, [])),
                    when(m.accepted_at) or _("Not accepted yet"),
                ],
                reverse("person", args=[m.district, m.person_id]),
            )
            for m in part.rows
        ],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No members yet"),
        empty_text=_("Let people join on the page of the organisation."),
    )
    sections = [Section(_("Members"), table)]
    if parts := queries.team_parts(one):
        sections.append(
            Section(
                _("Organisations that share the place"),
                text="\n".join(f"{p.organisation.name}  {p.function}" for p in parts),
                icon="team",
            )
        )
    if one.parked:
        parked = "\n".join(f"{w['title']}  {w.get('note', '')}" for w in one.parked)
        sections.append(Section(_("Parked work"), text=parked, icon="journal"))
    if one.charter:
        sections.append(Section(_("Charter"), text=one.charter, icon="shield"))
    return show(
        request,
        names.get(one.id, ""),
        over=words.TEAM_KINDS[TeamKind(one.kind)],
        note=one.purpose,
        stats=[
            Stat(_("Members"), members.count()),
            Stat(_("Accepted the charter"), members.exclude(accepted_at=None).count()),
            Stat(_("Equipment"), _gear(one) or "–"),
        ],
        sections=sections,
        actions=_team_actions(actor, one),
        path=[c.Link(_("Teams"), reverse("teams")), c.Link(names.get(one.id, ""))],
    )


def _team_actions(actor: Actor, one: Team) -> list[c.Action]:
    if one.state != TeamState.ACTIVE or not actor.may(Verb.ORGANISE, one.area.path):
        return []
    people = c.Action(_("Let people join"), reverse("organisation", args=[one.id]), icon="plus")
    act = "resume" if one.kind == TeamKind.CONVERTED else "disband"
    label = _("Resume the parked work") if act == "resume" else _("Disband")
    href = reverse("team_end", args=[one.id, act])
    return [people, c.Action(label, href, icon="undo", post=True, fields=acts.once())]


@require_POST
@page
def team_end(request: HttpRequest, actor: Actor, team_id: UUID, act: str) -> HttpResponse:
    """Disband a team, or let a standing one go on with its own work."""
    found(act if act in ("resume", "disband") else None)
    payload = {"team_id": str(team_id)}
    where = reverse("team", args=[team_id])
    return acts.press(request, actor, f"team.{act}", payload, where, _("Noted."))
