"""The placement board: what the best plan would do, and the families that wait for a decision."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianfang.arrivals import acting, forms, planning, queries, site_queries, walls, words
from lianfang.arrivals.rules import Destination, Way
from lianfang.arrivals.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.arrivals.models import Manifest, Passenger


@require_http_methods(["GET", "HEAD", "POST"])
@page
def board(request: HttpRequest, actor: Actor, district: str, manifest_id: UUID) -> HttpResponse:
    """Show the plan for those who wait; carry it out when it is pressed."""
    row = common.manifest_of(actor, district, manifest_id)
    here = reverse("manifest_board", args=[district, row.id])
    if request.method == "POST":
        once = acts.Once(request.POST)
        once.is_valid()
        proposal = acting.place(actor, once.entry, row)
        n = len(proposal.plan.beds) + len(proposal.home)
        said = _("Placed: %(n)d. Without a place: %(left)d.") % {
            "n": n,
            "left": len(proposal.unplaced),
        }
        return acts.said(request, said, here)
    sites = site_queries.receiving(district)
    proposal = planning.propose(row, sites)
    planned = Counter(UUID(str(room)) for room in proposal.plan.beds.values())
    used = {proposal.sites[room] for room in planned}
    drawn: list[dict[str, Any]] = []
    for site in site_queries.with_beds(site_queries.open_ones(district)):
        filled = site_queries.rooms(actor, site)
        drawn.append(
            {
                "site": site,
                "takes": words.DESTINATIONS[site.takes],
                "href": reverse("site", args=[district, site.id]),
                "planned": sum(planned[f.room.id] for f in filled),
                "walls": walls.walls(site.name, filled, planned=planned)
                if site.id in used or len(drawn) < 6
                else [],
            }
        )
    place = c.Action(
        _("Give these places"), here, "check", "primary", post=True, fields=acts.once()
    )
    ready = len(proposal.plan.beds) + len(proposal.home)
    return common.show(
        request,
        "board",
        title=_("Places for %(vehicle)s") % {"vehicle": row.vehicle},
        path=common.crumbs(
            row.area, c.Link(row.vehicle, reverse("manifest", args=[district, row.id]))
        ),
        note=_("%(n)d can be placed now; %(left)d cannot.")
        % {"n": ready, "left": len(proposal.unplaced)},
        proven=proposal.plan.proven,
        actions=[place] if ready else [],
        sites=drawn,
        unplaced=_unplaced(actor, row, proposal),
        families=_families(actor, row),
        new_site=reverse("site_new"),
    )


def _unplaced(actor: Actor, row: Manifest, proposal: planning.Proposal) -> c.Table:
    rows = []
    lines = [(proposal.rows[id_], why) for id_, why in proposal.unplaced.items()]
    for one, why in sorted(lines, key=lambda pair: (str(pair[1]), pair[0].seat_key)):
        seen = queries.shown(actor, one, row.area.path)
        rows.append(
            c.Row(
                [
                    one.seat or "—",
                    seen.name,
                    one.family or "—",
                    words.DESTINATIONS.get(one.destination, "—"),
                    words.UNPLACED[why],
                ],
                reverse("passenger", args=[row.district, row.id, one.id]),
                "warn",
            )
        )
    return c.Table(
        "unplaced",
        _("Without a place"),
        [
            c.Column(_("Seat"), primary=True),
            c.Column(_("Name")),
            c.Column(_("Family")),
            c.Column(_("Goes to")),
            c.Column(_("Why")),
        ],
        rows,
        empty_title=_("Everybody has a place or can get one"),
        empty_text=_("Whoever comes late appears here."),
    )


def _families(actor: Actor, row: Manifest) -> list[dict[str, Any]]:
    """Return the split families with both ways that a person can decide."""
    found = []
    for family, members in queries.split_families(row).items():
        places = sorted({m.destination for m in members if m.destination})
        ways = [(str(Way.APART), _("Apart, as the rules say"))]
        ways += [
            (place, _("Together: %(place)s") % {"place": words.DESTINATIONS[place]})
            for place in places
        ]
        found.append(
            {
                "family": family,
                "members": [_member(actor, row, m) for m in members],
                "actions": [
                    c.Action(
                        label,
                        reverse("family_decide", args=[row.district, row.id]),
                        "people" if value != Way.APART else "arrow-right",
                        post=True,
                        fields=(*acts.once(), ("family", family), ("way", value)),
                    )
                    for value, label in ways
                ],
            }
        )
    return found


def _member(actor: Actor, row: Manifest, one: Passenger) -> dict[str, Any]:
    seen = queries.shown(actor, one, row.area.path)
    return {
        "seat": one.seat,
        "name": seen.name or seen.latin,
        "age": one.age,
        "temperature": seen.temperature,
        "from": one.place_from,
        "to": words.DESTINATIONS.get(one.destination, "—"),
    }


@require_POST
@page
def decide(request: HttpRequest, actor: Actor, district: str, manifest_id: UUID) -> HttpResponse:
    """Take a person's decision about a family that the rules split."""
    row = common.manifest_of(actor, district, manifest_id)
    form = forms.FamilyForm(request.POST)
    if not form.is_valid():
        raise Refuse(NOT_FOUND)
    payload: dict[str, Any] = {
        "manifest_id": str(row.id),
        "family": form.cleaned_data["family"],
        "way": str(Way.APART),
    }
    way = form.cleaned_data["way"]
    if way != Way.APART:
        if way not in {str(d) for d in Destination}:
            raise Refuse(NOT_FOUND)
        payload |= {"way": str(Way.TOGETHER), "destination": way}
    here = reverse("manifest_board", args=[district, row.id])
    return acts.press(
        request, actor, "family.decide", payload, here, _("The decision is noted."), district
    )
