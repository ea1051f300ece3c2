"""The hub of this room, and the board of those on duty and of the tired."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Sight, Verb
from lianfang.mobilising import (
    deployment_queries,
    duty_queries,
    proofs,
    queries,
    team_queries,
    whistle_queries,
)
from lianfang.mobilising.forms import ReliefForm
from lianfang.mobilising.rules import CallState, Candidate, WhistleState
from lianfang.mobilising.views.call_people import pdf
from lianfang.people import queries as people_queries
from lianfang.people.pages import (
    Section,
    Stat,
    badge,
    searched,
    show,
    status_of,
    want,
    when,
    workbook,
)
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import found, page


@require_safe
@page
def hub(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show where everything stands, and open it."""
    want(actor, Verb.READ)
    board = duty_queries.on_duty(actor)
    calls = queries.calls(actor).filter(state=CallState.OPEN)
    whistles = whistle_queries.whistles(actor).exclude(state=WhistleState.CLOSED)
    stats = [
        Stat(_("Calls that run"), calls.count(), href=reverse("calls")),
        Stat(_("Whistles not closed"), whistles.count(), href=reverse("whistles")),
        Stat(_("Teams at work"), team_queries.active_teams(actor).count(), href=reverse("teams")),
        Stat(
            _("Recalls that run"),
            team_queries.recalls(actor).filter(closed_at=None).count(),
            href=reverse("recalls"),
        ),
        Stat(_("On duty now"), sum(r.since is not None for r in board), href=reverse("on_duty")),
        Stat(
            _("To be relieved"),
            tired := sum(r.relief for r in board),
            href=reverse("on_duty"),
            tone="bad" if tired else "plain",
        ),
        Stat(
            _("Deployment plans"),
            deployment_queries.deployments(actor).count(),
            href=reverse("deployments"),
        ),
    ]
    return show(request, _("Mobilising"), stats=stats, note=_("Call, assemble, deploy, relieve."))


