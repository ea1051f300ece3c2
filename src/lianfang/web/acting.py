"""Who acts in a request. The room that knows accounts says how to find out (people/apps.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from lianfang.kernel.actors import Actor, ActorKind
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.web import problems

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]
Plain = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def _nobody(request: HttpRequest) -> Actor:
    return Actor(ActorKind.ACCOUNT)


_source: Callable[[HttpRequest], Actor] = _nobody


def provide(source: Callable[[HttpRequest], Actor]) -> None:
    """Let `source` say who acts; it must answer from memory when asked again for one request."""
    global _source
    _source = source


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a request; without a login one that may do nothing."""
    return _source(request)


def may(verb: Verb) -> Callable[[HttpRequest], bool]:
    """Return a condition for `navigation.register`: the actor has `verb` in some area.

    What a duty lends for a single door opens no page of the navigation.
    """
    return lambda request: bool(actor_of(request).paths(verb))


def page(view: View[P]) -> Plain[P]:
    """Make a view of the console: it asks for a login and is called with the actor.

    A `Refuse` raised by it becomes the problem page. Nothing of it is kept by caches on the way.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return _login(request)
        try:
            response = view(request, actor_of(request), *args, **kwargs)
        except Refuse as refuse:
            return problems.respond(request, refuse.refusal)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return wrapped


def _login(request: HttpRequest) -> HttpResponse:
    if problems.is_htmx(request):
        # HTMX would put the login page into a corner of this one.
        response = HttpResponse(status=204)
        response["HX-Redirect"] = settings.LOGIN_URL
        return response
    return redirect_to_login(request.get_full_path())


def found(thing: object | None) -> None:
    """Raise Refuse(kernel.not_found) when `thing` is None: absent and forbidden look the same."""
    if thing is None:
        raise Refuse(NOT_FOUND)
