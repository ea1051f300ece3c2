"""Teams at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.mobilising import gathering, words
from lianfang.mobilising import team_queries as queries
from lianfang.mobilising.forms import ConvertForm, EndForm, LeadForm, MergeForm, PartForm, TeamForm
from lianfang.mobilising.queries import names_of, organisation_names
from lianfang.mobilising.rules import TeamKind, TeamState
from lianfang.people.pages import (
    MOST_ROWS,
    Section,
    Stat,
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
)
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.mobilising.models import Team, TeamMember


@require_safe
@page
def teams(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the teams at places of the actor's scope."""
    want(actor, Verb.READ)
    rows, filters = _found(request, actor)
    table = listed(
        request,
        rows,
        ["-formed_at", "id"],
        _team_rows,
        id="teams",
        caption=_("Teams"),
        columns=_columns(),
        filters=filters,
        export=sheet_link(request, actor, "teams_xlsx"),
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


def _found(request: HttpRequest, actor: Actor) -> tuple[QuerySet[Team], list[c.Filter]]:
    state = chosen(request, _("State"), words.TEAM_STATES)
    kind = chosen(request, _("Kind"), words.TEAM_KINDS, "kind")
    name = searched(request, _("Team"))
    rows = queries.teams(actor)
    rows = rows.filter(state=state.value) if state.value else rows
    rows = rows.filter(kind=kind.value) if kind.value else rows
    return (queries.named(rows, name.value) if name.value else rows), [name, state, kind]


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Team"), primary=True),
        c.Column(_("Kind")),
        c.Column(_("Where")),
        c.Column(_("What for")),
        c.Column(_("Equipment")),
        c.Column(_("State")),
    ]


def _cells(team: Team, name: str, state: object) -> list[object]:
    kind = words.TEAM_KINDS[TeamKind(team.kind)]
    return [name, kind, team.area.name, team.purpose, _gear(team), state]


def _team_rows(part: list[Team]) -> list[c.Row]:
    names = organisation_names(t.id for t in part)
    return [
        c.Row(
            _cells(t, names.get(t.id, ""), badge(words.TEAM_STATES[TeamState(t.state)])),
            reverse("team", args=[t.id]),
        )
        for t in part
    ]


