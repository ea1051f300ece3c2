"""Sites: free beds in a scope, one site with its rooms as a wall, who stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.arrivals import forms, opening, site_queries, walls, words
from lianfang.arrivals.rules import BEDDED, Destination, Diet, SiteState
from lianfang.arrivals.site_queries import Occupant
from lianfang.arrivals.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import Stat, listed, take_out
from lianfang.watching import queries as watching
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAKEN_OUT = 5_000


@require_safe
@page
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the sites in scope with their free beds."""
    districts = area_queries.districts(actor)
    if not actor.may_somewhere(Verb.READ):
        raise Refuse(NOT_FOUND)
    takes = request.GET.get("takes", "")
    takes = takes if takes in {str(d) for d in BEDDED} else ""
    found = _narrowed(request, actor, takes)
    query = urlencode({"takes": takes, "q": common.typed(request)})
    part = listed(
        request,
        found,
        ("name", "id"),
        _rows,
        size=50,
        id="sites",
        caption=_("Sites"),
        columns=[
            c.Column(_("Name"), primary=True),
            c.Column(_("What it is")),
            c.Column(_("Area")),
            c.Column(_("Beds"), numeric=True),
            c.Column(_("Taken"), numeric=True),
            c.Column(_("Free"), numeric=True),
            c.Column(_("Staff"), numeric=True),
        ],
        filters=[
            c.Filter("takes", _("What it is"), _kinds(), takes),
            c.Filter("q", _("Name or area"), value=common.typed(request)),
        ],
        export=f"{reverse('sites_export')}?{query}" if actor.may_somewhere(Verb.EXPORT) else "",
        empty_title=_("No site here"),
        empty_text=_("Open a site when people have to stay somewhere."),
    )
    stats = []
    for total in site_queries.totals(actor, districts):
        here = f"{reverse('sites')}?takes={total.takes}"
        note = _("%(sites)d sites, staff %(staff)d") % {
            "sites": total.sites,
            "staff": total.staff,
        }
        label = _("%(what)s: free beds") % {"what": words.DESTINATIONS[total.takes]}
        tone: c.Tone = "good" if total.free else "bad"
        stats.append(Stat(label, total.free, total.beds, here, tone, note))
    actions = []
    if actor.may_somewhere(Verb.ORGANISE):
        actions.append(c.Action(_("New site"), reverse("site_new"), "plus", "primary"))
    return common.show(
        request, "list", title=_("Sites and beds"), table=part, actions=actions, stats=stats
    )


def _narrowed(request: HttpRequest, actor: Actor, takes: str) -> Any:
    districts = area_queries.districts(actor)
    return site_queries.sites(actor, districts, takes=takes, text=common.typed(request))


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("All")), *((str(d), words.DESTINATIONS[d]) for d in Destination if d in BEDDED)]


