"""Posts: the list, one post with its counts, and what is changed about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import FORBIDDEN, Refuse
from lianfang.kernel.times import local
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import history
from lianfang.stations import forms as f
from lianfang.stations import passage_queries, queries, stand_queries, words
from lianfang.stations.passage_queries import Hour
from lianfang.stations.rules import Direction, PostKind, PostState
from lianfang.stations.views import common
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.stations.models import Passage, Post

_EXPORT_MOST = 5_000


def _filters(request: HttpRequest) -> tuple[str, str, bool]:
    kind = request.GET.get("kind", "")
    kind = kind if kind in set(map(str, PostKind)) else ""
    return request.GET.get("q", "")[:60], kind, request.GET.get("state") == "all"


@require_safe
@page
def index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the posts of one's scope with what they counted today."""
    text, kind, every = _filters(request)
    found = queries.narrowed(
        queries.posts(actor, area_queries.districts(actor), closed=every), text=text, kind=kind
    )
    part = paging.page(found, ["name", "id"], request.GET.get("cursor", ""), 40)
    sums = _sums(part.rows)
    rows = [
        c.Row(
            [
                post.name,
                words.KINDS[PostKind(post.kind)],
                post.area.name,
                sums.get(post.id, _NOTHING).into,
                sums.get(post.id, _NOTHING).out,
                sums.get(post.id, _NOTHING).fevers,
                words.STATES[PostState(post.state)],
            ],
            common.address("post", post),
            tone="bad" if sums.get(post.id, _NOTHING).fevers else "plain",
        )
        for post in part.rows
    ]
    table = c.Table(
        "posts",
        _("Posts"),
        [
            c.Column(_("Name"), primary=True),
            c.Column(pgettext("post", "Kind")),
            c.Column(_("Area")),
            c.Column(_("In today"), numeric=True),
            c.Column(_("Out today"), numeric=True),
            c.Column(_("Fever today"), numeric=True),
            c.Column(_("State")),
        ],
        rows,
        filters=[
            c.Filter("q", _("Name or place"), (), text),
            c.Filter(
                "kind",
                pgettext("post", "Kind"),
                [("", _("All kinds")), *acts.choices(words.KINDS)],
                kind,
            ),
            c.Filter(
                "state",
                _("State"),
                [("", words.STATES[PostState.OPEN]), ("all", _("With the closed ones"))],
                "all" if every else "",
            ),
        ],
        action=reverse("posts"),
        export=paging.address(request, cursor="").replace(
            reverse("posts"), reverse("posts_export"), 1
        ),
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No posts here"),
        empty_text=_("A gate, a checkpoint, a station: put one up where people stand duty."),
    )
    buttons = [c.Action(_("Situation"), reverse("posts_board"), "chart")]
    if actor.may_somewhere(Verb.ORGANISE):
        buttons.append(c.Action(_("Put up a post"), reverse("post_new"), "plus", "primary"))
    return common.listing(request, table, title=_("Posts"), buttons=buttons)


_NOTHING = Hour(datetime.min)


def _sums(posts: list[Any]) -> dict[UUID, Hour]:
    """Return today's sums of posts of any districts."""
    result: dict[UUID, Hour] = {}
    for district in sorted({p.district for p in posts}):
        ids = [p.id for p in posts if p.district == district]
        result |= passage_queries.days(district, ids, common.today())
    return result


@require_safe
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of posts with today's counts as an Excel file."""
    text, kind, every = _filters(request)
    found = queries.narrowed(
        queries.posts(actor, area_queries.districts(actor), closed=every), text=text, kind=kind
    )
    posts = list(found.order_by("name", "id")[:_EXPORT_MOST])
    sums = _sums(posts)
    head = [
        _("Name"),
        pgettext("post", "Kind"),
        _("Area"),
        _("Where it is"),
        _("In today"),
        _("Out today"),
        _("Fever today"),
        _("State"),
    ]
    rows = [
        [
            p.name,
            str(words.KINDS[PostKind(p.kind)]),
            p.area.name,
            p.address,
            sums.get(p.id, _NOTHING).into,
            sums.get(p.id, _NOTHING).out,
            sums.get(p.id, _NOTHING).fevers,
            str(words.STATES[PostState(p.state)]),
        ]
        for p in posts
    ]
    return common.workbook(actor, "posts", head, rows)


