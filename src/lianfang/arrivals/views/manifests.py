"""Manifests: the list, one manifest with its figures, each of which opens its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.arrivals import acting, forms, queries, words
from lianfang.arrivals.rules import ManifestState, Mode, PassengerState
from lianfang.arrivals.views import common
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import Stat, listed, take_out
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lianfang.arrivals.models import Manifest, Passenger

_TAKEN_OUT = 20_000


@require_safe
@page
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the manifests in scope, the next arrivals first."""
    if not actor.may_somewhere(Verb.PLACE):
        raise Refuse(NOT_FOUND)
    state = request.GET.get("state", "open")
    state = state if state in ("open", "closed", "") else "open"
    found = queries.manifests(
        actor, area_queries.districts(actor), state=state, text=common.typed(request)
    )

    def rows(part: list[Manifest]) -> Sequence[c.Row]:
        made = []
        for row in part:
            n = queries.counts(row)
            made.append(
                c.Row(
                    [
                        row.vehicle,
                        words.MODES[Mode(row.mode)],
                        row.origin or "—",
                        local(row.arrives_at).strftime("%m-%d %H:%M"),
                        row.area.name,
                        n.expected,
                        n.present,
                        n.waiting,
                    ],
                    href(row),
                    "warn" if n.waiting or n.missing else "plain",
                )
            )
        return made

    choices = [("open", _("Open")), ("closed", _("Closed")), ("", _("All"))]
    heads = [
        c.Column(_("Flight or train"), primary=True),
        c.Column(_("Arrives by")),
        c.Column(_("Comes from")),
        c.Column(_("Arrives at")),
        c.Column(_("Received at")),
        c.Column(_("Expected"), numeric=True),
        c.Column(_("Present"), numeric=True),
        c.Column(_("Wait for a place"), numeric=True),
    ]
    table = listed(
        request,
        found,
        ("-arrives_at", "id"),
        rows,
        size=25,
        id="manifests",
        caption=_("Manifests"),
        columns=heads,
        filters=[
            c.Filter("state", _("State"), choices, state),
            c.Filter("q", _("Number or origin"), value=common.typed(request)),
        ],
        empty_title=_("No manifest here"),
        empty_text=_("Open one as soon as you know which flight or train is coming."),
    )
    actions = [
        c.Action(_("New manifest"), reverse("manifest_new"), "plus", "primary"),
        c.Action(_("Sites and beds"), reverse("sites"), "building"),
        c.Action(_("Triage rules"), reverse("triage_rules"), "filter"),
    ]
    return common.show(request, "list", title=_("Arrivals"), table=table, actions=actions, stats=[])