@require_safe
@page
def teams_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of teams as a file, as it is filtered."""
    found_, _filters = _found(request, actor)
    rows = list(found_.filter(within(actor.paths(Verb.EXPORT), "area__path"))[:MOST_ROWS])
    names = organisation_names(t.id for t in rows)
    lines = (_cells(t, names.get(t.id, ""), words.TEAM_STATES[TeamState(t.state)]) for t in rows)
    columns = [column.label for column in _columns()]
    return sheet(actor, _("Teams"), columns, lines, name="teams")


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
    return acts.show(request, "people/parts/form.html", form, context)


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
        from lianfang.kernel.times import local, now

        parked = [
            {"title": line.strip()[:120]}
            for line in form.cleaned_data["parked"].splitlines()
            if line.strip()
        ]
        payload = {
            "parked": parked,
            "first_day": str(local(now()).date()),
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
    return acts.show(request, "people/parts/form.html", form, context)


def _team(actor: Actor, team_id: UUID) -> Team:
    team = queries.team(actor, team_id)
    found(team)
    assert team is not None
    return team


_ACTS = {"merge": "team.merge", "share": "team.share", "lead": "team.lead", "end": "team.disband"}


def _forms(
    actor: Actor, one: Team, act: str, data: Any
) -> dict[str, tuple[c.Text, c.Text, acts.CommandForm]]:
    """Return what can be done with a team that works: (title, button, form) by act."""
    if one.state != TeamState.ACTIVE or not actor.may(Verb.ORGANISE, one.area.path):
        return {}

    def bound(name: str) -> Any:
        return data if act == name else None

    members = [
        (f"{m.district}:{m.person_id}", m)
        for m in queries.team_members(one, area_queries.districts(actor))[:300]
    ]
    names = names_of(actor, ((m.district, m.person_id) for _key, m in members))
    people = [(key, names.get(m.person_id, "") or key[-6:]) for key, m in members]
    others = queries.active_teams(actor).exclude(id=one.id)[:300]
    named = organisation_names(t.id for t in others)
    result: dict[str, tuple[c.Text, c.Text, acts.CommandForm]] = {
        "lead": (
            _("Lead and deputy"),
            _("Name them"),
            LeadForm(bound("lead"), people=people, initial=_leads(one)),
        )
    }
    if one.kind == TeamKind.COMMAND_PLACE:
        form = PartForm(
            bound("share"), units=units(actor), functions=[(f, f) for f in one.functions]
        )
        result["share"] = (_("An organisation shares the place"), _("Takes part"), form)
    if one.kind != TeamKind.CONVERTED:
        teams_ = [(str(t.id), named.get(t.id, "")) for t in others if t.kind != TeamKind.CONVERTED]
        if teams_:
            result["merge"] = (
                _("Merge into another team"),
                _("Merge"),
                MergeForm(bound("merge"), teams=teams_),
            )
        result["end"] = (_("Disband the team"), _("Disband"), EndForm(bound("end")))
    return result


def _heads(actor: Actor, one: Team) -> list[Stat]:
    """Return lead and deputy by name, and where a merged team went."""
    heads = [(_("Lead"), one.lead), (_("Deputy"), one.deputy)]
    keys = [(h["district"], UUID(h["person_id"])) for _label, h in heads if h]
    names = names_of(actor, keys)
    stats = [Stat(label, names.get(UUID(h["person_id"]), "") or "–") for label, h in heads if h]
    if one.merged_into_id:
        name = organisation_names([one.merged_into_id]).get(one.merged_into_id, "")
        stats.append(Stat(_("Merged into"), name, href=reverse("team", args=[one.merged_into_id])))
    return stats


def _leads(one: Team) -> dict[str, str]:
    return {
        name: f"{lead['district']}:{lead['person_id']}"
        for name, lead in (("lead", one.lead), ("deputy", one.deputy))
        if lead
    }


def _payload(one: Team, act: str, form: acts.CommandForm) -> dict[str, Any]:
    payload: dict[str, Any] = {"team_id": str(one.id)}
    if act == "merge":
        return payload | acts.cleaned(form, ["into_id"])
    if act == "share":
        return payload | acts.cleaned(form, ["organisation_id", "function"])
    if act == "end":
        return payload | acts.cleaned(form, ["why"])
    for name in ("lead", "deputy"):
        district, _colon, person_id = form.cleaned_data[name].partition(":")
        if person_id:
            payload[name] = {"district": district, "person_id": person_id}
    return payload


@require_http_methods(["GET", "HEAD", "POST"])
@page
def team(request: HttpRequest, actor: Actor, team_id: UUID) -> HttpResponse:
    """Show a team: its members with their homes, who shares it, what is parked; change it."""
    one = _team(actor, team_id)
    act = request.POST.get("act", "")
    forms = _forms(actor, one, act, request.POST if request.method == "POST" else None)
    form = forms[act][2] if act in forms else None
    if form is not None and form.is_valid():
        receipt = acts.send(actor, form, _ACTS[act], _payload(one, act, form))
        if receipt is not None:
            where = request.path
            if act == "merge":
                where = reverse("team", args=[form.cleaned_data["into_id"]])
            return acts.done(request, receipt, _("Noted."), where)
    names = organisation_names([one.id])
    members = queries.team_members(one, area_queries.districts(actor))
    table = listed(
        request,
        members,
        ["since", "id"],
        lambda part: _member_rows(actor, part),
        size=50,
        id="members",
        caption=_("Members"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Function")),
            c.Column(_("Home organisation")),
            c.Column(_("Charter")),
        ],
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
    for name, (title, label, form_) in forms.items():
        button = c.Action(label, name, icon="check")
        sections.append(Section(title, form=form_, buttons=[button], href=request.path))
    return show(
        request,
        names.get(one.id, ""),
        over=words.TEAM_KINDS[TeamKind(one.kind)],
        note=one.purpose,
        stats=[
            Stat(_("Members"), members.count()),
            Stat(_("Accepted the charter"), members.exclude(accepted_at=None).count()),
            Stat(_("Equipment"), _gear(one) or "–"),
            *_heads(actor, one),
        ],
        status=status_of(form) if form is not None else 200,
        sections=sections,
        actions=_team_actions(actor, one),
        path=[c.Link(_("Teams"), reverse("teams")), c.Link(names.get(one.id, ""))],
    )


def _member_rows(actor: Actor, part: list[TeamMember]) -> list[c.Row]:
    who = names_of(actor, ((m.district, m.person_id) for m in part))
    homes = queries.homes(part)
    return [
        c.Row(
            [
                who.get(m.person_id, "") or "–",
                m.function,
                " · ".join(homes.get(m.person_id, [])),
                when(m.accepted_at) or _("Not accepted yet"),
            ],
            reverse("person", args=[m.district, m.person_id]),
        )
        for m in part
    ]


def _team_actions(actor: Actor, one: Team) -> list[c.Action]:
    if one.state != TeamState.ACTIVE or not actor.may(Verb.ORGANISE, one.area.path):
        return []
    people = c.Action(_("Let people join"), reverse("organisation", args=[one.id]), icon="plus")
    if one.kind != TeamKind.CONVERTED:
        return [people]
    href = reverse("team_end", args=[one.id, "resume"])
    label = _("Resume the parked work")
    return [people, c.Action(label, href, icon="undo", post=True, fields=acts.once())]


@require_POST
@page
def team_end(request: HttpRequest, actor: Actor, team_id: UUID, act: str) -> HttpResponse:
    """Disband a team, or let a standing one go on with its own work."""
    found(act if act in ("resume", "disband") else None)
    payload = {"team_id": str(team_id)}
    where = reverse("team", args=[team_id])
    return acts.press(request, actor, f"team.{act}", payload, where, _("Noted."))
