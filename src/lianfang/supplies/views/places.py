"""Key places at the desk: the register, what is due, an inspection, what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people import account_queries
from lianfang.people.pages import (
    Section,
    Stat,
    area_choices,
    badge,
    chosen,
    district_of,
    filtered,
    listed,
    searched,
    sheet,
    sheet_link,
    show,
    want,
    when,
)
from lianfang.supplies import place_queries as queries
from lianfang.supplies import words
from lianfang.supplies.forms import FindingForm, InspectForm, PlaceForm
from lianfang.supplies.rules import FindingState, PlaceKind
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.supplies.models import KeyPlace


def _state(row: KeyPlace) -> object:
    if row.closed_at:
        return badge(_("Not in the register any more"))
    if row.last_at is None:
        return badge(_("Never inspected"), "bad", "warning")
    if row.next_at < now():
        return badge(_("Past its day"), "bad", "clock")
    return badge(_("Inspected"), "good", "check")


def _narrowed(
    request: HttpRequest, actor: Actor, verb: Verb = Verb.READ
) -> tuple[Any, list[c.Filter]]:
    part = filtered(request.GET.get("part", ""), queries.PARTS)
    text, kind = (
        searched(request, _("Name of the place")),
        chosen(request, _("Kind"), words.PLACE_KINDS, "kind"),
    )
    found = queries.places(actor, part, verb)
    if text.value:
        found = found.filter(name__icontains=text.value)
    if kind.value:
        found = found.filter(kind=kind.value)
    parts = [
        ("", _("All")),
        ("never", _("Never inspected")),
        ("overdue", _("Past its day")),
        ("findings", _("With open findings")),
    ]
    return found, [text, kind, c.Filter("part", _("Show"), parts, part)]


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the key places in the actor's scope."""
    want(actor, Verb.READ)
    found, filters = _narrowed(request, actor)

    def rows(page_: list[KeyPlace]) -> list[c.Row]:
        areas = area_queries.labels(r.area_id for r in page_)
        return [
            c.Row(
                [
                    r.name,
                    words.PLACE_KINDS[PlaceKind(r.kind)],
                    areas.get(r.area_id, ""),
                    _state(r),
                    when(r.last_at) or "–",
                    r.findings,
                ],
                reverse("key_place", args=[r.district, r.id]),
                "bad" if r.next_at < now() else "plain",
            )
            for r in page_
        ]

    table = listed(
        request,
        found,
        ["next_at", "id"],
        rows,
        id="places",
        caption=_("Key places"),
        columns=[
            c.Column(_("Key place"), primary=True),
            c.Column(_("Kind")),
            c.Column(_("Area")),
            c.Column(_("State")),
            c.Column(_("Last inspected")),
            c.Column(_("Open findings"), numeric=True),
        ],
        filters=filters,
        export=sheet_link(request, actor, "key_places_xlsx"),
        empty_title=_("No place fits"),
        empty_text=_("Register schools, markets and other places that are looked at in a rhythm."),
    )
    total = queries.places(actor).count()
    shown: list[tuple[str, str, c.Tone]] = [
        ("never", _("Never inspected"), "bad"),
        ("overdue", _("Past its day"), "warn"),
        ("findings", _("With open findings"), "warn"),
    ]
    stats = [
        Stat(label, queries.places(actor, part).count(), total, f"{request.path}?part={part}", tone)
        for part, label, tone in shown
    ]
    actions = []
    if actor.may_somewhere(Verb.ORGANISE):
        new_ = c.Action(_("New place"), reverse("key_place_new"), icon="plus", kind="primary")
        actions.append(new_)
    path = [c.Link(_("Stock and supplies"), reverse("supplies")), c.Link(_("Key places"))]
    return show(
        request,
        _("Key places"),
        sections=[Section("", table)],
        stats=stats,
        actions=actions,
        path=path,
    )


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the register as a file, as far as it may be taken out."""
    want(actor, Verb.EXPORT)
    found, _filters = _narrowed(request, actor, Verb.EXPORT)
    rows = list(found.order_by("path", "name")[:20_000])
    areas = area_queries.labels(r.area_id for r in rows)
    heads = [
        _("Key place"),
        _("Kind"),
        _("Area"),
        _("Address"),
        _("Last inspected"),
        _("Next inspection"),
        _("Open findings"),
    ]
    lines = (
        [
            r.name,
            words.PLACE_KINDS[PlaceKind(r.kind)],
            areas.get(r.area_id, ""),
            r.address,
            when(r.last_at),
            when(r.next_at),
            r.findings,
        ]
        for r in rows
    )
    return sheet(actor, _("Key places"), heads, lines, name="places")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Register a place."""
    want(actor, Verb.ORGANISE)
    form = PlaceForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.ORGANISE),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        payload = {
            "place_id": form.child("place"),
            **acts.cleaned(form, ["area_id", "kind", "name", "address", "every_days"]),
            "checklist": [x.strip() for x in data["checklist"].splitlines() if x.strip()],
        }
        district = district_of(actor, data["area_id"])
        receipt = acts.send(actor, form, "place.register", payload, district)
        if receipt is not None:
            where = reverse("key_place", args=[district, payload["place_id"]])
            return acts.done(request, receipt, _("The place is in the register."), where)
    context = {"title": _("New place"), "submit": _("Register"), "back": reverse("key_places")}
    return acts.show(request, "people/parts/form.html", form, context)


