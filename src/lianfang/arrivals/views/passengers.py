"""One passenger: what is known, what was measured, what can be said of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.arrivals import acting, forms, queries, site_queries, words
from lianfang.arrivals.planning import entry_of
from lianfang.arrivals.rules import BEDDED, Guest, PassengerState
from lianfang.arrivals.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import derive_id
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.screening.rules import Symptom
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.arrivals.models import Manifest, Passenger


def _here(row: Manifest) -> str:
    return reverse("manifest", args=[row.district, row.id])


@require_http_methods(["GET", "HEAD", "POST"])
@page
def extra(request: HttpRequest, actor: Actor, district: str, manifest_id: UUID) -> HttpResponse:
    """Receive somebody who came without being on the list."""
    row = common.manifest_of(actor, district, manifest_id)
    data = request.POST if request.method == "POST" else None
    form = forms.PassengerForm(data)
    if data is not None and form.is_valid():
        wanted = acts.cleaned(
            form,
            ("name", "name_latin", "sex", "age", "seat", "place_from", "family", "temperature"),
        )
        identity: dict[str, Any] = {}
        if number := form.cleaned_data["passport"].strip().upper():
            identity = {"id_kind": "passport", "id_number": number}
        person = form.child("person")
        register = {
            "person_id": person,
            "area_id": str(queries.community_of(row)),
            **{k: v for k, v in wanted.items() if k in ("name", "sex")},
            **identity,
        }
        line = {
            "passenger_id": str(derive_id(row.id, "extra", form.entry)),
            "manifest_id": str(row.id),
            "person_id": person,
            "extra": True,
            "accessible": bool(form.cleaned_data["accessible"]),
            **wanted,
            **identity,
        }
        # Whoever may not register people receives the passenger all the same.
        if actor.may(Verb.REGISTER, row.area.path):
            receipt = acts.send(
                actor,
                form,
                "person.register",
                register,
                district,
                then=[("passenger.list", line)],
            )
        else:
            receipt = acts.send(actor, form, "passenger.list", line, district)
        if receipt:
            return acts.done(request, receipt, _("Received."), _here(row))
    return common.form_page(request, form, _("Not on the list"), _here(row), over=row.vehicle)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def passenger(
    request: HttpRequest, actor: Actor, district: str, manifest_id: UUID, passenger_id: UUID
) -> HttpResponse:
    """Show a passenger; take what is measured at the gate."""
    row = common.manifest_of(actor, district, manifest_id)
    one = queries.passenger(row, passenger_id)
    if one is None:
        raise Refuse(NOT_FOUND)
    data = request.POST if request.method == "POST" else None
    form = forms.SeenForm(data)
    where = reverse("passenger", args=[district, row.id, one.id])
    if data is not None and form.is_valid():
        payload: dict[str, Any] = {"passenger_id": str(one.id)}
        payload |= acts.cleaned(form, ("temperature",))
        payload["symptoms"] = form.cleaned_data["symptoms"]
        if receipt := acts.send(actor, form, "passenger.present", payload, district):
            return acts.done(request, receipt, _("Present."), _here(row))
    seen = queries.shown(actor, one, row.area.path)
    stay = queries.stays(district, [one.person_id]).get(one.person_id)
    facts = [
        (_("Name"), f"{seen.name} {seen.latin}".strip() or "—"),
        (_("Sex"), words.SEXES.get(one.sex, "—")),
        (_("Age"), "—" if one.age is None else one.age),
        (_("Nationality"), one.nationality or "—"),
        (_("Comes from"), one.place_from or "—"),
        (_("Goes on to"), one.onward or "—"),
        (_("Family or booking"), one.family or "—"),
        (_("Temperature"), seen.temperature or "—"),
        (_("Symptoms"), ", ".join(str(words.SYMPTOMS[Symptom(s)]) for s in seen.symptoms) or "—"),
        (_("State"), words.STATES[PassengerState(one.state)]),
        (_("Goes to"), words.DESTINATIONS.get(one.destination, _("Sent nowhere yet"))),
        (_("Place"), _place(stay)),
    ]
    if one.seen_at:
        facts.append((_("Came at"), local(one.seen_at).strftime("%m-%d %H:%M")))
    context = {
        "title": _("Seat %(seat)s") % {"seat": one.seat or "—"},
        "over": row.vehicle,
        "path": common.crumbs(row.area, c.Link(row.vehicle, _here(row))),
        "facts": facts,
        "actions": _actions(row, one, stay, where),
        "gate": one.state != PassengerState.DOUBLE and one.placed_at is None,
    }
    return acts.show(request, "arrivals/passenger.html", form, context)


def _place(stay: Any) -> str:
    if stay is None:
        return "—"
    if stay.site is None or stay.room is None:
        return str(words.DESTINATIONS[stay.destination])
    return f"{stay.site.name} · {stay.room.building}{stay.room.label} · {stay.bed}"


def _actions(row: Manifest, one: Passenger, stay: Any, where: str) -> list[c.Action]:
    def mark(act: str) -> str:
        return reverse("passenger_mark", args=[row.district, row.id, one.id, act])

    actions = []
    if stay is not None and stay.site_id:
        here = reverse("stay", args=[row.district, stay.person_id])
        return [c.Action(_("Where this person stays"), here, "building", "primary")]
    if one.state in (PassengerState.EXPECTED, PassengerState.PRESENT):
        actions.append(
            c.Action(_("Missing"), mark("missing"), "question", post=True, fields=acts.once())
        )
    if one.state == PassengerState.DOUBLE:
        single = _("Somebody else after all")
        actions.append(c.Action(single, mark("single"), "undo", post=True, fields=acts.once()))
    else:
        double = reverse("passenger_double", args=[row.district, row.id, one.id])
        actions.append(c.Action(_("A double line"), double, "people"))
    if one.state == PassengerState.PRESENT and one.destination in BEDDED:
        bed = reverse("passenger_place", args=[row.district, row.id, one.id])
        actions.append(c.Action(_("Give a bed by hand"), bed, "door"))
    return actions


@require_http_methods(["GET", "HEAD", "POST"])
@page
def double(
    request: HttpRequest, actor: Actor, district: str, manifest_id: UUID, passenger_id: UUID
) -> HttpResponse:
    """Say of which line this one is a double."""
    row = common.manifest_of(actor, district, manifest_id)
    one = queries.passenger(row, passenger_id)
    if one is None:
        raise Refuse(NOT_FOUND)
    form = forms.DoubleForm(request.POST if request.method == "POST" else None)
    back = reverse("passenger", args=[district, row.id, one.id])
    if request.method == "POST" and form.is_valid():
        seat = form.cleaned_data["seat"].strip().upper()
        other = (
            queries.passengers(row)
            .filter(seat__iexact=seat)
            .exclude(id=str(one.id))
            .exclude(state=PassengerState.DOUBLE)
            .first()
        )
        if other is None:
            form.add_error("seat", _("Nobody sits there."))
        else:
            payload = {"passenger_id": str(one.id), "double_of": str(other.id)}
            if receipt := acts.send(actor, form, "passenger.double", payload, district):
                return acts.done(request, receipt, _("Marked as a double."), _here(row))
    return common.form_page(request, form, _("A double line"), back, over=one.seat)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def place(
    request: HttpRequest, actor: Actor, district: str, manifest_id: UUID, passenger_id: UUID
) -> HttpResponse:
    """Give a passenger a bed by hand, with the watch that the rules ask for."""
    row = common.manifest_of(actor, district, manifest_id)
    one = queries.passenger(row, passenger_id)
    if one is None or one.destination not in BEDDED:
        raise Refuse(NOT_FOUND)
    guest = Guest(one.sex, one.group, f"{row.id}:{one.family}" if one.family else "")
    options, sites = site_queries.rooms_for(actor, district, one.destination, guest)
    form = forms.PlaceForm(
        request.POST if request.method == "POST" else None, options={"room": options}
    )
    back = reverse("passenger", args=[district, row.id, one.id])
    if request.method == "POST" and form.is_valid():
        room_id = UUID(form.cleaned_data["room"])
        site = sites[room_id]
        spot = {"post_id": str(site.id), "room_id": str(room_id)}
        payload = entry_of(form.entry, row, one, site.area_id, spot, now()).payload
        acting.register(actor, form.entry, row, [one])
        payload["anyway"] = bool(form.cleaned_data["anyway"])
        if receipt := acts.send(actor, form, "arrival.place", payload, district):
            return acts.done(request, receipt, _("The bed is given."), back)
    return common.form_page(request, form, _("Give a bed by hand"), back, over=one.seat)