def day_of(request: HttpRequest) -> date:
    """Return the day in the address, today without one."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return common.today()


@require_safe
@page
def post(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Show a post: today's counts by the hour, who stands there, who passed."""
    row = common.one(actor, district, post_id)
    day = day_of(request)
    hours = passage_queries.hours(district, [row.id], day)
    table = _passages(request, actor, row)
    if is_htmx(request):
        return render(request, "web/table.html", {"table": table})
    waiting = passage_queries.waiting(district, [row.id]).get(row.id)
    stands = stand_queries.at_posts(actor, [row]).get(row.id, [])
    name = common.team_names([row.team_id]).get(row.team_id, "") if row.team_id else ""
    context = {
        "post": row,
        "kind": words.KINDS[PostKind(row.kind)],
        # What a phone scans to stand at this post.
        "code": request.build_absolute_uri(reverse("post", args=[row.district, row.id])),
        "crumbs": common.crumbs(actor, row),
        "actions": _actions(actor, row),
        "day": day,
        "is_today": day == common.today(),
        "chart": common.bars(hours),
        "hours": [h for h in hours if h.into or h.out or h.fevers],
        "sums": {
            "into": sum(h.into for h in hours),
            "out": sum(h.out for h in hours),
            "passages": sum(h.passages for h in hours),
            "fevers": sum(h.fevers for h in hours),
        },
        "waiting": waiting,
        "people": [_person(row, s) for s in stands],
        "planned": [_shift(s) for s in stand_queries.planned(actor, row)],
        "team": c.Link(name, f"{reverse('posts_board')}?team={row.team_id}") if name else None,
        "table": table,
        "fever": row.fever / 10,
        "closed": row.state == PostState.CLOSED,
        "moments": history.moments(
            list(queries.acts_on(row)), sees=history.seeing(actor, row.path), reader=actor
        ),
    }
    return render(request, "stations/post.html", context)


def _person(row: Post, stand: stand_queries.Stand) -> c.Person:
    note = _("since %(time)s, day %(days)d in a row") % {
        "time": local(stand.since).strftime("%m-%d %H:%M") if stand.since else "—",
        "days": stand.days_in_row,
    }
    tired = [c.Badge(_("To be relieved"), "bad", "warning")] if stand.relief else []
    return c.Person(
        stand.name or _("Somebody"),
        reverse("person", args=[row.district, stand.person_id]),
        note,
        badges=tired,
    )


def _shift(stand: stand_queries.Stand) -> c.Person:
    assert stand.starts_at
    assert stand.ends_at
    note = f"{local(stand.starts_at):%m-%d %H:%M} – {local(stand.ends_at):%H:%M}"
    return c.Person(stand.name or _("Somebody"), "", note)


def _actions(actor: Actor, row: Post) -> list[c.Action]:
    result: list[c.Action] = []
    if row.state == PostState.OPEN:
        if passage_queries.takes(actor, row):
            where = common.address("post_pass", row)
            result.append(c.Action(_("Record a passage"), where, "plus", "primary"))
        if actor.may(Verb.WORK, row.path):
            result.append(c.Action(_("Count heads"), common.address("post_count", row), "people"))
        if actor.may(Verb.ORGANISE, row.path):
            result.append(c.Action(_("Correct"), common.address("post_edit", row), "edit"))
            result.append(
                c.Action(_("Close a post"), common.address("post_close", row), "close", "quiet")
            )
    return [
        *result,
        c.Action(_("As an Excel file"), common.address("post_hours", row), "download", "quiet"),
    ]


def _passages(request: HttpRequest, actor: Actor, row: Post) -> c.Table:
    """Return the passages of a post, the latest first, as far as the actor sees them."""
    text = request.GET.get("plate", "")[:20]
    found = passage_queries.passages(actor, row, plate_text=text)
    part = paging.page(found, ["-at", "id"], request.GET.get("cursor", ""), 20)
    heat = passage_queries.temperatures(row.district, [p.id for p in part.rows])
    whole = actor.sees(Sight.MOVEMENT, row.path) or passage_queries.takes(actor, row)
    return c.Table(
        "passages",
        _("Passages"),
        [
            c.Column(_("Time"), primary=True),
            c.Column(_("Number plate")),
            c.Column(_("Direction")),
            c.Column(_("From – to")),
            c.Column(_("People"), numeric=True),
            c.Column(_("Temperatures")),
        ],
        [_passage(p, heat.get(p.id, [])) for p in part.rows],
        filters=[c.Filter("plate", _("Number plate"), (), text)],
        action=common.address("post", row),
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No passages") if whole else _("Passages are not shown to you"),
        empty_text="" if whole else _("The counts are; who passed is seen at the post."),
    )


