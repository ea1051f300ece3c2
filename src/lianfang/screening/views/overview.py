"""The list of rounds, and a round's page: where it stands, from the top down to the doors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lianfang.areas.rules import Level
from lianfang.areas.words import LEVELS
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.pages import MOST_ROWS, sheet, sheet_link
from lianfang.screening import door_queries, looks, queries
from lianfang.screening.rules import Counts, RoundState
from lianfang.screening.views import wall
from lianfang.screening.views.common import area_of, crumbs, may_close, the_round, there
from lianfang.screening.views.doors import building_name
from lianfang.screening.words import ROUND_STATES
from lianfang.web import components as c
from lianfang.web import paging, words
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.areas.models import Area
    from lianfang.screening.models import Round

Pairs = list[tuple["Area", Counts]]


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the rounds that touch the actor's areas, the running ones first asked for."""
    if not actor.may_somewhere(Verb.READ):
        raise Refuse(NOT_FOUND)
    table = _rounds_table(request, actor)
    context = {"table": table, "may_open": actor.may_somewhere(Verb.PLAN_ROUND)}
    template = "web/table.html" if is_htmx(request) else "screening/rounds.html"
    return render(request, template, context)


def _found(
    request: HttpRequest, actor: Actor, verb: Verb = Verb.READ
) -> tuple[QuerySet[Round], str, str]:
    """Return the rounds that fit, and what was typed and chosen."""
    text = request.GET.get("q", "").strip()[:60]
    state = request.GET.get("state", "")
    found = queries.rounds(actor, verb)
    if text:
        found = found.filter(name__icontains=text)
    if state in {s.value for s in RoundState}:
        found = found.filter(state=state)
    return found, text, state


def _columns() -> list[c.Column]:
    return [
        c.Column(_("Round"), primary=True),
        c.Column(_("Covers")),
        c.Column(_("Days")),
        c.Column(_("State")),
        c.Column(_("Covered"), numeric=True),
        c.Column(_("Open doors"), numeric=True),
    ]


@require_safe
@page
def listing_xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give the list of rounds as a file, as it is filtered; each counts what the actor sees."""
    found, _text, _state = _found(request, actor, Verb.EXPORT)
    rows = list(found[:MOST_ROWS])
    areas = queries.areas_of([r.id for r in rows])
    sums = queries.totals(actor, [r.id for r in rows])
    lines = (
        [
            r.name,
            _(", ").join(areas.get(r.id, [])),
            _days(r),
            ROUND_STATES[RoundState(r.state)],
            _share(sums.get(r.id, Counts())),
            sums.get(r.id, Counts()).open,
        ]
        for r in rows
    )
    columns = [column.label for column in _columns()]
    return sheet(actor, _("Rounds"), columns, lines, name="rounds")


def _rounds_table(request: HttpRequest, actor: Actor) -> c.Table:
    found, text, state = _found(request, actor)
    part = paging.page(found, ["-opened_at", "id"], request.GET.get("cursor", ""), size=25)
    areas = queries.areas_of([r.id for r in part.rows])
    sums = queries.totals(actor, [r.id for r in part.rows])
    rows = [
        c.Row(
            [
                r.name,
                _names(areas.get(r.id, [])),
                _days(r),
                _state_badge(r),
                _share(sums.get(r.id, Counts())),
                sums.get(r.id, Counts()).open,
            ],
            reverse("round", args=[r.id]),
        )
        for r in part.rows
    ]
    return c.Table(
        id="rounds",
        caption=_("Rounds"),
        columns=_columns(),
        rows=rows,
        export=sheet_link(request, actor, "rounds_xlsx"),
        filters=[
            c.Filter("q", _("Round"), value=text),
            c.Filter("state", _("State"), [("", _("All")), *_states()], state),
        ],
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No round fits") if text or state else _("No round yet"),
        empty_text=_("Try another word or state.")
        if text or state
        else _("Open the first round: choose the area and the days, and every door is counted."),
    )


def _states() -> list[tuple[str, Any]]:
    return [(state.value, label) for state, label in ROUND_STATES.items()]


def _state_badge(round_: Round) -> object:
    running = round_.state == RoundState.OPEN
    return words.render(
        "web/c/badge.html",
        label=ROUND_STATES[RoundState(round_.state)],
        tone="info" if running else "plain",
        icon="round" if running else "check",
    )


def _names(areas: list[str]) -> str:
    more = len(areas) - 3
    shown = _(", ").join(areas[:3])
    return shown + (" " + _("and %(n)d more") % {"n": more} if more > 0 else "")


def _days(round_: Round) -> str:
    if round_.first_day == round_.last_day:
        return f"{round_.first_day:%Y-%m-%d}"
    return f"{round_.first_day:%Y-%m-%d} – {round_.last_day:%m-%d}"


def _share(counts: Counts) -> str:
    return looks.per_cent(counts) if counts.households else "—"


@require_safe
@page
def overview(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Show where a round stands in one area: numbers, its parts, what is open."""
    round_ = the_round(actor, round_id)
    area = area_of(request, actor, round_)
    parts: Pairs
    if area is None:
        entries = queries.entries(actor, round_.id)
        parts = [(one, queries.coverage(actor, round_.id, one)) for one in entries]
        counts = sum((n for _one, n in parts), Counts())
    else:
        parts = queries.coverage_of_children(actor, round_.id, area)
        parts = [(one, n) for one, n in parts if n.households or one.level == Level.GRID]
        counts = queries.coverage(actor, round_.id, area)
    context = {
        "round": round_,
        "area": area,
        "state": _state_badge(round_),
        "days": _days(round_),
        "crumbs": crumbs(actor, round_, area) if area else [],
        "counts": counts,
        "coverage": looks.coverage(counts),
        "links": _links(actor, round_, area),
        "actions": _actions(actor, round_, area),
        "lists": bool(area and door_queries.may_list(actor, area)),
        "running": round_.state == RoundState.OPEN,
        "under": _under(area, parts),
    }
    if parts and all(one.level == Level.GRID for one, _n in parts):
        context["tiles"] = [_tile(round_, one, n) for one, n in parts]
    elif parts:
        context["table"] = _parts_table(request, round_, parts)
    if area and area.level >= Level.COMMUNITY and door_queries.may_list(actor, area):
        context["buildings"] = _buildings(actor, round_, area)
    if is_htmx(request) and "table" in context:
        return render(request, "web/table.html", context)
    return render(request, "screening/round.html", context)