def _the_place(actor: Actor, district: str, place_id: UUID) -> KeyPlace:
    row = queries.place(actor, district, place_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, district: str, place_id: UUID) -> HttpResponse:
    """Show a place with what was found there and its inspections."""
    row = _the_place(actor, district, place_id)
    area = area_queries.labels([row.area_id]).get(row.area_id, "")
    kind = str(words.PLACE_KINDS[PlaceKind(row.kind)])
    actions = []
    if actor.may(Verb.WORK, row.path) and not row.closed_at:
        where = reverse("key_place_inspect", args=[district, row.id])
        actions.append(c.Action(_("Inspect"), where, icon="check", kind="primary"))
    sections = [
        Section(_("Findings"), _findings_table(actor, row)),
        Section(_("Inspections"), _inspections_table(row)),
        Section(_("What is looked at"), text="\n".join(row.checklist), icon="duty"),
    ]
    stats = [
        Stat(_("State"), _state(row)),
        Stat(_("Next inspection"), when(row.next_at), note=_("every %d days") % row.every_days),
        Stat(_("Open findings"), row.findings, tone="bad" if row.findings else "good"),
    ]
    path = [
        c.Link(_("Stock and supplies"), reverse("supplies")),
        c.Link(_("Key places"), reverse("key_places")),
        c.Link(row.name),
    ]
    note = " · ".join(x for x in (area, row.address) if x)
    return show(
        request,
        row.name,
        over=kind,
        note=note,
        stats=stats,
        sections=sections,
        actions=actions,
        path=path,
    )


def _findings_table(actor: Actor, row: KeyPlace) -> c.Table:
    rows = []
    for f in queries.findings(row):
        late = f.state != FindingState.ACCEPTED and f.due_at < now()
        step: object = ""
        where = reverse("finding", args=[row.district, row.id, f.id])
        if f.state == FindingState.OPEN and actor.may(Verb.WORK, row.path):
            step = badge(_("Say what was done"), "info", "edit")
        elif f.state == FindingState.MENDED and actor.may(Verb.ASSIGN, row.path):
            step = badge(_("Look and accept"), "info", "eye")
        rows.append(
            c.Row(
                [
                    f.check_name,
                    f.note,
                    badge(
                        words.FINDING_STATES[FindingState(f.state)], words.FINDING_TONES[f.state]
                    ),
                    when(f.due_at),
                    f.proof,
                    step,
                ],
                where if step else "",
                "bad" if late else "plain",
            )
        )
    return c.Table(
        id="findings",
        caption=_("Findings"),
        columns=[
            c.Column(_("Check"), primary=True),
            c.Column(_("What is wrong")),
            c.Column(_("State")),
            c.Column(_("To be mended by")),
            c.Column(_("What was done")),
            c.Column(_("Next step")),
        ],
        rows=rows,
        empty_title=_("Nothing was found"),
    )


