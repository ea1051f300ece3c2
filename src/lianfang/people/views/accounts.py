"""Accounts and their roles: who may do what where, links to log in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level, Role
from lianfang.areas.trail import crumbs
from lianfang.areas.words import ROLES
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries, auth, history, queries
from lianfang.people.forms.accounts import AccountForm, GrantForm
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.people.models import Account


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the accounts with a role where the actor gives roles."""
    _may_grant(actor)
    text = request.GET.get("q", "").strip()[:60]
    found = account_queries.matching(account_queries.accounts(actor), text)
    part = paging.page(found, ["name", "id"], request.GET.get("cursor", ""))
    roles: dict[UUID, list[str]] = {}
    for grant in area_queries.grants_of(a.id for a in part.rows):
        place = grant.area.name if grant.area else _("Everywhere")
        roles.setdefault(grant.account_id, []).append(f"{ROLES[Role(grant.role)]} · {place}")
    rows = [
        c.Row(
            [
                a.name,
                a.username,
                "; ".join(roles.get(a.id, [])) or _("No role now"),
                _("Let in") if a.is_active else _("Shut out"),
            ],
            reverse("account_page", args=[a.id]),
            "plain" if a.is_active else "warn",
        )
        for a in part.rows
    ]
    table = c.Table(
        id="accounts",
        caption=_("Accounts"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("Login name")),
            c.Column(_("Roles")),
            c.Column(_("State")),
        ],
        rows=rows,
        filters=[c.Filter("q", _("Name"), value=text)],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nobody fits") if text else _("No accounts yet"),
        empty_text=_("Open an area's page to give somebody a role there."),
    )
    if is_htmx(request):
        return render(request, "people/household/table.html", {"table": table})
    homes = [a for a in area_queries.roots(actor)[:5] if actor.may(Verb.GRANT, a.path)]
    return render(request, "people/accounts/list.html", {"table": table, "homes": homes})


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, account_id: UUID) -> HttpResponse:
    """Show an account: its roles, what can be done, its history."""
    account = _account(actor, account_id)
    rows: list[dict[str, Any]] = []
    for grant in area_queries.grants_of([account.id], live=False):
        path = grant.area.path if grant.area else ""
        ends = grant.ended_at is None and Role(grant.role) in area_queries.grantable(actor, path)
        rows.append(
            {
                "grant": grant,
                "role": ROLES[Role(grant.role)],
                "ends": ends and actor.may(Verb.GRANT, path),
                "fields": acts.once(),
            }
        )
    governs = account.id != actor.id and area_queries.governs(actor, account.id)
    context = {
        "account": account,
        "rows": [r for r in rows if r["grant"].ended_at is None],
        "past": [r for r in rows if r["grant"].ended_at is not None],
        "governs": governs,
        "device": actor.may_somewhere(Verb.OPERATE) and auth.device_of(account) is not None,
        "once": acts.once(),
        "homes": [a for a in area_queries.roots(actor)[:5] if actor.may(Verb.GRANT, a.path)],
        "moments": history.of(actor, "", [account.id], ""),
    }
    return render(request, "people/accounts/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def create(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Make an account with its first role in an area."""
    area = _grantable(actor, area_id)
    person = _helper(actor, request.GET.get("person", ""))
    form = AccountForm(
        request.POST or None,
        roles=fitting(actor, area),
        initial={"role": request.GET.get("role", ""), "name": person.name if person else ""},
    )
    if request.method == "POST" and form.is_valid():
        account_id = form.child("account")
        data = acts.cleaned(form, ["name", "username"])
        grant = {
            "account_id": account_id,
            "role": form.cleaned_data["role"],
            "area_id": str(area.id),
        }
        payload = {"account_id": account_id, **data}
        if person:
            payload |= {"person_district": person.district, "person_id": str(person.id)}
        if receipt := acts.send(
            actor, form, "account.create", payload, then=[("grant.give", grant)]
        ):
            where = reverse("account_page", args=[account_id])
            words = _("The account is made. Give the person a link to log in.")
            return acts.done(request, receipt, words, where)
    context = {
        "crumbs": crumbs(actor, area),
        "title": _("New account"),
        "over": area.name,
        "back": reverse("area", args=[area.id]),
        "other": reverse("grant_give", args=[area.id]),
    }
    return acts.show(request, "people/accounts/form.html", form, context)


def _helper(actor: Actor, named: str) -> queries.Visible | None:
    """Return the registered person for whom an account is made, from `district:id`."""
    district, _colon, text = named.partition(":")
    try:
        found = queries.person(actor, district, UUID(text)) if text else None
    except ValueError:
        return None
    seen = queries.visible(actor, found) if found else None
    return seen if seen and seen.named else None


@require_http_methods(["GET", "HEAD", "POST"])
@page
def give(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Give a role in an area to an account that exists."""
    area = _grantable(actor, area_id)
    asked = request.GET.get("account", "")
    form = GrantForm(
        request.POST or None,
        roles=fitting(actor, area),
        initial={"account": asked, "role": request.GET.get("role", "")},
    )
    if request.method == "POST" and form.is_valid():
        meant = account_queries.chosen(actor, form.cleaned_data["account"])
        if not meant:
            form.add_error("account", _("There is no account with this name or login name."))
        elif len(meant) > 1:
            form.add_error("account", _("Several people have this name: choose the login name."))
        else:
            account = meant[0]
            payload = {
                "account_id": str(account.id),
                "role": form.cleaned_data["role"],
                "area_id": str(area.id),
            }
            if receipt := acts.send(actor, form, "grant.give", payload):
                where = reverse("area", args=[area.id])
                return acts.done(request, receipt, _("The role is given."), where)
    context = {
        "crumbs": crumbs(actor, area),
        "title": _("Give a role"),
        "over": area.name,
        "back": reverse("area", args=[area.id]),
        "other": reverse("account_new", args=[area.id]),
        "gives": True,
        "colleagues": account_queries.suggested(actor),
    }
    return acts.show(request, "people/accounts/form.html", form, context)


def fitting(actor: Actor, area: Area) -> list[Role]:
    """Return the roles that the actor may give in an area and that belong on its level."""
    levels = {
        Role.GRID_WORKER: (Level.GRID, Level.GRID),
        Role.BUILDING_LEAD: (Level.COMMUNITY, Level.GRID),
        Role.COMMUNITY_LEAD: (Level.COMMUNITY, Level.COMMUNITY),
        Role.STREET_COMMAND: (Level.STREET, Level.STREET),
        Role.DISTRICT_COMMAND: (Level.COUNTY, Level.COUNTY),
        Role.CITY_COMMAND: (Level.PROVINCE, Level.CITY),
    }
    lowest, highest = Level.COUNTRY, Level.GRID
    result = []
    for role in area_queries.grantable(actor, area.path):
        least, most = levels.get(role, (lowest, highest))
        if least <= area.level <= most:
            result.append(role)
    return result


@require_POST
@page
def end(request: HttpRequest, actor: Actor, grant_id: UUID) -> HttpResponse:
    """End a role."""
    grant = area_queries.grant(grant_id)
    if grant is None or account_queries.account(actor, grant.account_id) is None:
        raise Refuse(NOT_FOUND)
    where = reverse("account_page", args=[grant.account_id])
    payload = {"grant_id": str(grant_id)}
    return acts.press(request, actor, "grant.end", payload, where, _("The role is ended."))


@require_POST
@page
def switch(request: HttpRequest, actor: Actor, account_id: UUID) -> HttpResponse:
    """Shut an account out, or let it in again."""
    account = _account(actor, account_id)
    active = request.POST.get("active") == "yes"
    words = _("The account is let in again.") if active else _("The account is shut out.")
    payload = {"account_id": str(account.id), "active": active}
    where = reverse("account_page", args=[account.id])
    return acts.press(request, actor, "account.switch", payload, where, words)


@require_POST
@page
def link(request: HttpRequest, actor: Actor, account_id: UUID) -> HttpResponse:
    """Make a one-time link to log in, and show it with its QR code, this once."""
    account = _account(actor, account_id)
    if account.id == actor.id or not account.is_active:
        raise Refuse(NOT_FOUND)
    if not area_queries.governs(actor, account.id):
        raise Refuse(auth.ABOVE_YOU)
    token = auth.new_link(account, actor)
    url = request.build_absolute_uri(reverse("by_link", args=[token]))
    context = {"account": account, "url": url, "hours": int(auth.LINK_LIFE.total_seconds() // 3600)}
    return render(request, "people/accounts/link.html", context)


@require_POST
@page
def forget_device(request: HttpRequest, actor: Actor, account_id: UUID) -> HttpResponse:
    """Remove the authenticator of somebody who lost the phone; for administrators."""
    account: Any = _account(actor, account_id)
    if not actor.may_somewhere(Verb.OPERATE):
        raise Refuse(NOT_FOUND)
    auth.remove_device(account)
    return acts.said(
        request, _("The authenticator is removed."), reverse("account_page", args=[account.id])
    )


def _may_grant(actor: Actor) -> None:
    if not actor.may_somewhere(Verb.GRANT):
        raise Refuse(NOT_FOUND)


def _account(actor: Actor, account_id: UUID) -> Account:
    _may_grant(actor)
    found = account_queries.account(actor, account_id)
    if found is None:
        raise Refuse(NOT_FOUND)
    return found


def _grantable(actor: Actor, area_id: UUID) -> Area:
    found = area_queries.area(actor, area_id)
    if found is None or found.valid_to is not None or not actor.may(Verb.GRANT, found.path):
        raise Refuse(NOT_FOUND)
    return found
