"""Persons: the page of each, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas.trail import crumbs
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import time_of
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries, history, queries, words
from lianfang.people.forms.households import LeaveForm, MoveForm, PersonForm, ReasonForm
from lianfang.people.rules import PersonState
from lianfang.people.views import households
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.slots import PERSON

if TYPE_CHECKING:
    from lianfang.people.models import Household, Person

# How long after an act of opening its answer may be loaded again.
OPEN_FOR = 10 * 60


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Show what the actor may see of a person."""
    return _show(request, actor, _person(actor, district, person_id))


def _show(
    request: HttpRequest,
    actor: Actor,
    person: Person,
    *,
    opened: bool = False,
    form: ReasonForm | None = None,
) -> HttpResponse:
    seen = queries.visible(actor, person, opened=opened)
    path = queries.path_of(person)
    home = person.household if person.household_id else None
    # Whoever sees no addresses learns the door with the person, by the reason that is kept.
    placed = home if seen.household_id or opened else None
    reveals = queries.may_reveal(actor, path)
    live = person.state != PersonState.PURGED
    context = {
        "person": seen,
        "title": seen.name or _("A person"),
        "state": words.PERSON_STATES[seen.state],
        "sex": words.SEXES[seen.sex] if seen.sex else "",  # type: ignore[index]
        "document": words.ID_KINDS[seen.id_kind] if seen.id_kind else "",  # type: ignore[index]
        "care": [words.CARE[care] for care in seen.care],  # type: ignore[index]
        "home": placed,
        "crumbs": crumbs(actor, placed.area) if placed else [],
        "memberships": account_queries.memberships(actor, person) if seen.named else [],
        "cards": PERSON.gather(actor, person),
        "moments": history.of(actor, person.district, [person.id], path),
        "actions": _actions(actor, person, path) if live else [],
        "reveal": acts.once() if live and reveals and seen.hidden_numbers else (),
        "ask_reason": live and not opened and not reveals and actor.may(Verb.OPEN_PERSON, path),
        "form": form or ReasonForm(),
    }
    status = form.status if form and form.errors else 200
    status = 422 if form and form.errors and status < 400 else status
    return render(request, "people/person/detail.html", context, status=status)


def _actions(actor: Actor, person: Person, path: str) -> list[c.Action]:
    args = [person.district, person.id]
    result = []
    if actor.may(Verb.REGISTER, path):
        result.append(c.Action(_("Correct"), reverse("person_correct", args=args), "edit", "quiet"))
        if person.state == PersonState.LIVE:
            if person.household_id:
                where = reverse("person_move", args=args)
                result.append(c.Action(_("Move"), where, "arrow-right", "quiet"))
            where = reverse("person_leave", args=args)
            result.append(c.Action(_("Moved away"), where, "vacant", "quiet"))
    if actor.may(Verb.GRANT, path) and person.state == PersonState.LIVE:
        area_id = person.household.area_id if person.household else person.community_id
        where = reverse("account_new", args=[area_id]) + f"?person={person.district}:{person.id}"
        result.append(c.Action(_("Make an account"), where, "key", "quiet"))
    if actor.may(Verb.PURGE, path):
        where = reverse("person_purge", args=args)
        result.append(c.Action(_("Destroy the data"), where, "warning", "quiet"))
    return result


