"""The burden meter: fields typed for each task, and what a door costs in the field."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianfang.areas.rules import Role
from lianfang.areas.words import ROLES
from lianfang.briefing import burden
from lianfang.briefing.views.common import asked_area
from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.people.pages import Section, Stat, chosen, show
from lianfang.web import components as c
from lianfang.web.acting import page

_DAYS = 7


@require_safe
@page
def meter(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what people have to type: counted, not asked."""
    area = asked_area(request, actor)
    cost = burden.walk(area, now() - timedelta(days=_DAYS))
    role = chosen(request, _("Role"), ROLES, "role")
    rows = [one for one in burden.loads() if not role.value or Role(role.value) in one.roles]
    table = c.Table(
        id="loads",
        caption=_("Fields of each task"),
        columns=[
            c.Column(_("Task"), primary=True),
            c.Column(_("Typed"), numeric=True),
            c.Column(_("Chosen by a tap"), numeric=True),
            c.Column(_("Known already"), numeric=True),
        ],
        rows=[c.Row([one.title, one.typed, one.chosen, one.known]) for one in rows],
        filters=[role],
        action=request.path,
        empty_title=_("No task"),
    )
    twice = len(burden.asked_twice())
    stats = [
        Stat(
            _("Values typed at a door"),
            f"{cost.typed:.1f}" if cost.typed is not None else "–",
            note=_("%d visits of the last 7 days") % cost.visits,
        ),
        Stat(_("Doors settled by one act"), cost.one_act, cost.visits),
        Stat(
            _("Seconds from door to door"),
            f"{cost.seconds:.0f}" if cost.seconds is not None else "–",
            note=_("median, %d workers") % cost.workers,
        ),
        Stat(
            _("Facts asked twice"),
            twice,
            tone="bad" if twice else "good",
            note=_("a check of every form holds this"),
        ),
    ]
    return show(
        request,
        _("The burden meter"),
        over=area.name,
        sections=[Section("", table)],
        stats=stats,
        path=[c.Link(_("Board"), reverse("board")), c.Link(_("The burden meter"))],
    )
