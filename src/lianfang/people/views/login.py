"""Logging in: by password, by a one-time link, with a code where the account has a device."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import auth as sessions
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from lianfang.kernel.times import now
from lianfang.people import auth, throttle
from lianfang.people.forms.login import CodeForm, LoginForm

_BACKEND = "django.contrib.auth.backends.ModelBackend"
# Between the password and the code.
_PATIENCE = 10 * 60


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; then, where the account has a device, for its code."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = LoginForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = _try_password(request, form)
            if status == 302:
                return _first_step_done(request, form)
    context = {"form": form, "next": _next(request, default="")}
    return render(request, "people/login/login.html", context, status=status)


def _try_password(request: HttpRequest, form: LoginForm) -> int:
    """Return 302 after a right password; else put the error into the form and return its status."""
    username = str(form.cleaned_data["username"])
    keys = throttle.keys_of(request, username)
    if seconds := throttle.wait(keys):
        form.add_error(None, _slow(seconds))
        return 429
    account = sessions.authenticate(
        request, username=username, password=form.cleaned_data["password"]
    )
    if account is None:
        throttle.failed(keys)
        form.add_error(None, _("The login name or the password is not right."))
        return 422
    throttle.succeeded(keys)
    form.account = account  # type: ignore[attr-defined]
    return 302


def _slow(seconds: int) -> str:
    return _("Too many wrong tries. Please wait %(n)d seconds, then try again.") % {"n": seconds}


def _first_step_done(request: HttpRequest, form: LoginForm) -> HttpResponse:
    return _let_in(request, form.account, _next(request))  # type: ignore[attr-defined]


def _let_in(request: HttpRequest, account: Any, where: str) -> HttpResponse:
    """Start the session, or ask for the code first."""
    if auth.device_of(account):
        request.session["half_way"] = [str(account.id), now().timestamp(), where]
        return HttpResponseRedirect(reverse("login_code"))
    return _welcome(request, account, where)


def _welcome(request: HttpRequest, account: Any, where: str) -> HttpResponse:
    sessions.login(request, account, backend=_BACKEND)
    response = HttpResponseRedirect(where)
    if account.language in dict(settings.LANGUAGES):
        _set_language_cookie(response, account.language)
    return response


def _set_language_cookie(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the account's device."""
    half_way = request.session.get("half_way")
    if not half_way or now().timestamp() - half_way[1] > _PATIENCE:
        request.session.pop("half_way", None)
        return HttpResponseRedirect(reverse("login"))
    account = auth.account_of_id(UUID(half_way[0]))
    device = auth.device_of(account) if account else None
    if account is None or device is None:
        return HttpResponseRedirect(reverse("login"))
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        keys = throttle.keys_of(request, f"code:{account.username}")
        if seconds := throttle.wait(keys):
            form.add_error(None, _slow(seconds))
            status = 429
        elif form.is_valid():
            if device.verify_token(form.cleaned_data["code"]):
                throttle.succeeded(keys)
                request.session.pop("half_way", None)
                return _welcome(request, account, half_way[2])
            throttle.failed(keys)
            form.add_error("code", _("This code is not right, or it was used already."))
    return render(request, "people/login/code.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody in by a one-time link: the button uses it up, looking at the page does not."""
    keys = throttle.keys_of(request, "link")[2:]
    if throttle.wait(keys):
        return render(request, "people/login/link_used.html", status=429)
    if request.method != "POST":
        if auth.link_is_good(token):
            return render(request, "people/login/link.html")
        throttle.failed(keys)
        return render(request, "people/login/link_used.html", status=404)
    account = auth.use_link(token)
    if account is None:
        throttle.failed(keys)
        return render(request, "people/login/link_used.html", status=404)
    where = reverse("home") if account.has_usable_password() else reverse("first_password")
    return _let_in(request, account, where)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    sessions.logout(request)
    messages.info(request, _("You are logged out."))
    return HttpResponseRedirect(reverse("login"))


def language(request: HttpRequest) -> Any:
    """Change the language; an account keeps it."""
    response = set_language(request)
    if request.method == "POST" and request.user.is_authenticated:
        chosen = request.POST.get("language", "")
        if chosen in dict(settings.LANGUAGES):
            user: Any = request.user
            auth.set_language(user, chosen)
    return response


def _next(request: HttpRequest, default: str = "/") -> str:
    """Return where to go after the log-in: an address of this server, or `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default