@require_POST
@page
def reveal(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Show whole numbers to somebody with standing sight; the journal keeps that it was done."""
    person = _person(actor, district, person_id)
    form = acts.Once(request.POST)
    form.is_valid()
    payload = {"person_id": str(person.id)}
    if acts.send(actor, form, "person.reveal", payload, district) is None:
        raise Refuse(form.refused.code if form.refused else NOT_FOUND)
    return _show(request, actor, person, opened=_fresh(form))


@require_POST
@page
def open_person(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Open a person for a reason that the journal keeps."""
    person = _person(actor, district, person_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        payload = {"person_id": str(person.id), "reason": form.cleaned_data["reason"]}
        if acts.send(actor, form, "person.open", payload, district):
            return _show(request, actor, person, opened=_fresh(form))
    return _show(request, actor, person, form=form)


def _fresh(form: acts.CommandForm) -> bool:
    """Tell whether the act of opening is recent; an old page sent again opens nothing."""
    age = (now() - time_of(form.entry)).total_seconds()
    return -60 <= age <= OPEN_FOR


@require_http_methods(["GET", "HEAD", "POST"])
@page
def add(request: HttpRequest, actor: Actor, district: str, household_id: UUID) -> HttpResponse:
    """Add a person to a household."""
    household = queries.household(actor, district, household_id)
    if household is None or not actor.may(Verb.REGISTER, household.path):
        raise Refuse(NOT_FOUND)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload = {
            **form.identity(form.child("person")),
            "area_id": str(household.area_id),
            "household_id": str(household.id),
        }
        if receipt := acts.send(actor, form, "person.register", payload, district):
            where = households.address(household)
            if "again" in request.POST:
                where = reverse("person_add", args=[district, household.id])
            return acts.done(request, receipt, _("The person is registered."), where)
    context = {**households.around(actor, household, _("Add a person")), "again": True}
    return acts.show(request, "people/person/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def correct(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Put a person's data right; the first version stays in the journal."""
    person = _writable(actor, district, person_id)
    names = ("name", "sex", "born", "phone", "id_kind", "id_number", "relation", "care")
    initial = {name: getattr(person, name) for name in names}
    form = PersonForm(request.POST or None, initial={**initial, "skills": ", ".join(person.skills)})
    if request.method == "POST" and form.is_valid():
        payload = form.identity(person.id)
        if receipt := acts.send(actor, form, "person.correct", payload, district):
            return acts.done(request, receipt, _("The data is corrected."), _address(person))
    return acts.show(request, "people/person/form.html", form, _around(actor, person, _("Correct")))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def move(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Let a person live behind another door of the community."""
    person = _writable(actor, district, person_id)
    home: Household | None = person.household if person.household_id else None
    if home is None:
        raise Refuse(NOT_FOUND)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        target = queries.door(actor, home, form.cleaned_data["to"])
        if target is None:
            form.add_error("to", _("There is no such door in this community."))
        else:
            payload = {"person_id": str(person.id), "household_id": str(target.id)}
            if receipt := acts.send(actor, form, "person.move", payload, district):
                where = households.address(target)
                return acts.done(request, receipt, _("The person lives there now."), where)
    return acts.show(request, "people/form.html", form, _around(actor, person, _("Move")))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def leave(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Note that a person does not live here any more."""
    person = _writable(actor, district, person_id)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload = {"person_id": str(person.id), "deceased": form.cleaned_data["deceased"]}
        if receipt := acts.send(actor, form, "person.leave", payload, district):
            return acts.done(request, receipt, _("It is noted."), _address(person))
    return acts.show(request, "people/form.html", form, _around(actor, person, _("Moved away")))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def purge(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Destroy a person's data for good; counts stay."""
    person = _person(actor, district, person_id)
    if not actor.may(Verb.PURGE, queries.path_of(person)):
        raise Refuse(NOT_FOUND)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload = {"person_id": str(person.id), "reason": form.cleaned_data["reason"]}
        if receipt := acts.send(actor, form, "person.purge", payload, district):
            return acts.done(request, receipt, _("The data is destroyed."), _address(person))
    context = _around(actor, person, _("Destroy the data"))
    context["danger"] = True
    context["hint"] = _(
        "Name, numbers and everything said about this person become unreadable, in the journal "
        "too. Nobody can bring them back. Counts stay as they are."
    )
    return acts.show(request, "people/form.html", form, context)


def _address(person: Person) -> str:
    return reverse("person", args=[person.district, person.id])


def _around(actor: Actor, person: Person, title: str) -> dict[str, Any]:
    home = person.household if person.household_id else None
    return {
        "crumbs": crumbs(actor, home.area) if home else [],
        "title": title,
        "over": queries.visible(actor, person).name,
        "back": _address(person),
    }


def _person(actor: Actor, district: str, person_id: UUID) -> Person:
    found = queries.person(actor, district, person_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def _writable(actor: Actor, district: str, person_id: UUID) -> Person:
    found = _person(actor, district, person_id)
    if not actor.may(Verb.REGISTER, queries.path_of(found)) or found.state == PersonState.PURGED:
        raise Refuse(NOT_FOUND)
    return found
