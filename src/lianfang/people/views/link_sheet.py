"""A sheet of one-time links: a page to print, by which many helpers log in for the first time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level, Role
from lianfang.areas.words import ROLES
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries, auth
from lianfang.people.forms.accounts import role_choices
from lianfang.people.pages import area_choices, filtered, want
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.people.models import Account

# A sheet has so many links at most: what is printed must be given out within their life.
MOST = 60


class SheetForm(forms.Form):
    """Whom to make links for; all that are listed, unless somebody is left out."""

    accounts = forms.MultipleChoiceField(
        label=pgettext_lazy("sheet of links", "Helpers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        """Make the form with the helpers that were found."""
        super().__init__(*args, **kwargs)
        self.fields["accounts"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def sheet(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Choose helpers by area and role, then make a link for each and show them, this once.

    The links are kept as hashes only (as `auth.new_link` does), so the page cannot be had again.
    """
    want(actor, Verb.GRANT)
    areas = _areas(actor)
    area = filtered(request.GET.get("area", ""), [value for value, _name in areas])
    role = filtered(request.GET.get("role", ""), list(Role))
    found, roles, more = _fitting(actor, area, role)
    choices = [(str(a.id), f"{a.name} · {roles[a.id]}") for a in found]
    if request.method == "POST" and (wanted := request.POST.getlist("accounts")):
        return _made(request, actor, _chosen(actor, wanted))
    form = SheetForm(
        request.POST if request.method == "POST" else None,
        choices=choices,
        initial={"accounts": [value for value, _name in choices]},
    )
    context = {
        "form": form,
        "areas": [("", _("All")), *areas],
        "roles": [("", _("All")), *role_choices(Role)],
        "area": area,
        "role": role,
        "found": bool(found),
        "more": more,
        "most": MOST,
    }
    status = 422 if form.errors else 200
    return render(request, "people/accounts/sheet_choose.html", context, status=status)


def _areas(actor: Actor) -> list[tuple[str, str]]:
    """Return where the actor gives roles, down to the grids of a community of the own."""
    found = area_choices(actor, Verb.GRANT, below=False)
    for root in area_queries.roots(actor).filter(level=Level.COMMUNITY)[:5]:
        if actor.may(Verb.GRANT, root.path):
            children = area_queries.children(actor, root)[:100]
            found += [(str(child.id), f"\u2003{child.name}") for child in children]
    return found


def _fitting(actor: Actor, area_id: str, role: str) -> tuple[list[Account], dict[UUID, str], bool]:
    """Return whom the actor may make links for, what they are, and whether there are more."""
    grants = area_queries.grants_within(actor)
    if area_id:
        area = area_queries.area(actor, UUID(area_id))
        grants = grants.filter(within([area.path], "area__path")) if area else grants.none()
    if role:
        grants = grants.filter(role=role)
    roles: dict[UUID, str] = {}
    for grant in grants.order_by("given_at", "id"):
        place = grant.area.name if grant.area else _("Everywhere")
        roles.setdefault(grant.account_id, f"{ROLES[Role(grant.role)]} · {place}")
    mine = area_queries.governed(actor, roles) - {actor.id}
    active = [a for a in account_queries.accounts_by_id(mine).values() if a.is_active]
    active.sort(key=lambda a: (a.name, a.id))
    return active[:MOST], roles, len(active) > MOST


def _chosen(actor: Actor, wanted: Iterable[str]) -> list[Account]:
    """Return the chosen accounts. Raises Refuse when a single one is not the actor's to let in."""
    try:
        ids = {UUID(text) for text in wanted}
    except ValueError:
        raise Refuse(NOT_FOUND) from None
    found = list(account_queries.accounts(actor).filter(id__in=ids, is_active=True))
    if len(found) != len(ids) or actor.id in ids or len(ids) > MOST:
        raise Refuse(NOT_FOUND)
    if area_queries.governed(actor, ids) != ids:
        raise Refuse(auth.ABOVE_YOU)
    return sorted(found, key=lambda a: (a.name, a.id))


def _made(request: HttpRequest, actor: Actor, accounts: list[Account]) -> HttpResponse:
    with transaction.atomic():
        tokens = [(account, auth.new_link(account, actor)) for account in accounts]
    links = [
        {
            "account": account,
            "url": request.build_absolute_uri(reverse("by_link", args=[token])),
        }
        for account, token in tokens
    ]
    context = {"links": links, "hours": int(auth.LINK_LIFE.total_seconds() // 3600)}
    return render(request, "people/accounts/sheet.html", context)