def _rows(rows: Sequence[Any]) -> list[c.Row]:
    return [
        c.Row(
            [
                s.name,
                words.DESTINATIONS[s.takes],
                s.area.name,
                s.beds,
                s.taken,
                s.free,
                s.staff or "—",
            ],
            reverse("site", args=[s.district, s.id]),
            "warn" if s.free <= 0 else "plain",
        )
        for s in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of sites with their beds as xlsx."""
    takes = request.GET.get("takes", "")
    found = _narrowed(request, actor, takes if takes in {str(d) for d in BEDDED} else "")
    lines = list(found.order_by("name", "id")[:_TAKEN_OUT])
    place = next(
        (s.area for s in lines if actor.may(Verb.EXPORT, s.area.path)),
        None,
    )
    if place is None:
        raise Refuse(NOT_FOUND)
    lines = [s for s in lines if actor.may(Verb.EXPORT, s.area.path)]
    heads = [_("Name"), _("What it is"), _("Area"), _("Beds"), _("Taken"), _("Free"), _("Staff")]
    rows = common.texts(r.cells for r in _rows(lines))
    back = reverse("sites")
    return take_out(request, actor, place, "sites", _("Sites"), heads, rows, back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a site in one act: post, temporary organisation with its lead, rooms."""
    areas = common.areas(actor, Verb.ORGANISE)
    if not areas:
        raise Refuse(NOT_FOUND)
    data = request.POST if request.method == "POST" else None
    form = forms.SiteForm(data, options={"area_id": areas, "lead": _leads(actor)})
    if data is not None and form.is_valid():
        clean = form.cleaned_data
        area = common.area_of(actor, clean["area_id"], Verb.ORGANISE)
        lead = None
        if clean["lead"]:
            district, _sep, person = clean["lead"].partition(":")
            lead = (district, UUID(person))
        floors = range(clean["first_floor"], max(clean["last_floor"], clean["first_floor"]) + 1)
        wanted = opening.Opening(
            clean["name"],
            Destination(clean["takes"]),
            [opening.Rooms(floors, clean["each"], clean["beds"], clean["accessible"])],
            clean["address"],
            clean["staff"] or 0,
            clean["team"],
            lead,
        )
        try:
            id_ = opening.open_site(actor, form.entry, area, wanted)
        except Refuse as refuse:
            form.refuse(refuse.refusal)
        else:
            where = reverse("site", args=[area.district, id_])
            return acts.said(request, _("The site is open."), where)
    return common.form_page(request, form, _("New site"), reverse("sites"))


def _leads(actor: Actor) -> list[tuple[str, str]]:
    """Return who can lead a site: those who help in the actor's communities."""
    return [("", _("Nobody yet")), *((v, n) for v, n in site_queries.helpers(actor))]


@require_safe
@page
def site(request: HttpRequest, actor: Actor, district: str, site_id: UUID) -> HttpResponse:
    """Show a site: rooms as a wall, who stays there, checks that are due, meals."""
    one = common.site_of(actor, district, site_id)
    filled = site_queries.rooms(actor, one)
    staying = [guest for part in filled for guest in part.guests]
    watches = watching.watched(district, [g.stay.person_id for g in staying])
    text = common.typed(request)
    shown = [
        g
        for g in staying
        if not text or text.lower() in f"{g.name} {g.seat} {g.stay.table} {_room(g)}".lower()
    ]
    meals = site_queries.meals(one)
    kitchen = ", ".join(f"{words.DIETS[Diet(d)]} {n}" for d, n in meals.diets.items())
    manages = actor.may(Verb.PLACE, one.area.path)
    table = c.Table(
        "guests",
        _("Who stays here"),
        [
            c.Column(_("Room"), primary=True),
            c.Column(_("Name")),
            c.Column(_("Dining table")),
            c.Column(_("Since")),
            c.Column(_("Watched until")),
        ],
        [_guest(g, watches, manages) for g in shown[:300]],
        filters=[c.Filter("q", _("Name, seat, room or table"), value=text)],
        action=request.path,
        count=len(shown),
        export=reverse("site_export", args=[district, one.id])
        if manages and actor.may(Verb.EXPORT, one.area.path)
        else "",
        empty_title=_("Nobody stays here"),
        empty_text=_("Give places from a manifest's page."),
    )
    room = reverse("room", args=[district, one.id, UUID(int=0)]).replace(str(UUID(int=0)), "{id}")
    return common.show(
        request,
        "site",
        title=one.name,
        path=common.crumbs(one.area, c.Link(_("Sites and beds"), reverse("sites"))),
        note=_note(one),
        stats=[
            Stat(_("Beds"), one.beds),
            Stat(_("Taken"), one.taken),
            Stat(_("Free"), one.free, tone="good" if one.free > 0 else "bad"),
            Stat(_("Staff"), one.staff),
            Stat(_("Plates for one meal"), meals.people, note=kitchen),
        ],
        due=_checks(actor, one),
        walls=walls.walls(one.name, filled, room if manages else ""),
        table=table,
        actions=_actions(actor, one),
        notes=_notes(one, staying) if manages else [],
    )


def _note(one: Any) -> str:
    said = [str(words.DESTINATIONS[one.takes])]
    if one.state == SiteState.CLOSED:
        said.append(_("Closed: %(why)s") % {"why": one.closed_why})
    return " · ".join(said)


def _room(guest: Occupant) -> str:
    room = guest.stay.room
    return f"{room.building}{room.label}" if room else "—"


def _guest(guest: Occupant, watches: dict[UUID, Any], manages: bool) -> c.Row:
    stay, watch = guest.stay, watches.get(guest.stay.person_id)
    return c.Row(
        [
            f"{_room(guest)} · {stay.bed}",
            guest.name or "—",
            stay.table or "—",
            local(stay.since).strftime("%m-%d"),
            f"{watch.until_day:%m-%d}" if watch else "—",
        ],
        reverse("stay", args=[stay.district, stay.person_id]) if manages else "",
    )


def _checks(actor: Actor, one: Any) -> list[Stat]:
    """Return the checks of a site's watches, as far as the actor sees watches there."""
    found = []
    labels: list[tuple[str, str, c.Tone]] = [
        ("due", _("Checks due now"), "warn"),
        ("overdue", _("Checks overdue"), "bad"),
        ("release", _("To be released"), "good"),
    ]
    for which, label, tone in labels:
        n = watching.watches(actor, [one.district], which=which, post_id=one.id).order_by().count()
        found.append(Stat(label, n, tone=tone if n else "plain"))
    return found


def _actions(actor: Actor, one: Any) -> list[c.Action]:
    actions = []
    if one.state == SiteState.CLOSED:
        return []
    new_room = reverse("room", args=[one.district, one.id, new_id()])
    if actor.may(Verb.PLACE, one.area.path):
        actions.append(c.Action(_("Add a room"), new_room, "plus"))
        patient = reverse("site_place", args=[one.district, one.id])
        actions.append(c.Action(_("Give somebody a bed"), patient, "person", "primary"))
    if one.team_id:
        actions.append(c.Action(_("The team"), reverse("team", args=[one.team_id]), "team"))
    if actor.may(Verb.CALL_UP, one.area.path):
        query = urlencode({"area": str(one.area_id), "place": one.name})
        actions.append(c.Action(_("Call helpers"), f"{reverse('call_new')}?{query}", "bell"))
    if actor.may(Verb.ORGANISE, one.area.path):
        close = reverse("site_close", args=[one.district, one.id])
        actions.append(c.Action(_("Close the site"), close, "lock", "quiet"))
    return actions


def _notes(one: Any, staying: Sequence[Occupant]) -> list[c.Moment]:
    by_person = {g.stay.person_id: g for g in staying}
    return [
        c.Moment(
            local(note.at),
            note.text or _("(erased)"),
            detail=f"{by_person[note.person_id].name} · {_room(by_person[note.person_id])}",
            icon="help",
        )
        for note in site_queries.notes(one.district, list(by_person))[:30]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def site_export(request: HttpRequest, actor: Actor, district: str, site_id: UUID) -> HttpResponse:
    """Give the list of who stays at a site as xlsx."""
    one = common.site_of(actor, district, site_id)
    if not actor.may(Verb.PLACE, one.area.path):
        raise Refuse(NOT_FOUND)
    staying = site_queries.occupants(actor, one)
    heads = [_("Room"), _("Name"), _("Seat"), _("Dining table"), _("For the kitchen"), _("Since")]
    rows: list[list[str]] = []
    for g in staying:
        diets = ", ".join(str(words.DIETS[Diet(d)]) for d in g.stay.diets)
        since = local(g.stay.since).strftime("%Y-%m-%d")
        bed = f"{_room(g)} · {g.stay.bed}"
        rows.append([bed, g.name, g.seat, str(g.stay.table or ""), diets, since])
    back = reverse("site", args=[district, one.id])
    return take_out(request, actor, one.area, "site", one.name, heads, rows, back)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def close(request: HttpRequest, actor: Actor, district: str, site_id: UUID) -> HttpResponse:
    """Close a site in which nobody stays."""
    one = common.site_of(actor, district, site_id)
    form = forms.WhyForm(request.POST if request.method == "POST" else None)
    back = reverse("site", args=[district, one.id])
    if request.method == "POST" and form.is_valid():
        payload = {"post_id": str(one.id), "why": form.cleaned_data["why"]}
        if receipt := acts.send(actor, form, "site.close", payload, district):
            return acts.done(request, receipt, _("The site is closed."), reverse("sites"))
    return common.form_page(request, form, _("Close the site"), back, over=one.name)
