"""A visit written down at the desk, or corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import queries as people_queries
from lianfang.screening import door_queries, looks
from lianfang.screening.forms import AT_DESK, AllNormalForm, VisitForm
from lianfang.screening.rules import Outcome, RoundState
from lianfang.screening.views.common import crumbs, the_round, there
from lianfang.screening.words import OUTCOMES
from lianfang.web import acts
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.people.models import Household
    from lianfang.screening.models import Round, Visit


@require_http_methods(["GET", "HEAD", "POST"])
@page
def visit(
    request: HttpRequest, actor: Actor, round_id: UUID, district: str, household_id: UUID
) -> HttpResponse:
    """Write a visit down: all normal in one act, or person by person."""
    round_ = the_round(actor, round_id)
    household = people_queries.household(actor, district, household_id)
    if household is None or not actor.may(Verb.VISIT, household.path):
        raise Refuse(NOT_FOUND)
    corrected = _corrected(request, round_, household)
    members = [people_queries.visible(actor, p) for p in people_queries.members(household)]
    normal: AllNormalForm | None = None
    form = VisitForm(members, round_.questions, initial=_initial(actor, household, corrected))
    if request.method == "POST":
        if request.POST.get("act") == "all_normal":
            normal = AllNormalForm(request.POST)
            receipt = _send_normal(actor, normal, round_, household)
        else:
            form = VisitForm(members, round_.questions, request.POST)
            receipt = _send(actor, form, round_, household, corrected)
        if receipt is not None:
            return _done(request, receipt, round_, household)
    line = door_queries.standing(district, round_.id, household.id)
    outcome = Outcome(line.outcome) if line else Outcome.UNVISITED
    context = {
        "round": round_,
        "household": household,
        "crumbs": crumbs(actor, round_, household.area, household.label),
        "open": round_.state == RoundState.OPEN,
        "state": looks.door_state(
            outcome,
            bool(line and line.fever),
            health=actor.sees(Sight.HEALTH, household.path),
        ),
        "line": line,
        "normal": normal or AllNormalForm(),
        "corrected": corrected,
        "guests_open": any(f.value() for row in form.guests() for f in row),
        "back": _back(round_, household),
        "outcomes": [(o.value, OUTCOMES[o], looks.icon(o)) for o in AT_DESK],
        "outcome": form["outcome"].value() or Outcome.MET.value,
    }
    sheet = is_htmx(request) or request.headers.get("HX-Target") == "dialog-body"
    template = "screening/visit_sheet.html" if sheet else "screening/visit.html"
    shown = normal if normal is not None and normal.errors else form
    status = 200
    if shown.errors:
        status = shown.status if shown.status >= 400 else 422
    response = render(request, template, {"form": form, **context}, status=status)
    if sheet:
        # The dialog is no page of its own: a reload shows the building behind it.
        response["HX-Push-Url"] = "false"
    return response


def _corrected(request: HttpRequest, round_: Round, household: Household) -> Visit | None:
    """Return the visit that the address says is to be corrected; the latest of a correction."""
    wanted = request.GET.get("corrects", "")
    if not wanted:
        return None
    try:
        found = door_queries.a_visit(household.district, round_.id, household.id, UUID(wanted))
    except ValueError:
        found = None
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def _initial(actor: Actor, household: Household, corrected: Visit | None) -> dict[str, Any]:
    """Return what the visit to be corrected said, for those who see it."""
    if corrected is None or not actor.sees(Sight.HEALTH, household.path):
        return {}
    outcome = Outcome(corrected.outcome)
    initial: dict[str, Any] = {
        "outcome": corrected.outcome if outcome in AT_DESK else Outcome.MET.value,
        "at": timezone.localtime(corrected.occurred_at).replace(tzinfo=None),
    }
    for reading in door_queries.readings_of(household.district, corrected.id):
        key = reading.person_id.hex
        if reading.tenths is not None:
            initial[f"t_{key}"] = f"{reading.tenths / 10:.1f}"
        initial[f"s_{key}"] = reading.symptoms
        initial[f"a_{key}"] = reading.absent
    for number, guest in enumerate(corrected.outsiders[:2], 1):
        initial[f"g_from_{number}"] = guest.get("from_area", "")
        initial[f"g_since_{number}"] = guest.get("since")
        initial[f"g_persons_{number}"] = guest.get("persons", 1)
    for stay in corrected.stays:
        key = UUID(str(stay["person_id"])).hex
        initial[f"w_{key}"] = stay.get("area", "")
        initial[f"d_{key}"] = stay.get("since")
    return initial


def _send_normal(
    actor: Actor, form: AllNormalForm, round_: Round, household: Household
) -> Receipt | None:
    payload = {
        "household_id": str(household.id),
        "round_id": str(round_.id),
        "outcome": Outcome.MET.value,
        "all_normal": True,
    }
    if not form.is_valid():
        return None
    return acts.send(actor, form, "household.visit", payload, household.district)


def _send(
    actor: Actor,
    form: VisitForm,
    round_: Round,
    household: Household,
    corrected: Visit | None,
) -> Receipt | None:
    if not form.is_valid():
        return None
    payload = form.payload(household.id, round_.id, corrected.id if corrected else None)
    return acts.send(
        actor, form, "household.visit", payload, household.district, at=form.cleaned_data["at"]
    )


def _back(round_: Round, household: Household) -> str:
    return there("round_building", round_, household.area, building=household.building or "-")


def _done(
    request: HttpRequest, receipt: Receipt, round_: Round, household: Household
) -> HttpResponse:
    if is_htmx(request):
        # The dialog closes, and the building behind it is drawn anew.
        response = HttpResponse(status=204)
        response["HX-Trigger"] = '{"lianfang:close": true, "door-visited": true}'
        return response
    words = _("%(door)s is written down.") % {"door": household.label}
    if receipt.stands:
        return acts.done(request, receipt, words, _back(round_, household))
    return HttpResponseRedirect(reverse("round", args=[round_.id]))
