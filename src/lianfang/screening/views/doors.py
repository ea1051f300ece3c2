"""The doors of a round: the lists behind each number, the buildings, the fevers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Sight, Verb
from lianfang.kernel.words import DUTY_STATES
from lianfang.people import queries as people_queries
from lianfang.screening import door_queries, looks, queries
from lianfang.screening.rules import DONE, EXCUSED, OPEN, Outcome, RoundState, Symptom
from lianfang.screening.views.common import (
    crumbs,
    household_page,
    one_area,
    the_round,
    there,
)
from lianfang.screening.views.sheets import answer
from lianfang.screening.words import OUTCOMES, SYMPTOMS
from lianfang.watching import queries as watching
from lianfang.web import components as c
from lianfang.web import paging, words
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.screening.models import Round

_PARTS = {
    "open": gettext_lazy("Open doors"),
    "silent": gettext_lazy("Open, in nobody's list"),
    "done": gettext_lazy("Done"),
    "excused": gettext_lazy("Excused"),
    "fever": gettext_lazy("With a fever"),
    "all": gettext_lazy("All doors"),
}
_OF_PART = {
    "open": [o for o in Outcome if o in OPEN],
    "silent": [o for o in Outcome if o in OPEN],
    "done": [o for o in Outcome if o in DONE],
    "excused": [o for o in Outcome if o in EXCUSED],
    "fever": [],
    "all": list(Outcome),
}


def _where(request: HttpRequest, actor: Actor, round_id: UUID) -> tuple[Round, Area]:
    """Return round and area of a list of doors; refused where the actor may not see doors."""
    round_ = the_round(actor, round_id)
    area = one_area(request, actor, round_)
    if not door_queries.may_list(actor, area):
        raise Refuse(NOT_FOUND)
    return round_, area


def _chosen(request: HttpRequest, actor: Actor, area: Area) -> dict[str, str]:
    part = request.GET.get("part", "open")
    if part not in _PARTS or (part == "fever" and not actor.sees(Sight.HEALTH, area.path)):
        part = "open"
    outcome = request.GET.get("outcome", "")
    if outcome not in {o.value for o in _OF_PART[part]}:
        outcome = ""
    return {"part": part, "outcome": outcome, "text": request.GET.get("q", "").strip()[:40]}


@require_safe
@page
def listing(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """List a round's doors: those open with owner and reason, or those of another number."""
    round_, area = _where(request, actor, round_id)
    chosen = _chosen(request, actor, area)
    found = door_queries.doors(actor, round_, area, **chosen)
    part = paging.page(found, ["sort_key", "id"], request.GET.get("cursor", ""))
    rows = door_queries.with_owners(round_.id, part.rows)
    counts = queries.coverage(actor, round_.id, area)
    export = ""
    if actor.may(Verb.EXPORT, area.path):
        export = paging.address(request, cursor="", area=str(area.id)).replace(
            request.path, reverse("round_doors_xlsx", args=[round_.id])
        )
    narrowed = bool(chosen["outcome"] or chosen["text"])
    numbers = {
        "open": counts.open,
        "silent": counts.silent,
        "done": counts.done,
        "excused": counts.excused,
        "fever": counts.fever,
        "all": counts.households,
    }
    outcomes = [(o.value, OUTCOMES[o]) for o in _OF_PART[chosen["part"]]]
    table = c.Table(
        id="doors",
        caption=_PARTS[chosen["part"]],
        columns=_columns(),
        rows=[_row(actor, round_, one) for one in rows],
        filters=[
            c.Filter("q", _("Door"), value=chosen["text"]),
            c.Filter("part", _("List"), _parts(actor, area), chosen["part"]),
            *(
                [c.Filter("outcome", _("Outcome"), [("", _("All")), *outcomes], chosen["outcome"])]
                if outcomes
                else []
            ),
        ],
        action=there("round_doors", round_, area),
        export=export,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        count=None if narrowed else numbers[chosen["part"]],
        empty_title=_("No door fits") if narrowed else _("No door in this list"),
        empty_text=_("Try another door or list.")
        if narrowed or chosen["part"] != "open"
        else _("Every door here is done or excused: this is 100 %."),
    )
    if is_htmx(request):
        return render(request, "web/table.html", {"table": table})
    context = {
        "round": round_,
        "area": area,
        "crumbs": crumbs(actor, round_, area, str(_PARTS[chosen["part"]])),
        "table": table,
        "title": _PARTS[chosen["part"]],
    }
    return render(request, "screening/doors.html", context)


