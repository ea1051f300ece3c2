"""A room, and somebody who stays: move, leave, table and diet, a word; a bed for a patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.arrivals import forms, queries, site_queries, words
from lianfang.arrivals.rules import DAYS, Diet, Guest, LeaveWhy
from lianfang.arrivals.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people import queries as people
from lianfang.watching import queries as watching
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.arrivals.models import Stay


@require_http_methods(["GET", "HEAD", "POST"])
@page
def room(
    request: HttpRequest, actor: Actor, district: str, site_id: UUID, room_id: UUID
) -> HttpResponse:
    """Show a room with its guests; change it, or set a new one up."""
    one = common.site_of(actor, district, site_id)
    if not actor.may(Verb.PLACE, one.area.path):
        raise Refuse(NOT_FOUND)
    filled = {f.room.id: f for f in site_queries.rooms(actor, one)}.get(room_id)
    names = ("building", "floor", "label", "beds", "accessible", "used", "note")
    initial = {n: getattr(filled.room, n) for n in names} if filled else {"beds": 2, "floor": 1}
    form = forms.RoomForm(request.POST if request.method == "POST" else None, initial=initial)
    back = reverse("site", args=[district, one.id])
    if request.method == "POST" and form.is_valid():
        payload = {"post_id": str(one.id), "room_id": str(room_id)}
        payload |= {n: form.cleaned_data[n] for n in names}
        if receipt := acts.send(actor, form, "room.set", payload, district):
            return acts.done(request, receipt, _("The room is set up."), back)
    guests = [
        c.Person(
            g.name or "—",
            reverse("stay", args=[district, g.stay.person_id]),
            _("Bed %(n)s") % {"n": g.stay.bed},
        )
        for g in (filled.guests if filled else [])
    ]
    title = _("Room %(label)s") % {"label": filled.room.label} if filled else _("New room")
    context = {
        "title": title,
        "over": one.name,
        "path": common.crumbs(one.area, c.Link(one.name, back)),
        "guests": guests,
        "back": back,
    }
    return acts.show(request, "arrivals/room.html", form, context)


def _stay(actor: Actor, district: str, person_id: UUID) -> Stay:
    found = site_queries.stay_of(district, person_id)
    path = found.site.area.path if found is not None and found.site else ""
    if found is None or not path or not actor.may(Verb.PLACE, path):
        raise Refuse(NOT_FOUND)
    return found


def _name(actor: Actor, stay: Stay) -> str:
    assert stay.site
    found = {g.stay.id: g.name for g in site_queries.occupants(actor, stay.site)}
    return found.get(stay.id, "—")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def stay(request: HttpRequest, actor: Actor, district: str, person_id: UUID) -> HttpResponse:
    """Show where somebody stays; take a word for the next shift."""
    one = _stay(actor, district, person_id)
    assert one.site
    assert one.room
    form = forms.NoteForm(request.POST if request.method == "POST" else None)
    here = reverse("stay", args=[district, person_id])
    if request.method == "POST" and form.is_valid():
        payload = {"person_id": str(person_id), "text": form.cleaned_data["text"]}
        if receipt := acts.send(actor, form, "stay.note", payload, district):
            return acts.done(request, receipt, _("It is written down."), here)
    watch = watching.watched(district, [person_id]).get(person_id)
    near = queries.neighbours(district, person_id)
    facts: list[tuple[str, Any]] = [
        (_("Place"), f"{one.site.name} · {one.room.building}{one.room.label} · {one.bed}"),
        (_("Since"), local(one.since).strftime("%Y-%m-%d %H:%M")),
        (_("Risk group"), one.group or "—"),
        (_("Dining table"), one.table or "—"),
        (_("For the kitchen"), ", ".join(str(words.DIETS[Diet(d)]) for d in one.diets) or "—"),
        (_("Watched until"), f"{watch.until_day:%Y-%m-%d}" if watch else "—"),
        (_("Neighbours by room and table"), len({n.person_id for n in near})),
    ]
    notes = [
        c.Moment(local(n.at), n.text or _("(erased)"), icon="help")
        for n in site_queries.notes(district, [person_id])
    ]

    def to(act: str) -> str:
        return reverse("stay_act", args=[district, person_id, act])

    actions = [
        c.Action(_("Change the room"), to("move"), "arrow-right", "primary"),
        c.Action(_("Table and diet"), to("keep"), "edit"),
        c.Action(_("Give up the bed"), to("leave"), "logout"),
    ]
    site_page = reverse("site", args=[district, one.site_id])
    context = {
        "title": _name(actor, one),
        "over": one.site.name,
        "path": common.crumbs(one.site.area, c.Link(one.site.name, site_page)),
        "facts": facts,
        "notes": notes,
        "actions": actions,
    }
    return acts.show(request, "arrivals/stay.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def act(
    request: HttpRequest, actor: Actor, district: str, person_id: UUID, act: str
) -> HttpResponse:
    """Move somebody, keep table and diet, or let the bed be given up."""
    one = _stay(actor, district, person_id)
    assert one.site
    data = request.POST if request.method == "POST" else None
    here = reverse("stay", args=[district, person_id])
    site_page = reverse("site", args=[district, one.site_id])
    payload: dict[str, Any] = {"person_id": str(person_id)}
    if act == "move":
        return _move(request, actor, one, here)
    form: acts.CommandForm
    if act == "keep":
        form = forms.KeepForm(data, initial={"table": one.table, "diets": one.diets})
        title, command, back = _("Table and diet"), "stay.keep", here
    elif act == "leave":
        form = forms.LeaveForm(data, initial={"why": LeaveWhy.RELEASED})
        title, command, back = _("Give up the bed"), "arrival.leave", site_page
    else:
        raise Refuse(NOT_FOUND)
    if data is not None and form.is_valid():
        names = [n for n in form.fields if n not in ("entry_id", "mends")]
        payload |= {n: form.cleaned_data[n] for n in names}
        if receipt := acts.send(actor, form, command, payload, district):
            return acts.done(request, receipt, _("It is noted."), back)
    return common.form_page(request, form, title, here, over=_name(actor, one))


def _move(request: HttpRequest, actor: Actor, one: Stay, here: str) -> HttpResponse:
    """Move somebody; a watch goes on at the other site in the same act."""
    guest = Guest(one.sex, one.group, one.party)
    options, sites = site_queries.rooms_for(actor, one.district, "", guest)
    options = [option for option in options if option[0] != str(one.room_id)]
    data = request.POST if request.method == "POST" else None
    form = forms.MoveForm(data, options={"room": options})
    if data is not None and form.is_valid():
        room_id = UUID(form.cleaned_data["room"])
        site = sites[room_id]
        payload = {
            "person_id": str(one.person_id),
            "post_id": str(site.id),
            "room_id": str(room_id),
            "anyway": bool(form.cleaned_data["anyway"]),
        }
        watch = watching.watched(one.district, [one.person_id]).get(one.person_id)
        then: list[tuple[str, dict[str, Any]]] = []
        if watch is not None and site.id != one.site_id:
            place = {
                "watch_id": str(watch.id),
                "area_id": str(site.area_id),
                "place": site.takes,
                "post_id": str(site.id),
            }
            then.append(("watch.move", place))
        if receipt := acts.send(actor, form, "arrival.move", payload, one.district, then=then):
            return acts.done(request, receipt, _("Moved."), here)
    hint = _("Rooms marked △ have people of another sex, risk group or family.")
    return common.form_page(
        request, form, _("Change the room"), here, over=_name(actor, one), hint=hint
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def place(request: HttpRequest, actor: Actor, district: str, site_id: UUID) -> HttpResponse:
    """Give a registered person a bed at a site: a patient who came by another way."""
    one = common.site_of(actor, district, site_id)
    if not actor.may(Verb.PLACE, one.area.path):
        raise Refuse(NOT_FOUND)
    back = reverse("site", args=[district, one.id])
    text = common.typed(request)
    chosen = request.POST.get("person") or request.GET.get("person") or ""
    _doors, found = people.find(actor, text) if len(text) > 1 else ([], [])
    who = _person(actor, district, chosen)
    form = None
    if who is not None:
        guest = Guest(who.sex, request.POST.get("group", ""))
        options, sites = site_queries.rooms_for(actor, district, one.takes, guest)
        options = [o for o in options if sites[UUID(o[0])].id == one.id]
        data = request.POST if request.method == "POST" else None
        form = forms.PlaceForm(data, options={"room": options})
        if data is not None and form.is_valid():
            payload = {
                "person_id": str(who.id),
                "destination": one.takes,
                "post_id": str(one.id),
                "room_id": form.cleaned_data["room"],
                "sex": who.sex,
                "anyway": bool(form.cleaned_data["anyway"]),
                "watch": {
                    "reason": "suspected" if one.takes == "hospital" else "contact",
                    "place": one.takes,
                    "from_day": local(now()).date().isoformat(),
                    "days": DAYS,
                    "checks_a_day": 2,
                    "area_id": str(one.area_id),
                    "post_id": str(one.id),
                },
            }
            if receipt := acts.send(actor, form, "arrival.place", payload, district):
                return acts.done(request, receipt, _("The bed is given."), back)
    context = {
        "title": _("Give somebody a bed"),
        "over": one.name,
        "path": common.crumbs(one.area, c.Link(one.name, back)),
        "text": text,
        "who": people.visible(actor, who) if who is not None else None,
        "found": [
            c.Person(
                people.visible(actor, p).name or "—",
                f"{request.path}?person={p.id}",
                p.household.label if p.household else "",
            )
            for p in found
            if p.district == district
        ],
        "back": back,
    }
    if form is None:
        return common.show(request, "patient", form=None, **context)
    return acts.show(request, "arrivals/patient.html", form, context)


def _person(actor: Actor, district: str, text: str) -> Any:
    try:
        return people.person(actor, district, UUID(text))
    except ValueError:
        return None
