"""Organisations: the list, the page of each, the areas they serve, their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries, history, queries, words
from lianfang.people.forms.accounts import AttachForm, JoinForm, OrganisationForm
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.people.models import Organisation


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List organisations."""
    text = request.GET.get("q", "").strip()[:60]
    found = account_queries.with_counts(account_queries.organisations(actor))
    if text:
        found = found.filter(name__icontains=text)
    part = paging.page(found, ["name", "id"], request.GET.get("cursor", ""))
    rows = [
        c.Row(
            [o.name, kind(o), o.parent.name if o.parent else "", o.areas, o.parts],  # type: ignore[attr-defined]
            reverse("organisation", args=[o.id]),
        )
        for o in part.rows
    ]
    table = c.Table(
        id="organisations",
        caption=_("Organisations"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Kind")),
            c.Column(_("Belongs to")),
            c.Column(_("Areas served"), numeric=True),
            c.Column(_("Units"), numeric=True),
        ],
        rows=rows,
        filters=[c.Filter("q", _("Name"), value=text)],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No organisation fits") if text else _("No organisations yet"),
        empty_text=_("Add the ones that work here, or import their list."),
    )
    if is_htmx(request):
        return render(request, "people/household/table.html", {"table": table})
    context = {"table": table, "organises": actor.may_somewhere(Verb.ORGANISE)}
    return render(request, "people/organisation/list.html", context)


def kind(organisation: Organisation) -> str:
    """Return the kind of an organisation in words; one that was typed stays as it is."""
    return str(words.ORGANISATION_KINDS.get(organisation.kind, organisation.kind))


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, organisation_id: UUID) -> HttpResponse:
    """Show an organisation: what it belongs to, what it serves, its members."""
    one = _organisation(actor, organisation_id)
    members = account_queries.members(actor, one)
    communities = queries.community_paths(p for _, p in members.people)
    organises = actor.may_somewhere(Verb.ORGANISE)
    people = []
    for number, (membership, person) in enumerate(members.people, 1):
        seen = queries.visible(actor, person, communities=communities)
        people.append(
            c.Person(
                seen.name or _("Person %(n)d") % {"n": number},
                reverse("person", args=[person.district, person.id]),
                membership.title,
            )
        )
    context = {
        "organisation": one,
        "kind": kind(one),
        "served": [
            {
                "area": a,
                "opens": actor.may(Verb.READ, a.path),
                "ends": organises and actor.may(Verb.ORGANISE, a.path),
                "fields": acts.once(),
            }
            for a in account_queries.served(one)
        ],
        "units": account_queries.units(one),
        "people": people,
        "unseen": members.total - len(people),
        "organises": organises,
        "moments": history.of(actor, "", [one.id], ""),
    }
    return render(request, "people/organisation/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def create(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Add an organisation, below another one when the address says so."""
    _organises(actor)
    parent = None
    if under := request.GET.get("under", ""):
        parent = _organisation(actor, _uuid(under))
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        payload: dict[str, Any] = {
            "organisation_id": form.child("organisation"),
            **acts.cleaned(form, ["name", "kind"]),
        }
        if parent:
            payload["parent_id"] = str(parent.id)
        if receipt := acts.send(actor, form, "organisation.create", payload):
            where = reverse("organisation", args=[payload["organisation_id"]])
            return acts.done(request, receipt, _("The organisation is added."), where)
    context = {
        "title": _("Add an organisation"),
        "over": parent.name if parent else "",
        "back": reverse("organisation", args=[parent.id]) if parent else reverse("organisations"),
    }
    return acts.show(request, "people/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def attach(request: HttpRequest, actor: Actor, organisation_id: UUID) -> HttpResponse:
    """Let an organisation serve an area."""
    _organises(actor)
    one = _organisation(actor, organisation_id)
    form = AttachForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        area = area_queries.areas(actor).filter(code=form.cleaned_data["code"].strip()).first()
        if area is None:
            form.add_error("code", _("There is no such area within your care."))
        else:
            payload = {"organisation_id": str(one.id), "area_id": str(area.id)}
            if receipt := acts.send(actor, form, "organisation.attach", payload):
                return acts.done(request, receipt, _("It serves the area now."), _address(one))
    context = {"title": _("Add an area"), "over": one.name, "back": _address(one)}
    return acts.show(request, "people/form.html", form, context)


@require_POST
@page
def detach(
    request: HttpRequest, actor: Actor, organisation_id: UUID, area_id: UUID
) -> HttpResponse:
    """End an organisation's service for an area."""
    _organises(actor)
    one = _organisation(actor, organisation_id)
    payload = {"organisation_id": str(one.id), "area_id": str(area_id)}
    words_ = _("It does not serve the area any more.")
    return acts.press(request, actor, "organisation.detach", payload, _address(one), words_)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def join(request: HttpRequest, actor: Actor, organisation_id: UUID) -> HttpResponse:
    """Make a person a member: first find the person, then say the title."""
    _organises(actor)
    one = _organisation(actor, organisation_id)
    text = request.GET.get("q", "")[:60]
    _doors, found = queries.find(actor, text, limit=20) if text else ([], [])
    people = []
    for person in found:
        seen = queries.visible(actor, person)
        note = person.household.label if person.household_id and person.household else ""
        people.append(
            (f"{person.district}:{person.id}", f"{seen.name} {note} {seen.phone}".strip())
        )
    form = JoinForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        district, _colon, person_id = form.cleaned_data["who"].partition(":")
        payload = {
            "person_id": person_id,
            "organisation_id": str(one.id),
            **acts.cleaned(form, ["title"]),
        }
        if receipt := acts.send(actor, form, "membership.join", payload, district):
            return acts.done(request, receipt, _("The person is a member."), _address(one))
    context = {"organisation": one, "query": text, "found": people, "back": _address(one)}
    return acts.show(request, "people/organisation/join.html", form, context)


def _address(one: Organisation) -> str:
    return reverse("organisation", args=[one.id])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refuse(NOT_FOUND) from None


def _organises(actor: Actor) -> None:
    if not actor.may_somewhere(Verb.ORGANISE):
        raise Refuse(NOT_FOUND)


def _organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    found = account_queries.organisation(actor, organisation_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found
