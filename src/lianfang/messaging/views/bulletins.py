"""What is told, at the desk: the list, something new, how far it came, the doors that are left."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, time_of
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.messaging import bulletin_queries as queries
from lianfang.messaging import words
from lianfang.messaging.bulletin_forms import BulletinForm, WhyForm, WordsForm
from lianfang.messaging.rules import Audience, BulletinKind, Severity, Verdict
from lianfang.messaging.views.common import listing, workbook
from lianfang.people import account_queries, history
from lianfang.people.pages import Stat, area_choices, badge, when
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.messaging.models import Bulletin

_TONES: dict[str, c.Tone] = {"severe": "bad", "moderate": "warn"}


def tabs(actor: Actor) -> list[c.Link]:
    """Return the pages of information."""
    pages = [c.Link(_("What is told"), reverse("bulletins"))]
    if actor.may_somewhere(Verb.SERVE):
        pages.append(c.Link(_("Questions"), reverse("questions")))
    return pages


@require_safe
@page
def bulletins(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List what was told in the actor's scope, with a search over all of its text."""
    text = request.GET.get("q", "").strip()[:60]
    kind = request.GET.get("kind", "")
    kind = kind if kind in set(BulletinKind) else ""
    rows = queries.search(queries.bulletins(actor), text)
    if kind:
        rows = rows.filter(kind=kind)
    if request.GET.get("state") != "all":
        rows = queries.live(rows)
    if request.GET.get("export"):
        return _export(list(rows.order_by("-published_at")[:5_000]))
    part = paging.page(
        rows, ["-published_at", "district", "id"], request.GET.get("cursor", ""), size=30
    )
    areas = area_queries.labels(r.area_id for r in part.rows)
    table = c.Table(
        id="bulletins",
        caption=_("What is told"),
        columns=[
            c.Column(_("Title"), primary=True),
            c.Column(_("What it is")),
            c.Column(_("Where")),
            c.Column(_("To whom")),
            c.Column(_("When")),
        ],
        rows=[
            c.Row(
                [
                    r.title,
                    badge(_kind(r), _TONES.get(r.severity, "plain")),
                    areas.get(r.area_id, ""),
                    words.AUDIENCES[Audience(r.audience)],
                    when(r.published_at),
                ],
                reverse("bulletin", args=[r.district, r.id]),
            )
            for r in part.rows
        ],
        filters=[
            c.Filter("q", _("Search"), value=text),
            c.Filter("kind", _("What it is"), [("", _("All")), *words.BULLETINS.items()], kind),
            c.Filter(
                "state",
                _("Which"),
                [("", _("What holds now")), ("all", _("All"))],
                request.GET.get("state", ""),
            ),
        ],
        action=request.path,
        export=paging.address(request, export="xlsx", cursor=""),
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Nothing is told yet"),
        empty_text=_("Tell every household the same true thing, before rumours do."),
    )
    buttons = []
    if actor.may_somewhere(Verb.ANNOUNCE):
        new_ = reverse("bulletin_new")
        buttons.append(c.Action(_("Tell people something"), new_, "plus", "primary"))
    return listing(request, _("Information"), table, buttons=buttons, tabs=tabs(actor))


def _kind(row: Bulletin) -> str:
    kind = str(words.BULLETINS[BulletinKind(row.kind)])
    verdict = words.VERDICTS[Verdict(row.verdict)]
    return f"{kind}: {verdict}" if verdict else kind