def _passage(row: Passage, heat: list[Any]) -> c.Row:
    way = " – ".join(part for part in (row.from_place, row.to_place) if part)
    return c.Row(
        [
            local(row.at).strftime("%m-%d %H:%M"),
            row.vehicle.plate if row.vehicle else "—",
            words.DIRECTIONS[Direction(row.direction)],
            way or "—",
            row.people,
            "  ".join(f"{t / 10:.1f}" if t else "—" for t in heat),
        ],
        tone="bad" if row.fevers else "plain",
    )


@require_safe
@page
def hours(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Give a day's counts by the hour as an Excel file."""
    row = common.one(actor, district, post_id)
    found = passage_queries.hours(district, [row.id], day_of(request))
    head = [
        _("Hour"),
        _("Passages"),
        pgettext("passage", "In"),
        pgettext("passage", "Out"),
        _("Fever"),
        _("Counted in"),
        _("Counted out"),
    ]
    rows = [
        [
            f"{h.at:%Y-%m-%d %H:%M}",
            h.passages,
            h.people_in,
            h.people_out,
            h.fevers,
            h.crowd_in,
            h.crowd_out,
        ]
        for h in found
    ]
    return common.workbook(actor, "hours", head, rows)


_FIELDS = ("area_id", "kind", "name", "address", "team_id", "fever")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Put up a post."""
    areas = common.area_choices(actor)
    if not areas:
        raise Refuse(FORBIDDEN)
    form = f.PostForm(
        request.POST if request.method == "POST" else None,
        areas=areas,
        teams=common.team_choices(actor),
        initial={"area_id": request.GET.get("area", "")},
    )
    if request.method == "POST" and form.is_valid():
        area = area_queries.area(actor, UUID(form.cleaned_data["area_id"]))
        assert area
        post_id = form.child("post")
        payload = {"post_id": post_id, **acts.cleaned(form, _FIELDS)}
        if receipt := acts.send(actor, form, "post.open", payload, area.district):
            where = reverse("post", args=[area.district, post_id])
            return acts.done(request, receipt, _("The post stands."), where)
    return common.form_page(request, form, _("Put up a post"), reverse("posts"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Correct a post."""
    row = common.one(actor, district, post_id)
    if not actor.may(Verb.ORGANISE, row.path):
        raise Refuse(FORBIDDEN)
    initial = {name: getattr(row, name) for name in _FIELDS} | {"fever": f"{row.fever / 10:.1f}"}
    areas = common.area_choices(actor)
    if str(row.area_id) not in {value for value, _label in areas}:
        areas.insert(0, (str(row.area_id), row.area.name))
    form = f.PostForm(
        request.POST if request.method == "POST" else None,
        areas=areas,
        teams=common.team_choices(actor),
        initial=initial,
    )
    back = common.address("post", row)
    if request.method == "POST" and form.is_valid():
        payload = {"post_id": str(row.id), **acts.cleaned(form, _FIELDS)}
        if receipt := acts.send(actor, form, "post.correct", payload, district):
            return acts.done(request, receipt, _("Saved."), back)
    return common.form_page(request, form, _("Correct a post"), back, over=row.name)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def close(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Close a post."""
    row = common.one(actor, district, post_id)
    if not actor.may(Verb.ORGANISE, row.path):
        raise Refuse(FORBIDDEN)
    form = f.CloseForm(request.POST if request.method == "POST" else None)
    back = common.address("post", row)
    if request.method == "POST" and form.is_valid():
        payload = {"post_id": str(row.id), **acts.cleaned(form, ["why"])}
        if receipt := acts.send(actor, form, "post.close", payload, district):
            return acts.done(request, receipt, _("The post is closed."), back)
    return common.form_page(
        request,
        form,
        _("Close a post"),
        back,
        over=row.name,
        hint=_("What was recorded here stays; nothing more can be."),
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def count(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Write down heads counted at a post."""
    row = common.one(actor, district, post_id)
    form = f.CrowdForm(request.POST if request.method == "POST" else None)
    back = common.address("post", row)
    if request.method == "POST" and form.is_valid():
        payload = {"post_id": str(row.id), **acts.cleaned(form, ["entered", "left", "waiting"])}
        if receipt := acts.send(actor, form, "post.count", payload, district):
            return acts.done(request, receipt, _("Counted."), back)
    return common.form_page(
        request,
        form,
        _("Count heads"),
        back,
        over=row.name,
        hint=_("Since the last count. Whoever is written down as a passage is counted already."),
    )