def _inspections_table(row: KeyPlace) -> c.Table:
    listed_ = queries.inspections(row)
    who = account_queries.names(i.actor for i in listed_)
    return c.Table(
        id="inspections",
        caption=_("Inspections"),
        columns=[
            c.Column(_("When"), primary=True),
            c.Column(_("In order"), numeric=True),
            c.Column(_("Who")),
            c.Column(_("Remark")),
        ],
        rows=[
            c.Row([when(i.at), f"{i.good}/{i.checks}", who.get(i.actor, ""), i.note])
            for i in listed_
        ],
        empty_title=_("Never inspected"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def inspect(request: HttpRequest, actor: Actor, district: str, place_id: UUID) -> HttpResponse:
    """Write an inspection down."""
    row = _the_place(actor, district, place_id)
    if not actor.may(Verb.WORK, row.path):
        raise Refuse(NOT_FOUND)
    form = InspectForm(request.POST if request.method == "POST" else None, checklist=row.checklist)
    back = reverse("key_place", args=[district, row.id])
    if request.method == "POST" and form.is_valid():
        payload = {"place_id": str(row.id), **form.payload()}
        receipt = acts.send(actor, form, "place.inspect", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("The inspection is noted."), back)
    context = {
        "title": row.name,
        "over": _("Inspection"),
        "submit": _("Write it down"),
        "back": back,
    }
    return acts.show(request, "people/parts/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def finding(
    request: HttpRequest, actor: Actor, district: str, place_id: UUID, finding_id: UUID
) -> HttpResponse:
    """Say what was done about a finding, or look at what somebody says was done."""
    row = _the_place(actor, district, place_id)
    one = next((f for f in queries.findings(row) if f.id == finding_id), None)
    if one is None or one.state == FindingState.ACCEPTED:
        raise Refuse(NOT_FOUND)
    back = reverse("key_place", args=[district, row.id])
    ids = {"place_id": str(row.id), "finding_id": str(one.id)}
    form = FindingForm(request.POST if request.method == "POST" else None)
    if one.state == FindingState.MENDED:
        del form.fields["proof"]
        buttons = [
            c.Action(_("In order"), "yes", icon="check", kind="primary"),
            c.Action(_("Not mended yet"), "no", icon="undo"),
        ]
    else:
        buttons = [c.Action(_("It is mended"), "mend", icon="check", kind="primary")]
    if request.method == "POST" and form.is_valid():
        act = request.POST.get("act", "")
        command, more = "finding.accept", {"enough": act == "yes"}
        if one.state == FindingState.OPEN:
            command, more = "finding.mend", {"proof": form.cleaned_data["proof"]}
        receipt = acts.send(actor, form, command, {**ids, **more}, district)
        if receipt is not None:
            return acts.done(request, receipt, _("Noted."), back)
    sections = [Section(one.check_name, form=form, buttons=buttons, href=request.path, icon="edit")]
    path = [c.Link(_("Key places"), reverse("key_places")), c.Link(row.name, back)]
    note = " · ".join(x for x in (one.note, one.proof) if x)
    return show(request, one.check_name, over=row.name, note=note, sections=sections, path=path)


@require_POST
@page
def close(request: HttpRequest, actor: Actor, district: str, place_id: UUID) -> HttpResponse:
    """Take a place out of the register."""
    row = _the_place(actor, district, place_id)
    words_ = _("The place is inspected no more.")
    payload = {"place_id": str(row.id)}
    where = reverse("key_places")
    return acts.press(request, actor, "place.close", payload, where, words_, district)