def _export(rows: list[Bulletin]) -> HttpResponse:
    areas = area_queries.labels(r.area_id for r in rows)
    head = [_("When"), _("What it is"), _("Where"), _("Title"), _("Text"), _("Source")]
    lines = [
        [when(r.published_at), _kind(r), areas.get(r.area_id, ""), r.title, r.text, r.source]
        for r in rows
    ]
    return workbook("information", head, lines)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Tell something new; above the districts each district below gets its own record."""
    if not actor.may_somewhere(Verb.ANNOUNCE):
        raise Refuse(NOT_FOUND)
    units = [
        (str(o.id), o.name) for o in account_queries.organisations(actor).order_by("path")[:300]
    ]
    form = BulletinForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.ANNOUNCE, below=False, deepest=Level.GRID),
        units=units,
        initial={"kind": request.GET.get("kind", "")},
    )
    if request.method == "POST" and form.is_valid():
        bulletin_id = form.child("bulletin")
        targets = queries.targets(actor, UUID(form.cleaned_data["area_id"]))
        if not targets:
            raise Refuse(NOT_FOUND)
        district, area_id = targets[0]
        content = form.payload(bulletin_id, str(area_id))
        if receipt := acts.send(actor, form, "bulletin.publish", content, district):
            others = [
                Entry(
                    derive_id(form.entry, other),
                    "bulletin.publish",
                    {**content, "area_id": str(other_area)},
                    now(),
                    other,
                    device_at=time_of(form.entry),
                )
                for other, other_area in targets[1:]
            ]
            submit(actor, others)
            where = reverse("bulletin", args=[district, bulletin_id])
            return acts.done(request, receipt, _("Told."), where)
    back = reverse("bulletins")
    context = {"title": _("Tell people something"), "back": back, "save": _("Publish")}
    return acts.show(request, "messaging/form.html", form, context)


def _one(actor: Actor, district: str, bulletin_id: UUID) -> Bulletin:
    row = queries.bulletin(actor, district, bulletin_id)
    found(row)
    assert row
    return row


@require_safe
@page
def bulletin(request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID) -> HttpResponse:
    """Show what was told, how far it came, and which grids have doors left."""
    row = _one(actor, district, bulletin_id)
    area = queries.area_of(row)
    args = [district, row.id]
    may = actor.may(Verb.ANNOUNCE, row.path) and not row.withdrawn_at
    buttons = [c.Action(_("Print for doors"), reverse("bulletin_print", args=args), "print")]
    if may:
        buttons += [
            c.Action(_("Correct"), reverse("bulletin_change", args=args), "edit", "quiet"),
            c.Action(_("Withdraw"), reverse("bulletin_withdraw", args=args), "close", "danger"),
        ]
    context: dict[str, object] = {}
    table = None
    if row.audience == Audience.HOUSEHOLDS and actor.may_somewhere(Verb.READ):
        figures = queries.figures(row)
        doors = reverse("bulletin_doors", args=args)
        context["stats"] = [
            _stat(_("Doors reached"), figures.reached, figures.doors),
            _stat(_("Read"), figures.read, figures.doors),
            _stat(_("Not reached"), figures.missed, href=doors, tone="warn"),
            _stat(_("Duties to knock"), figures.knocks, href=reverse("duties")),
        ]
        table = _grids(actor, row)
        context["table_title"] = _("By grid")
        if may and figures.missed and not row.knocked_at:
            knock_ = reverse("bulletin_knock", args=args)
            label = _("Let them be gone to now")
            buttons.append(c.Action(label, knock_, "door", post=True, fields=acts.once()))
    note = _("Withdrawn: %(why)s") % {"why": row.withdrawn_why} if row.withdrawn_at else _kind(row)
    return listing(
        request,
        row.title,
        table,
        context,
        over=area.name if area else "",
        note=f"{note} · {words.SEVERITIES[Severity(row.severity)]} · {when(row.published_at)}",
        body=row.text,
        source=row.source,
        buttons=buttons,
        tabs=tabs(actor),
        moments=history.moments(queries.records(row)),
    )


def _stat(
    label: str, value: int, of: int | None = None, href: str = "", tone: c.Tone = "plain"
) -> Stat:
    """Return a number at the top of the page; nothing is no alarm."""
    return Stat(label, value, of, href, tone if value else "plain")


def _grids(actor: Actor, row: Bulletin) -> c.Table:
    doors = reverse("bulletin_doors", args=[row.district, row.id])
    return c.Table(
        id="grids",
        caption=_("By grid"),
        columns=[
            c.Column(_("Grid"), primary=True),
            c.Column(_("Doors"), numeric=True),
            c.Column(_("Not reached"), numeric=True),
        ],
        rows=[
            c.Row([a.name, every, left], f"{doors}?area={a.id}", tone="warn" if left else "plain")
            for a, every, left in queries.by_grid(actor, row)
        ],
        empty_title=_("No doors here"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def change(request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID) -> HttpResponse:
    """Correct what was told."""
    row = _one(actor, district, bulletin_id)
    initial = {n: getattr(row, n) for n in ("title", "text", "source", "verdict")}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=initial)
    back = reverse("bulletin", args=[district, row.id])
    if request.method == "POST" and form.is_valid():
        content = {"bulletin_id": str(row.id), **form.said()}
        if receipt := acts.send(actor, form, "bulletin.change", content, district):
            return acts.done(request, receipt, _("Corrected."), back)
    return acts.show(request, "messaging/form.html", form, {"title": _("Correct"), "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def withdraw(request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID) -> HttpResponse:
    """Withdraw what was told."""
    row = _one(actor, district, bulletin_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    back = reverse("bulletin", args=[district, row.id])
    if request.method == "POST" and form.is_valid():
        content = {"bulletin_id": str(row.id), "why": form.cleaned_data["why"]}
        if receipt := acts.send(actor, form, "bulletin.withdraw", content, district):
            return acts.done(request, receipt, _("Withdrawn."), back)
    context = {"title": _("Withdraw"), "over": row.title, "back": back, "save": _("Withdraw")}
    return acts.show(request, "messaging/form.html", form, context)


@require_POST
@page
def knock(request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID) -> HttpResponse:
    """Open the duties to knock now."""
    row = _one(actor, district, bulletin_id)
    back = reverse("bulletin", args=[district, row.id])
    content = {"bulletin_id": str(row.id)}
    said = _("Each grid has a duty with its doors.")
    return acts.press(request, actor, "bulletin.knock", content, back, said, district)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def doors(request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID) -> HttpResponse:
    """List the doors that something has not reached, each with a button for who told it."""
    row = _one(actor, district, bulletin_id)
    wanted = request.GET.get("area", "")
    area = area_queries.area(actor, UUID(wanted)) if _is_id(wanted) else None
    rows = queries.missed(actor, row, area.id if area else None)
    if text := request.GET.get("q", "").strip()[:40]:
        rows = rows.filter(address_key__icontains=text)
    if request.GET.get("export") or request.method == "POST":
        return _take_out(request, actor, row, list(rows.order_by("sort_key", "id")[:10_000]))
    part = paging.page(rows, ["sort_key", "id"], request.GET.get("cursor", ""), size=50)
    told = reverse("bulletin_told", args=[district, row.id])
    table = c.Table(
        id="doors",
        caption=_("Doors not reached"),
        columns=[c.Column(_("Door"), primary=True), c.Column(_("Grid")), c.Column("")],
        rows=[
            c.Row(
                [
                    home.label,
                    home.area.name,
                    _told_button(request, told, str(home.id))
                    if actor.may(Verb.VISIT, home.path)
                    else "",
                ]
            )
            for home in part.rows
        ],
        filters=[c.Filter("q", _("Door"), value=text)],
        action=paging.address(request, cursor="", q=""),
        export=paging.address(request, export="xlsx", cursor=""),
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("Every door is reached"),
    )
    return listing(request, _("Doors not reached"), table, over=row.title, tabs=tabs(actor))


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _told_button(request: HttpRequest, where: str, household_id: str) -> object:
    from django.template.loader import render_to_string

    action = c.Action(
        _("Told"),
        where,
        "check",
        post=True,
        fields=(*acts.once(), ("household_id", household_id), ("back", request.get_full_path())),
    )
    return render_to_string("messaging/c/act.html", {"action": action}, request)


def _take_out(
    request: HttpRequest, actor: Actor, row: Bulletin, homes: list[object]
) -> HttpResponse:
    """Give the list as a file, once the journal keeps that it was taken."""
    form = acts.Once(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        content = {"area_id": str(row.area_id), "what": "doors_not_reached", "rows": len(homes)}
        if acts.send(actor, form, "export.record", content, row.district):
            lines = [[h.area.name, h.label] for h in homes]  # type: ignore[attr-defined]
            return workbook("doors", [_("Grid"), _("Door")], lines)
    context = {
        "title": _("As an Excel file"),
        "back": reverse("bulletin_doors", args=[row.district, row.id]),
        "hint": _("The journal keeps that you took this list out."),
    }
    return acts.show(request, "messaging/form.html", form, context)


@require_POST
@page
def told(request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID) -> HttpResponse:
    """Note that a household was told."""
    row = _one(actor, district, bulletin_id)
    content = {"bulletin_id": str(row.id), "household_id": request.POST.get("household_id", "")}
    back = request.POST.get("back", "")
    here = reverse("bulletin_doors", args=[district, row.id])
    back = back if back.startswith(here) else here
    return acts.press(request, actor, "bulletin.told", content, back, _("Noted."), district)


@require_safe
@page
def print_page(
    request: HttpRequest, actor: Actor, district: str, bulletin_id: UUID
) -> HttpResponse:
    """Show the notice for a door or a board, to be printed."""
    row = _one(actor, district, bulletin_id)
    area = queries.area_of(row)
    assert area
    context = {
        "row": row,
        "area": area,
        "kind": words.BULLETINS[BulletinKind(row.kind)],
        "verdict": words.VERDICTS[Verdict(row.verdict)],
        "link": request.build_absolute_uri(reverse("news", args=[area.code])),
        "back": reverse("bulletin", args=[district, row.id]),
    }
    return render(request, "messaging/print.html", context)