def href(row: Manifest) -> str:
    """Return the address of a manifest."""
    return reverse("manifest", args=[row.district, row.id])


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Expect a vehicle."""
    areas = common.areas(actor, Verb.PLACE)
    if not areas:
        raise Refuse(NOT_FOUND)
    form = forms.ManifestForm(
        request.POST if request.method == "POST" else None, options={"area_id": areas}
    )
    if request.method == "POST" and form.is_valid():
        area = common.area_of(actor, form.cleaned_data["area_id"], Verb.PLACE)
        id_ = form.child("manifest")
        payload = {
            "manifest_id": id_,
            **acts.cleaned(form, ("area_id", "mode", "vehicle", "origin")),
            "arrives_at": form.cleaned_data["arrives_at"].isoformat(),
        }
        if receipt := acts.send(actor, form, "manifest.open", payload, area.district):
            where = reverse("manifest", args=[area.district, id_])
            return acts.done(request, receipt, _("Now import the list of passengers."), where)
    return common.form_page(request, form, _("New manifest"), reverse("arrivals"))


def _stats(row: Manifest, n: queries.Counts) -> list[Stat]:
    here = href(row)

    def one(which: str, count: int, tone: c.Tone = "plain") -> Stat:
        shown: c.Tone = tone if count else "plain"
        return Stat(words.WHICH[which], count, href=f"{here}?which={which}", tone=shown)

    stats = [
        one("expected", n.expected, "info"),
        one("present", n.present),
        one("missing", n.missing, "bad"),
        one("double", n.double, "warn"),
    ]
    if n.extra:
        stats.append(one("extra", n.extra, "warn"))
    stats += [one(d, count) for d, count in n.to.items() if count or d != "home"]
    stats += [
        one("unsorted", n.unsorted, "warn"),
        one("waiting", n.waiting, "warn"),
        one("placed", n.placed, "good"),
    ]
    return stats


def _heads(row: Manifest, n: queries.Counts) -> str:
    if row.heads is None:
        return _("Heads at the gate: not counted yet")
    said = _("Heads at the gate: %(heads)d") % {"heads": row.heads}
    if n.gap:
        said += " · " + _("%(gap)+d against the list") % {"gap": n.gap}
    return said


@require_safe
@page
def manifest(request: HttpRequest, actor: Actor, district: str, manifest_id: UUID) -> HttpResponse:
    """Show a manifest: its figures, what is to be done next, its passengers."""
    row = common.manifest_of(actor, district, manifest_id)
    which, text = request.GET.get("which", ""), common.typed(request)
    which = which if which in queries.WHICH else ""
    n = queries.counts(row)
    query = urlencode({"which": which, "q": text})
    choices = [("", _("All")), *((key, words.WHICH[key]) for key in queries.WHICH)]

    def rows(part: list[Passenger]) -> Sequence[c.Row]:
        return _rows(actor, row, part)

    table = listed(
        request,
        queries.passengers(row, which=which, text=text),
        ("seat_key", "id"),
        rows,
        size=50,
        id="passengers",
        caption=_("Passengers"),
        columns=[
            c.Column(_("Seat"), primary=True),
            c.Column(_("Name")),
            c.Column(_("Comes from")),
            c.Column(_("Family")),
            c.Column(_("Temperature"), numeric=True),
            c.Column(_("State")),
            c.Column(_("Goes to")),
            c.Column(_("Place")),
        ],
        filters=[
            c.Filter("which", _("Which"), choices, which),
            c.Filter("q", _("Seat, name, family or document"), value=text),
        ],
        export=f"{reverse('manifest_export', args=[district, row.id])}?{query}"
        if actor.may(Verb.EXPORT, row.area.path)
        else "",
        empty_title=_("Nobody here"),
        empty_text=_("Import the passenger list, or choose another list."),
    )
    split = queries.split_families(row)
    used = queries.rule_set_by_id(district, row.rule_set_id)
    return common.show(
        request,
        "manifest",
        title=row.vehicle,
        path=common.crumbs(row.area),
        manifest=row,
        note=f"{row.origin} · {local(row.arrives_at):%Y-%m-%d %H:%M} · {_heads(row, n)}",
        stats=_stats(row, n),
        table=table,
        actions=_actions(row, n),
        split=len(split),
        board=reverse("manifest_board", args=[district, row.id]),
        rules=_("Sorted by rules version %(n)d") % {"n": used.version} if used else "",
    )


def _actions(row: Manifest, n: queries.Counts) -> list[c.Action]:
    """Return what is to be done next with a manifest, the likeliest first."""

    def to(act: str) -> str:
        return reverse("manifest_act", args=[row.district, row.id, act])

    if row.state == ManifestState.CLOSED:
        return [c.Action(_("Open again"), to("reopen"), "undo", post=True, fields=acts.once())]
    query = urlencode({"kind": "manifest", "area": str(row.area_id), "for": str(row.id)})
    on_list = n.expected + n.present + n.missing
    upload = c.Action(
        _("Import the list"),
        f"{reverse('import_new')}?{query}",
        "upload",
        "secondary" if on_list else "primary",
    )
    extra = reverse("passenger_new", args=[row.district, row.id])
    actions = [upload, c.Action(_("Not on the list"), extra, "plus")]
    actions.append(c.Action(_("Enter the head count"), to("count"), "people"))
    if n.expected:
        actions += [
            c.Action(_("All others are here"), to("all_present"), "check", post=True),
            c.Action(_("The others are missing"), to("rest_missing"), "question", post=True),
        ]
    if n.present or n.expected:
        sort = c.Action(_("Sort by the rules"), to("triage"), "filter", post=True)
        board = reverse("manifest_board", args=[row.district, row.id])
        actions += [sort, c.Action(_("Give places"), board, "building", "primary")]
    if on_list and not n.expected and not n.waiting:
        actions.append(c.Action(_("Close"), to("close"), "lock", post=True))
    return [
        c.Action(a.label, a.href, a.icon, a.kind, a.post, a.dialog, acts.once()) if a.post else a
        for a in actions
    ]


def _rows(actor: Actor, row: Manifest, part: list[Passenger]) -> list[c.Row]:
    stays = queries.stays(row.district, [p.person_id for p in part if p.placed_at])
    made = []
    for one in part:
        seen = queries.shown(actor, one, row.area.path)
        stay = stays.get(one.person_id)
        place = "—"
        if stay is not None and stay.site and stay.room:
            place = f"{stay.site.name} {stay.room.building}{stay.room.label}"
        state = str(words.STATES[PassengerState(one.state)])
        if one.extra:
            state += " · " + _("not on the list")
        made.append(
            c.Row(
                [
                    one.seat or "—",
                    f"{seen.name} {seen.latin}".strip(),
                    one.place_from or "—",
                    one.family or "—",
                    seen.temperature or "—",
                    state,
                    words.DESTINATIONS.get(one.destination, "—"),
                    place,
                ],
                reverse("passenger", args=[row.district, row.id, one.id]),
                _tone(one),
            )
        )
    return made


def _tone(one: Passenger) -> c.Tone:
    if one.state == PassengerState.MISSING or (one.temperature or 0) >= 373:
        return "bad"
    return "warn" if one.state == PassengerState.DOUBLE or one.extra else "plain"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor, district: str, manifest_id: UUID) -> HttpResponse:
    """Give a manifest's list as xlsx, narrowed as it was shown; no documents, no telephones."""
    row = common.manifest_of(actor, district, manifest_id)
    which = request.GET.get("which", "")
    found = queries.passengers(
        row, which=which if which in queries.WHICH else "", text=common.typed(request)
    )
    lines = list(found.order_by("seat_key", "id")[:_TAKEN_OUT])
    heads = [_("Seat"), _("Name"), _("Comes from"), _("Family"), _("Temperature"), _("State")]
    heads += [_("Goes to"), _("Place")]
    rows = common.texts(r.cells for r in _rows(actor, row, lines))
    title = f"{_('Passengers')} {row.vehicle}"
    return take_out(request, actor, row.area, "manifest", title, heads, rows, href(row))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def act(
    request: HttpRequest, actor: Actor, district: str, manifest_id: UUID, act: str
) -> HttpResponse:
    """Do something with a whole manifest."""
    row = common.manifest_of(actor, district, manifest_id)
    data = request.POST if request.method == "POST" else None
    payload: dict[str, Any] = {"manifest_id": str(row.id)}
    if act == "count":
        form = forms.HeadsForm(data, initial={"heads": row.heads})
        if data is not None and form.is_valid():
            payload["heads"] = form.cleaned_data["heads"]
            if receipt := acts.send(actor, form, "manifest.count", payload, district):
                return acts.done(request, receipt, _("The head count is kept."), href(row))
        return common.form_page(request, form, _("Heads at the gate"), href(row), over=row.vehicle)
    if data is None:
        return HttpResponseRedirect(href(row))
    if act in ("close", "reopen"):
        said = _("Closed.") if act == "close" else _("Open again.")
        command = f"manifest.{act}"
        return acts.press(request, actor, command, payload, href(row), said, district)
    whole = {
        "all_present": acting.all_present,
        "rest_missing": acting.rest_missing,
        "triage": acting.triage,
    }.get(act)
    if whole is None:
        raise Refuse(NOT_FOUND)
    once = acts.Once(data)
    once.is_valid()
    said = whole(actor, once.entry, row)
    return acts.said(request, said, href(row))


@require_POST
@page
def mark(
    request: HttpRequest,
    actor: Actor,
    district: str,
    manifest_id: UUID,
    passenger_id: UUID,
    act: str,
) -> HttpResponse:
    """Say one thing of a passenger: missing, or a single one after all."""
    row = common.manifest_of(actor, district, manifest_id)
    if act not in ("missing", "single") or queries.passenger(row, passenger_id) is None:
        raise Refuse(NOT_FOUND)
    where = reverse("passenger", args=[district, row.id, passenger_id])
    payload = {"passenger_id": str(passenger_id)}
    command = f"passenger.{act}"
    return acts.press(request, actor, command, payload, where, _("It is noted."), district)