def _under(area: Area | None, parts: Pairs) -> str:
    if area is None or not parts:
        return _("Areas")
    if parts[0][0].level == Level.GRID:
        return _("Grids")
    return str(LEVELS[Level(parts[0][0].level)])


def _links(actor: Actor, round_: Round, area: Area | None) -> dict[str, str]:
    """Return where each number opens: the list of its doors, for those who may see them."""
    if area is None or not door_queries.may_list(actor, area):
        return {}
    shown = ["done", "excused", "open", "silent"]
    if actor.sees(Sight.HEALTH, area.path):
        shown.append("fever")
    links = {part: there("round_doors", round_, area, part=part) for part in shown}
    if "fever" in links:
        links["fever"] = there("round_fevers", round_, area)
    return links


def _actions(actor: Actor, round_: Round, area: Area | None) -> list[c.Action]:
    found = []
    if area and door_queries.may_list(actor, area) and area.level >= Level.COMMUNITY:
        found.append(c.Action(_("By building"), there("round_building", round_, area), "building"))
    if area and area.level < Level.STREET and wall.may_show(actor, area):
        found.append(c.Action(_("Wall of communities"), there("round_wall", round_, area), "grid"))
    if area and round_.series_id and area.district:
        found.append(c.Action(_("Day by day"), there("round_days", round_, area), "calendar"))
    if area and actor.may(Verb.READ_JOURNAL, area.path):
        found.append(c.Action(_("Proof"), there("round_proof", round_, area), "shield"))
    if may_close(actor, round_):
        if round_.state == RoundState.OPEN:
            found.append(c.Action(_("Close the round"), there("round_close", round_), "lock"))
        else:
            where = reverse("round_open") + f"?continues={round_.id}"
            found.append(c.Action(_("Second round"), where, "round", "primary"))
    return found


def _tile(round_: Round, area: Area, counts: Counts) -> c.Tile:
    alert = ""
    if counts.fever:
        alert = ngettext("%(n)d fever", "%(n)d fevers", counts.fever) % {"n": counts.fever}
    note = "" if area.named else _("Nobody named")
    return c.Tile(area.name, looks.coverage(counts), there("round", round_, area), note, alert)


_SORTS = {
    "share": lambda pair: pair[1].percent,
    "open": lambda pair: pair[1].open,
    "silent": lambda pair: pair[1].silent,
    "fever": lambda pair: pair[1].fever,
    "households": lambda pair: pair[1].households,
}


def _parts_table(request: HttpRequest, round_: Round, parts: Pairs) -> c.Table:
    """Return the areas directly below as a table; it sorts by any number."""
    sort = request.GET.get("sort", "")
    if key := _SORTS.get(sort.lstrip("-")):
        parts = sorted(parts, key=key, reverse=sort.startswith("-"))

    def column(label: str, name: str) -> c.Column:
        now = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        after = name if sort == f"-{name}" else f"-{name}"
        if name == "share":
            after = "-share" if sort == "share" else "share"
        return c.Column(label, paging.address(request, sort=after), now, numeric=True)  # type: ignore[arg-type]

    rows = [
        c.Row(
            [
                one.name,
                _share(n),
                words.number(n.households),
                words.number(n.done),
                words.number(n.excused),
                words.number(n.open),
                words.number(n.silent),
                words.number(n.fever),
            ],
            there("round", round_, one),
            "bad" if n.silent else "plain",
        )
        for one, n in parts
    ]
    return c.Table(
        id="parts",
        caption=_under(parts[0][0], parts),
        columns=[
            c.Column(_("Area"), primary=True),
            column(_("Covered"), "share"),
            column(_("Households"), "households"),
            c.Column(_("Done"), numeric=True),
            c.Column(_("Excused"), numeric=True),
            column(_("Open"), "open"),
            column(_("Silent"), "silent"),
            column(_("Fever"), "fever"),
        ],
        rows=rows,
        empty_title=_("No door in this area yet"),
        empty_text=_("Import a roster, and the round counts its doors at once."),
    )


def _buildings(actor: Actor, round_: Round, area: Area) -> list[c.Tile]:
    """Return the buildings of a grid (or of a community not yet divided) as tiles."""
    if area.level == Level.COMMUNITY:
        return []
    return [
        c.Tile(
            building_name(one.name),
            looks.coverage(one.counts),
            there("round_building", round_, area, building=one.name or "-"),
            alert=ngettext("%(n)d fever", "%(n)d fevers", one.counts.fever)
            % {"n": one.counts.fever}
            if one.counts.fever and actor.sees(Sight.HEALTH, area.path)
            else "",
        )
        for one in door_queries.by_building(actor, round_, area)
    ]
