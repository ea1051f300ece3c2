"""Doors: the list of an area, the page of each, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.areas.trail import crumbs
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries, history, queries, words
from lianfang.people.forms.households import CloseForm, HouseholdForm, MergeForm
from lianfang.people.rules import HouseholdState, PersonState
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx
from lianfang.web.slots import HOUSEHOLD

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.people.models import Household

STATES = [
    ("live", words.HOUSEHOLD_STATES[HouseholdState.LIVE]),
    ("closed", words.HOUSEHOLD_STATES[HouseholdState.CLOSED]),
    ("merged", words.HOUSEHOLD_STATES[HouseholdState.MERGED]),
]


@require_safe
@page
def listing(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """List the doors of an area, narrowed and page by page."""
    area = area_queries.area(actor, area_id)
    if area is None:
        raise Refuse(NOT_FOUND)
    sees = actor.sees(Sight.ADDRESS, area.path)
    near = area.level >= Level.STREET
    context: dict[str, Any] = {
        "area": area,
        "crumbs": crumbs(actor, area),
        "sees": sees,
        "near": near,
    }
    context["may_register"] = (
        actor.may(Verb.REGISTER, area.path) and area.level >= Level.COMMUNITY and not area.valid_to
    )
    if sees and near:
        context["table"] = _table(request, actor, area)
        if is_htmx(request):
            return render(request, "people/household/table.html", context)
    else:
        children = list(area_queries.with_children(area_queries.children(actor, area)))
        counts = area_queries.numbers([a.id for a in children], "households")
        context["children"] = [(child, counts.get(child.id)) for child in children]
        context["households"] = area_queries.total(area, "households")
    return render(request, "people/household/list.html", context)


def filters_of(request: HttpRequest) -> dict[str, str]:
    """Return how the list is narrowed, as the address says."""
    state = request.GET.get("state", "live")
    if state not in {"live", "closed", "merged", "empty", "care", ""}:
        state = "live"
    return {"q": request.GET.get("q", "")[:60], "state": state}


def _table(request: HttpRequest, actor: Actor, area: Area) -> c.Table:
    chosen = filters_of(request)
    found = queries.in_area(actor, area, text=chosen["q"], state=chosen["state"])
    part = paging.page(found, ["sort_key", "id"], request.GET.get("cursor", ""))
    narrowed = chosen["q"] or chosen["state"] != "live"
    names = actor.sees(Sight.IDENTITY, area.path)
    who = queries.names_behind(part.rows) if names else {}
    columns = [c.Column(_("Door"), primary=True), c.Column(_("People"), numeric=True)]
    if names:
        columns.append(c.Column(_("Who lives there")))
    if area.level < Level.GRID:
        columns.append(c.Column(_("Grid")))
    if ended := chosen["state"] in ("closed", "merged", ""):
        columns.append(c.Column(_("State")))
    rows = []
    for h in part.rows:
        cells: list[object] = [h.label, h.persons]
        if names:
            cells.append(" ".join(who.get(h.id, [])))
        if area.level < Level.GRID:
            cells.append(h.area.name)
        if ended:
            cells.append(words.HOUSEHOLD_STATES[HouseholdState(h.state)])
        rows.append(c.Row(cells, reverse("household", args=[h.district, h.id])))
    choices = [*STATES]
    if actor.sees(Sight.HEALTH, area.path):
        choices.insert(1, ("care", _("Looked after first")))
    choices.insert(1, ("empty", _("Nobody registered")))
    export = ""
    if actor.may(Verb.EXPORT, area.path):
        export = paging.address(request, cursor="").replace(
            request.path, reverse("households_export", args=[area.id])
        )
    return c.Table(
        id="doors",
        caption=_("Household list"),
        columns=columns,
        rows=rows,
        filters=[
            c.Filter("q", _("Door or name") if names else _("Door"), value=chosen["q"]),
            c.Filter("state", _("State"), choices, chosen["state"]),
        ],
        action=request.path,
        export=export,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        count=None if narrowed else area_queries.total(area, "households"),
        empty_title=_("No door fits") if narrowed else _("No households yet"),
        empty_text=_("Try a shorter word, or another state.")
        if narrowed
        else _("Import a roster, or register the first door."),
    )


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, district: str, household_id: UUID) -> HttpResponse:
    """Show a door: who lives there, what other rooms know of it, its history."""
    household = _household(actor, district, household_id)
    members = queries.members(household)
    former = queries.former_members(household)
    people = [p.id for p in (*members, *former)]
    live = household.state == HouseholdState.LIVE
    workers = account_queries.named_workers([household.area_id])
    into = queries.household_by_id(actor, district, household.merged_into_id)
    context = {
        "household": household,
        "sees": actor.sees(Sight.ADDRESS, household.path),
        "live": live,
        "state": words.HOUSEHOLD_STATES[HouseholdState(household.state)],
        "into": into,
        "crumbs": crumbs(actor, household.area),
        "members": [member_row(actor, p, n) for n, p in enumerate(members, 1)],
        "former": [member_row(actor, p, n) for n, p in enumerate(former, 1)],
        "cards": HOUSEHOLD.gather(actor, household),
        "moments": history.of_door(actor, household, people),
        "workers": workers.get(household.area_id, []),
        "actions": _actions(actor, household) if live else [],
        "may_add": live and actor.may(Verb.REGISTER, household.path),
    }
    return render(request, "people/household/detail.html", context)


def member_row(actor: Actor, person: Any, number: int) -> c.Person:
    """Return a person as a row of a list, with what the actor sees."""
    seen = queries.visible(actor, person)
    facts = [seen.relation, str(words.SEXES[seen.sex]) if seen.sex else ""]  # type: ignore[index]
    if seen.age is not None:
        facts.append(_("%(n)d years") % {"n": seen.age})
    if seen.phone:
        facts.append(seen.phone)
    badges = [c.Badge(words.CARE[care], "warn", "help") for care in seen.care]  # type: ignore[index]
    if seen.state != PersonState.LIVE:
        badges.append(c.Badge(words.PERSON_STATES[seen.state]))
    return c.Person(
        seen.name or _("Person %(n)d") % {"n": number},
        reverse("person", args=[person.district, person.id]),
        " · ".join(part for part in facts if part),
        badges=badges,
    )


def _actions(actor: Actor, household: Household) -> list[c.Action]:
    if not actor.may(Verb.REGISTER, household.path):
        return []
    args = [household.district, household.id]
    return [
        c.Action(
            _("Correct the address"), reverse("household_correct", args=args), "edit", "quiet"
        ),
        c.Action(_("Merge a double"), reverse("household_merge", args=args), "undo", "quiet"),
        c.Action(_("Take off the list"), reverse("household_close", args=args), "close", "quiet"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def register(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Put a door on the list of a grid, or of a community that has none."""
    area = area_queries.area(actor, area_id)
    if area is None or area.level < Level.COMMUNITY or not actor.may(Verb.REGISTER, area.path):
        raise Refuse(NOT_FOUND)
    grids = list(area_queries.below(area, Level.GRID)) if area.level < Level.GRID else []
    form = HouseholdForm(request.POST or None, grids=[(str(g.id), g.name) for g in grids])
    if request.method == "POST" and form.is_valid():
        payload = {
            "household_id": form.child("household"),
            "area_id": form.cleaned_data.get("area_id") or str(area.id),
            **form.address(),
        }
        if receipt := acts.send(actor, form, "household.register", payload, area.district):
            args = [area.district, payload["household_id"]]
            where = reverse("household", args=args)
            return acts.done(request, receipt, _("The door is on the list."), where)
    return acts.show(
        request,
        "people/form.html",
        form,
        {
            "crumbs": crumbs(actor, area),
            "title": _("Register a household"),
            "over": area.name,
            "back": reverse("households", args=[area.id]),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def correct(request: HttpRequest, actor: Actor, district: str, household_id: UUID) -> HttpResponse:
    """Put the right address on a door."""
    household = _writable(actor, district, household_id)
    form = HouseholdForm(
        request.POST or None,
        initial={n: getattr(household, n) for n in ("building", "unit", "floor", "room")},
    )
    if request.method == "POST" and form.is_valid():
        payload = {"household_id": str(household.id), **form.address()}
        if receipt := acts.send(actor, form, "household.correct", payload, district):
            return acts.done(request, receipt, _("The address is corrected."), address(household))
    context = around(actor, household, _("Correct the address"))
    return acts.show(request, "people/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def close(request: HttpRequest, actor: Actor, district: str, household_id: UUID) -> HttpResponse:
    """Take a door off the list."""
    household = _writable(actor, district, household_id)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload = {"household_id": str(household.id), "why": form.cleaned_data["why"]}
        if receipt := acts.send(actor, form, "household.close", payload, district):
            return acts.done(request, receipt, _("The door is off the list."), address(household))
    context = around(actor, household, _("Take off the list"))
    context["danger"] = True
    context["hint"] = _(
        "For a door that does not exist any more. A home that stands empty stays on the list: it "
        "is visited like any other. The people registered here will count as moved away."
    )
    return acts.show(request, "people/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def merge(request: HttpRequest, actor: Actor, district: str, household_id: UUID) -> HttpResponse:
    """Merge a door that is listed twice into the one that stays."""
    household = _writable(actor, district, household_id)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        target = queries.door(actor, household, form.cleaned_data["into"])
        if target is None:
            form.add_error("into", _("There is no such door in this community."))
        else:
            payload = {"household_id": str(household.id), "into_id": str(target.id)}
            if receipt := acts.send(actor, form, "household.merge", payload, district):
                return acts.done(request, receipt, _("The doors are one now."), address(target))
    context = around(actor, household, _("Merge a double"))
    context["hint"] = _(
        "This door goes off the list, and its people move to the one that stays. Both histories "
        "are kept."
    )
    return acts.show(request, "people/form.html", form, context)


def address(household: Household) -> str:
    """Return the address of a door's page."""
    return reverse("household", args=[household.district, household.id])


def around(actor: Actor, household: Household, title: str) -> dict[str, Any]:
    """Return what stands around a form about a door."""
    return {
        "crumbs": crumbs(actor, household.area),
        "title": title,
        "over": household.label,
        "back": address(household),
    }


def _household(actor: Actor, district: str, household_id: UUID) -> Household:
    found = queries.household(actor, district, household_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def _writable(actor: Actor, district: str, household_id: UUID) -> Household:
    found = _household(actor, district, household_id)
    if not actor.may(Verb.REGISTER, found.path):
        raise Refuse(NOT_FOUND)
    return found
