"""The rules of triage: edited, tried on a manifest, adopted as the next version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries as area_queries
from lianfang.arrivals import planning, queries, rules, words
from lianfang.arrivals.rule_form import RulesForm
from lianfang.arrivals.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import Stat
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.arrivals.models import Manifest


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Edit an area's rules; try them, and adopt them when the counts are as wanted."""
    offered = common.areas(actor, Verb.DECIDE)
    if not offered:
        raise Refuse(NOT_FOUND)
    wanted = request.POST.get("area") or request.GET.get("area") or offered[0][0]
    area = common.area_of(actor, wanted, Verb.DECIDE)
    found = queries.rule_set(area)
    current = list(found.rules) if found else words.proposal()
    past = list(queries.manifests(actor, [area.district]).order_by("-arrives_at", "id")[:30])
    options = [(str(m.id), f"{m.vehicle} · {local(m.arrives_at):%m-%d %H:%M}") for m in past]
    form = RulesForm(
        request.POST if request.method == "POST" else None, rules=current, manifests=options
    )
    tried: dict[str, Any] = {}
    here = f"{reverse('triage_rules')}?area={area.id}"
    if request.method == "POST" and form.is_valid():
        chosen = next((m for m in past if str(m.id) == form.cleaned_data["try_on"]), None)
        tried = _try(form.cleaned_data["rules"], chosen)
        if request.POST.get("act") == "adopt":
            payload: dict[str, Any] = {
                "rule_set_id": form.child("rules"),
                "area_id": str(area.id),
                "rules": form.cleaned_data["rules"],
            }
            if chosen is not None:
                payload |= {"tried_on": str(chosen.id), "counts": tried["counts"]}
            if receipt := acts.send(actor, form, "triage.adopt", payload, area.district):
                said = _("The rules hold from now on, as version %(n)s.") % {
                    "n": receipt.result.get("version", "")
                }
                return acts.done(request, receipt, said, here)
    history = [
        c.Moment(
            local(one.adopted_at),
            _("Version %(n)d") % {"n": one.version},
            detail=" → ".join(
                f"{rule['name']}: {words.DESTINATIONS[rule['destination']]}" for rule in one.rules
            ),
            icon="filter",
        )
        for one in queries.versions(area)
    ]
    note = _("Version %(n)d holds.") % {"n": found.version} if found else ""
    if found is None:
        note = _("No rules were adopted yet; these are a proposal.")
    elif found.area_id != area.id:
        above = area_queries.labels([found.area_id]).get(found.area_id, "")
        note = _("The rules of %(area)s hold here.") % {"area": above}
    context = {
        "title": _("Triage rules"),
        "path": common.crumbs(area),
        "note": note,
        "area": area,
        "areas": offered,
        "tried": tried,
        "history": history,
        "back": reverse("arrivals"),
    }
    return acts.show(request, "arrivals/rules.html", form, context)


def _try(rows: list[dict[str, Any]], manifest: Manifest | None) -> dict[str, Any]:
    """Return what rules would do with a manifest: counts, by rule, and who would be split."""
    if manifest is None:
        return {}
    lines = planning.live_lines(manifest)
    sorting = planning.sort(lines, rules.read_rules(rows))
    by_id = {line.id: line for line in lines}
    return {
        "vehicle": manifest.vehicle,
        "counts": sorting.counts,
        "stats": [
            Stat(words.DESTINATIONS[place], count) for place, count in sorting.counts.items()
        ],
        "rules": list(zip([r["name"] for r in rows], sorting.by_rule, strict=True)),
        "nowhere": sum(n is None for n in sorting.rule_of.values()),
        "split": [
            (family, ", ".join(by_id[i].seat for i in ids)) for family, ids in sorting.split.items()
        ],
        "id": UUID(str(manifest.id)),
    }