def _parts(actor: Actor, area: Area) -> list[tuple[str, Any]]:
    health = actor.sees(Sight.HEALTH, area.path)
    return [(k, v) for k, v in _PARTS.items() if k != "fever" or health]


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Door"), primary=True),
        c.Column(_("Grid")),
        c.Column(_("Outcome")),
        c.Column(_("Last try")),
        c.Column(_("Owner")),
        c.Column(_("Visit again by")),
    ]


def _row(actor: Actor, round_: Round, one: door_queries.Owed) -> c.Row:
    h: Any = one.household
    state = looks.door_state(
        one.outcome,
        bool(h.fever),
        health=actor.sees(Sight.HEALTH, h.path),
    )
    badge = words.render("web/c/badge.html", label=_("Nobody"), tone="bad", icon="unowned")
    owner = badge if one.silent else _(", ").join(one.owners) or ("—")
    due = "—"
    if one.revisit_due:
        text, tone = words.due(one.revisit_due)
        due = words.render("web/c/badge.html", label=text, tone=tone, icon="clock")
    visits = actor.may(Verb.VISIT, h.path) and round_.state == RoundState.OPEN
    href = (
        reverse("round_visit", args=[round_.id, h.district, h.id]) if visits else household_page(h)
    )
    return c.Row(
        [
            h.label,
            h.area.name,
            words.render("web/c/door_badge.html", state=state),
            _moment(one.tried_at),
            owner,
            due,
        ],
        href,
        "bad" if one.silent else "plain",
    )


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M") if at else "—"


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Take a list of doors out as a file; the journal keeps who took what."""
    round_, area = _where(request, actor, round_id)
    if not actor.may(Verb.EXPORT, area.path):
        raise Refuse(NOT_FOUND)
    chosen = _chosen(request, actor, area)
    found = list(door_queries.doors(actor, round_, area, **chosen)[:100_000])
    rows = door_queries.with_owners(round_.id, found)
    head = [_("Door"), _("Grid"), _("Outcome"), _("Last try"), _("Owner"), _("Visit again by")]
    lines = [
        [
            one.household.label,
            one.household.area.name,
            str(OUTCOMES[one.outcome]),
            _moment(one.tried_at),
            _("Nobody") if one.silent else _(", ").join(one.owners),
            _moment(one.revisit_due),
        ]
        for one in rows
    ]
    filters = {k: v for k, v in chosen.items() if v}
    return answer(actor, area, f"round.{chosen['part']}", filters, round_.name, head, lines)


@require_safe
@page
def fevers(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """List who had a fever, with the referral that answers it."""
    round_, area = _where(request, actor, round_id)
    if not actor.sees(Sight.HEALTH, area.path):
        raise Refuse(NOT_FOUND)
    found = door_queries.fevers(actor, round_, area)
    rows = []
    for one in found:
        who = people_queries.visible(actor, one.person)
        rows.append(
            c.Row(
                [
                    one.household.label,
                    who.name or _("Somebody"),
                    f"{one.tenths / 10:.1f}" if one.tenths else "—",
                    _(", ").join(str(SYMPTOMS[Symptom(s)]) for s in one.symptoms) or "—",
                    _moment(one.at),
                    _referral(one),
                ],
                household_page(one.household),
                "bad" if one.duty is None or one.duty.state == "open" else "plain",
            )
        )
    table = c.Table(
        id="fevers",
        caption=_("With a fever"),
        columns=[
            c.Column(_("Door"), primary=True),
            c.Column(_("Who")),
            c.Column(_("°C"), numeric=True),
            c.Column(_("Complaints")),
            c.Column(_("Measured")),
            c.Column(_("Referral")),
        ],
        rows=rows,
        count=len(rows),
        empty_title=_("No fever"),
        empty_text=_("Nobody in this area had a fever at the visit that counts."),
    )
    context = {
        "round": round_,
        "area": area,
        "crumbs": crumbs(actor, round_, area, _("With a fever")),
        "table": table,
        "title": _("With a fever"),
    }
    return render(request, "screening/doors.html", context)


def _referral(one: door_queries.Feverish) -> object:
    if one.duty is None:
        return "—"
    if one.duty.state in ("open", "claimed", "started") and one.duty.due_at:
        text, tone = words.due(one.duty.due_at)
        label = f"{DUTY_STATES[one.duty.state]} · {text}"  # type: ignore[index]
        return words.render("web/c/badge.html", label=label, tone=tone, icon="clock")
    return words.render(
        "web/c/badge.html",
        label=DUTY_STATES[one.duty.state],  # type: ignore[index]
        tone="good",
        icon="check",
    )


@require_safe
@page
def building(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Show a building of the round from the front; each door opens the visit form."""
    round_, area = _where(request, actor, round_id)
    listed = door_queries.by_building(actor, round_, area)
    wanted = request.GET.get("building", "")
    names = [one.name for one in listed]
    name = "" if wanted == "-" else wanted
    if name not in names:
        # The first building with an open door, as one walks.
        name = next((o.name for o in listed if o.counts.open), names[0] if names else "")
    found = door_queries.building(actor, round_, area, name) if listed else []
    visits = round_.state == RoundState.OPEN
    isolated = watching.isolated_doors(area.district, [h.id for h in found])
    doors = [_cell(actor, round_, h, visits, h.id in isolated) for h in found]
    label = building_name(name)
    here = next((o.counts for o in listed if o.name == name), None)
    position = names.index(name) if name in names else 0
    context = {
        "round": round_,
        "area": area,
        "crumbs": crumbs(actor, round_, area, label),
        "building": c.Building.of(label, doors) if doors else None,
        "coverage": looks.coverage(here) if here else None,
        "name": name or "-",
        "choices": [
            (
                one.name or "-",
                f"{building_name(one.name)} · {one.counts.done + one.counts.excused}"
                f"/{one.counts.households}",
            )
            for one in listed
        ],
        "previous": _neighbour(round_, area, names, position - 1),
        "next": _neighbour(round_, area, names, position + 1),
        "self": there("round_building", round_, area, building=name or "-"),
        "visits": visits,
    }
    front = request.headers.get("HX-Target") == "front"
    template = "screening/front.html" if is_htmx(request) and front else "screening/building.html"
    return render(request, template, context)


