"""The search at the top of every page: doors, persons, areas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianfang.areas.views import suggestions
from lianfang.kernel.actors import Actor
from lianfang.people import queries
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx


@require_safe
@page
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Answer with the doors, persons and areas that fit, as one types."""
    text = request.GET.get("q", "").strip()[:60]
    part = is_htmx(request)
    limit = 5 if part else 20
    doors, who = queries.find(actor, text, limit)
    links = [
        c.Link(h.label, reverse("household", args=[h.district, h.id]), h.area.name, "door")
        for h in doors
    ]
    communities = queries.community_paths(who)
    for person in who:
        seen = queries.visible(actor, person, communities=communities)
        home = person.household if person.household_id else None
        note = f"{home.area.name} · {home.label}" if home else _("Helper")
        links.append(
            c.Link(seen.name, reverse("person", args=[person.district, person.id]), note, "person")
        )
    links += suggestions(actor, text, limit)
    template = "areas/suggestions.html" if part else "people/found.html"
    return render(request, template, {"links": links, "query": text})
