"""A list taken out as a file: what for is asked, the journal keeps it, then the file comes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.areas.trail import crumbs
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import queries, workbook
from lianfang.people.forms.households import ExportForm
from lianfang.people.views.households import filters_of
from lianfang.web import acts
from lianfang.web.acting import page


@require_http_methods(["GET", "HEAD", "POST"])
@page
def households(request: HttpRequest, actor: Actor, area_id: UUID) -> HttpResponse:
    """Give the household list of an area as xlsx, narrowed as the list was."""
    area = area_queries.area(actor, area_id)
    if area is None or area.level < Level.STREET or not actor.may(Verb.EXPORT, area.path):
        raise Refuse(NOT_FOUND)
    if not actor.sees(Sight.ADDRESS, area.path):
        raise Refuse(NOT_FOUND)
    chosen = filters_of(request)
    found = queries.in_area(actor, area, text=chosen["q"], state=chosen["state"])
    form = ExportForm(request.POST or None)
    whole = actor.sees(Sight.CONTACT, area.path) or actor.sees(Sight.IDENTITY, area.path)
    if not whole:
        del form.fields["in_full"]
    if request.method == "POST" and form.is_valid():
        in_full = bool(form.cleaned_data.get("in_full"))
        content, count = workbook.write(
            workbook.columns(actor, area.path),
            workbook.rows(actor, found, in_full=in_full),
            title=f"{_('Household list')} {area.name}",
            who=str(request.user),
        )
        payload = {
            "area_id": str(area.id),
            "what": "households",
            "rows": count,
            "filters": {k: v for k, v in chosen.items() if v and k != "q"},
            "in_full": in_full,
            "why": form.cleaned_data["why"],
        }
        if acts.send(actor, form, "export.record", payload, area.district):
            return workbook.answer(content, f"{area.code}-{now():%Y%m%d}")
    doors = found.count()
    query = urlencode({k: v for k, v in chosen.items() if v})
    context = {
        "crumbs": crumbs(actor, area),
        "title": _("Export the list"),
        "over": area.name,
        "save": _("Download"),
        "hint": _("%(n)d doors, with the columns that your role sees.") % {"n": doors},
        "back": f"{reverse('households', args=[area.id])}?{query}",
    }
    return acts.show(request, "people/form.html", form, context)