def building_name(name: str) -> str:
    """Return a building as people call it: a bare number gets its word."""
    if not name:
        return _("Without a building")
    return _("Building %(name)s") % {"name": name} if name.isdecimal() else name


def _neighbour(round_: Round, area: Area, names: list[str], n: int) -> str:
    if not 0 <= n < len(names):
        return ""
    return there("round_building", round_, area, building=names[n] or "-")


def _cell(
    actor: Actor, round_: Round, household: Any, visits: bool, isolated: bool = False
) -> c.Door:
    health = actor.sees(Sight.HEALTH, household.path)
    outcome = household.outcome
    settled = outcome in DONE or outcome in EXCUSED
    people = ngettext("%(n)d person", "%(n)d people", household.persons) % {"n": household.persons}
    note = people
    if household.tried_at:
        note = f"{people} · {_moment(household.tried_at)}"
    if visits and actor.may(Verb.VISIT, household.path):
        href = reverse("round_visit", args=[round_.id, household.district, household.id])
    else:
        href = household_page(household)
    return c.Door(
        unit=household.unit,
        floor=household.floor if household.floor is not None else 1,
        room=household.room,
        state=looks.door_state(outcome, bool(household.fever), health=health, isolated=isolated),
        href=href,
        note=note,
        silent=not settled and household.area.level == 6 and not household.area.named,
    )