@require_safe
@page
def board(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show who is on duty and for how long already, the most tired first."""
    want(actor, Verb.READ)
    place, rows = _found(request, actor)
    names = queries.names_of(actor, ((r.district, r.person_id) for r in rows))
    table = c.Table(
        id="on_duty",
        caption=_("On duty"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Place")),
            c.Column(_("On duty since")),
            c.Column(_("Hours today"), numeric=True),
            c.Column(_("Days in a row"), numeric=True),
            c.Column(_("Last day off")),
            c.Column(_("State")),
        ],
        rows=[
            c.Row(
                [
                    names.get(r.person_id, "") or "–",
                    r.place,
                    when(r.since),
                    round(r.minutes_today / 60, 1),
                    r.days_in_row,
                    date_format(r.last_day_off, "m-d") if r.last_day_off else "–",
                    badge(_("To be relieved"), "bad", "warning") if r.relief else "",
                ],
                reverse("relief", args=[r.district, r.person_id]),
                tone="bad" if r.relief else "plain",
            )
            for r in rows
        ],
        filters=[place],
        action=request.path,
        export=f"{reverse('on_duty_xlsx')}?{request.GET.urlencode()}"
        if actor.may_somewhere(Verb.EXPORT)
        else "",
        empty_title=_("Nobody is on duty"),
        empty_text=_("Who checks in at a post appears here."),
    )
    path = [c.Link(_("Mobilising"), reverse("mobilising")), c.Link(_("On duty"))]
    return show(request, _("On duty"), sections=[Section("", table)], path=path)


def _found(request: HttpRequest, actor: Actor) -> tuple[c.Filter, list[duty_queries.OnDuty]]:
    place = searched(request, _("Place"))
    rows = duty_queries.on_duty(actor)
    return place, [r for r in rows if place.value in r.place] if place.value else rows


@require_safe
@page
def board_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the board of those on duty as a file."""
    want(actor, Verb.EXPORT)
    area = area_queries.roots(actor).first()
    found(area)
    assert area is not None
    _place, rows = _found(request, actor)
    names = queries.names_of(actor, ((r.district, r.person_id) for r in rows))
    heads = [
        ("name", _("Name")),
        ("place", _("Place")),
        ("since", _("On duty since")),
        ("minutes", _("Minutes")),
        ("days", _("Days in a row")),
        ("off", _("Last day off")),
        ("relief", _("To be relieved")),
    ]
    lines = (
        {
            "name": names.get(r.person_id, ""),
            "place": r.place,
            "since": when(r.since),
            "minutes": r.minutes_today,
            "days": r.days_in_row,
            "off": str(r.last_day_off or ""),
            "relief": _("yes") if r.relief else "",
        }
        for r in rows
    )
    return workbook(actor, _("On duty"), heads, lines, area=area, name="on_duty")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def relief(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Show somebody's duty times, and who could take over."""
    person = people_queries.person(actor, district, person_id)
    found(person)
    assert person is not None
    proposed = duty_queries.substitutes(actor, district, person_id)
    names = queries.names_of(
        actor, [(district, UUID(p.person_id)) for p in proposed] + [(district, person_id)]
    )
    labels = [
        (p.person_id, f"{names.get(UUID(p.person_id), '') or '–'} · {_describe(p)}")
        for p in proposed
    ]
    form = ReliefForm(request.POST if request.method == "POST" else None, people=labels)
    service = duty_queries.service(district, person_id)
    last = service.stretches[-1] if service.stretches else duty_queries.present(district, person_id)
    if request.method == "POST" and form.is_valid() and last is not None:
        payload = {
            "area_id": str(last.area_id),
            "person_id": str(person_id),
            "by_id": form.cleaned_data["by_id"],
        }
        receipt = acts.send(actor, form, "relief.arrange", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("Relieved."), reverse("on_duty"))
    sections = []
    if proposed and last is not None and actor.may_somewhere(Verb.ASSIGN):
        button = c.Action(_("Takes over now"), "relieve", icon="check", kind="primary")
        sections.append(
            Section(_("Who could take over"), form=form, buttons=[button], href=request.path)
        )
    rows = [
        c.Row([s.place or "–", when(s.started_at), when(s.ended_at), round(s.minutes / 60, 1)])
        for s in reversed(service.stretches[-60:])
    ]
    table = c.Table(
        id="stretches",
        caption=_("Duty times"),
        columns=[
            c.Column(_("Place"), primary=True),
            c.Column(_("From")),
            c.Column(_("To")),
            c.Column(_("Hours"), numeric=True),
        ],
        rows=rows,
        empty_title=_("No finished duty yet"),
    )
    sections.append(Section(_("Duty times"), table))
    actions = []
    if people_queries.visible(actor, person).named and service.minutes:
        href = reverse("service_proof", args=[district, person_id])
        actions.append(c.Action(_("Proof of service"), href, icon="file"))
    return show(
        request,
        names.get(person_id, "") or _("Helper"),
        stats=[
            Stat(_("Hours served"), round(service.minutes / 60, 1)),
            Stat(_("Days served"), service.days),
        ],
        sections=sections,
        actions=actions,
        path=[c.Link(_("On duty"), reverse("on_duty")), c.Link(names.get(person_id, "") or "–")],
        status=status_of(form),
    )


def _describe(candidate: Candidate) -> str:
    where = _("a colleague") if candidate.same_unit else _("lives near")
    days = _("%(n)s days in a row") % {"n": candidate.days_in_row}
    return f"{where} · {days}"


@require_safe
@page
def proof(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Give a person's proof of service as a PDF."""
    person = people_queries.person(actor, district, person_id)
    seen = people_queries.visible(actor, person) if person else None
    found(seen if seen and seen.named and actor.sight_paths(Sight.IDENTITY) else None)
    assert seen is not None
    return pdf(proofs.of_person(district, person_id, seen.name))
