"""The own account: roles, language, password, authenticator, tokens; facts for administrators."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import django
from django.conf import settings
from django.contrib import auth as sessions
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Role
from lianfang.areas.words import ROLES
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.people import auth
from lianfang.people.forms.login import CodeForm, PasswordForm
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.acts import show


@require_safe
@page
def settings_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the account and what can be set."""
    user: Any = request.user
    grants = area_queries.grants_of([user.id])
    context = {
        "roles": [
            c.Link(
                ROLES[Role(g.role)],
                reverse("area", args=[g.area_id]) if g.area_id else "",
                g.area.name if g.area else _("Everywhere"),
            )
            for g in grants
        ],
        "device": auth.device_of(user),
        "tokens": auth.live_tokens(user),
        "facts": facts() if actor.may_somewhere(Verb.OPERATE) else [],
    }
    return render(request, "people/account/settings.html", context)


def facts() -> Sequence[tuple[str, str]]:
    """Return what an administrator needs to know of the installation; no secrets."""
    values = connection.settings_dict
    place = values["NAME"] if connection.vendor == "sqlite" else values["HOST"] or "localhost"
    return [
        (_("Version"), version("lianfang")),
        (_("Database"), f"{connection.vendor} · {place}"),
        (_("Data folder"), str(settings.DATA_DIR)),
        (_("Time zone"), settings.TIME_ZONE),
        (_("Default language"), str(dict(settings.LANGUAGES)[settings.LANGUAGE_CODE])),
        (_("Reached by https only"), _("Yes") if settings.SESSION_COOKIE_SECURE else _("No")),
        ("Python · Django", f"{platform.python_version()} · {django.get_version()}"),
    ]


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@page
def password(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Change the own password."""
    return _password(request, "people/account/password.html", reverse("account"))


@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@page
def first_password(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Offer to set a password to somebody who came by a link."""
    user: Any = request.user
    if user.has_usable_password():
        return HttpResponseRedirect(reverse("password"))
    return _password(request, "people/login/first_password.html", reverse("home"))


def _password(request: HttpRequest, template: str, where: str) -> HttpResponse:
    user: Any = request.user
    form = PasswordForm(request.POST or None, has_old=user.has_usable_password())
    if request.method == "POST" and form.is_valid():
        if "old" in form.fields and not user.check_password(form.cleaned_data["old"]):
            form.add_error("old", _("This is not your password until now."))
        else:
            try:
                auth.set_password(user, form.cleaned_data["new"])
            except ValidationError as error:
                form.add_error("new", error)
            else:
                sessions.update_session_auth_hash(request, user)
                messages.success(request, _("The password is set."))
                return HttpResponseRedirect(where)
    return show(request, template, form)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def device(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Set up an authenticator: scan, type the first code."""
    user: Any = request.user
    if auth.device_of(user):
        return HttpResponseRedirect(reverse("account"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if auth.confirm_device(user, form.cleaned_data["code"]):
            messages.success(request, _("The authenticator is set up; its code is asked for."))
            return HttpResponseRedirect(reverse("account"))
        form.add_error("code", _("This code is not right, or it was used already."))
    waiting = auth.begin_device(user)
    return show(request, "people/account/device.html", form, {"url": waiting.config_url})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def device_off(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Remove the own authenticator, with a last code."""
    user: Any = request.user
    current = auth.device_of(user)
    if current is None:
        return HttpResponseRedirect(reverse("account"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if current.verify_token(form.cleaned_data["code"]):
            auth.remove_device(user)
            messages.success(request, _("The authenticator is removed."))
            return HttpResponseRedirect(reverse("account"))
        form.add_error("code", _("This code is not right, or it was used already."))
    return show(request, "people/account/device_off.html", form)


@require_POST
@page
def token_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make an API token and show it, this once."""
    user: Any = request.user
    name = request.POST.get("name", "").strip()[:60] or _("Token")
    token = auth.new_token(user, name)
    return render(request, "people/account/token.html", {"token": token, "name": name})


@require_POST
@page
def token_end(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Revoke an API token."""
    user: Any = request.user
    auth.revoke_token(user, request.POST.get("token", "")[:64])
    messages.success(request, _("The token is revoked."))
    return HttpResponseRedirect(reverse("account"))
