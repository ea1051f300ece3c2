"""The journal for those who may read it; entries that wait or were refused."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel import held as kernel_held
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refusal, Refuse
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries, history, queries
from lianfang.people.views import mending
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

_WHOLE = (Sight.ADDRESS, Sight.IDENTITY, Sight.HEALTH)


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the journal of one district, the latest first, by command, author and days."""
    paths = actor.paths(Verb.READ_JOURNAL)
    if not paths:
        raise Refuse(NOT_FOUND)
    districts = area_queries.districts(actor)
    wide = "" in paths
    choices = [*(["-"] if wide else []), *districts]
    chosen = request.GET.get("district", "")
    if chosen not in choices:
        chosen = districts[0] if districts else (choices[0] if choices else "")
    command = request.GET.get("command", "")[:64]
    table = None
    if chosen:
        areas = None if wide else area_queries.ids_within(paths)
        found = kernel.records("" if chosen == "-" else chosen, areas)
        if command:
            found = found.filter(command=command)
        if who := request.GET.get("who", "").strip()[:40]:
            found = found.filter(actor__in=account_queries.refs(actor, who))
        found = _of_days(request, found, "" if chosen == "-" else chosen)
        part = paging.page(found, ["-seq"], request.GET.get("cursor", ""), size=40)
        table = _table(request, part, choices, chosen, command)
    if is_htmx(request) and table:
        return render(request, "people/household/table.html", {"table": table})
    return render(request, "people/journal/list.html", {"table": table})


def _day(request: HttpRequest, name: str) -> date | None:
    """Return the day of a filter, None for what is no day."""
    try:
        return date.fromisoformat(request.GET.get(name, "").strip())
    except ValueError:
        return None


def _of_days(request: HttpRequest, found: Any, district: str) -> Any:
    """Narrow records to the days from and to, both included, as the deployment counts days."""
    begin, end = _day(request, "from"), _day(request, "to")
    if begin:
        start = timezone.make_aware(datetime.combine(begin, time.min))
        found = found.filter(seq__gte=kernel.since(district, start))
    if end:
        stop = timezone.make_aware(datetime.combine(end + timedelta(days=1), time.min))
        found = found.filter(seq__lt=kernel.since(district, stop))
    return found


def _table(
    request: HttpRequest, part: paging.Page[Any], choices: list[str], chosen: str, command: str
) -> c.Table:
    from lianfang.kernel.registry import COMMANDS

    names = account_queries.names(r.actor for r in part.rows)
    areas = area_queries.labels(r.area_id for r in part.rows if r.area_id)
    rows = [
        c.Row(
            [
                f"{_local(r.received_at)}",
                history.title(r.command),
                history.who(r.actor, names),
                areas.get(r.area_id, "") if r.area_id else "",
                r.seq,
            ],
            reverse("record", args=[r.district or "-", r.id]),
        )
        for r in part.rows
    ]
    titles = sorted((name, str(spec.title)) for name, spec in COMMANDS.items())
    filters = [c.Filter("command", _("What"), [("", _("All")), *titles], command)]
    who = request.GET.get("who", "").strip()[:40]
    filters.append(c.Filter("who", _("Who"), value=who))
    for name, label in (("from", _("From")), ("to", _("To"))):
        day = _day(request, name)
        filters.append(c.Filter(name, label, value=str(day) if day else ""))
    if len(choices) > 1:
        labels = [(d, _("Shared by all districts") if d == "-" else d) for d in choices]
        filters.insert(0, c.Filter("district", _("District"), labels, chosen))
    return c.Table(
        id="journal",
        caption=_("Journal"),
        columns=[
            c.Column(_("Arrived"), primary=True),
            c.Column(_("What")),
            c.Column(_("Who")),
            c.Column(_("Area")),
            c.Column(_("Number"), numeric=True),
        ],
        rows=rows,
        filters=filters,
        action=request.path,
        previous=paging.neighbour(request, part.previous),
        next=paging.neighbour(request, part.next),
        empty_title=_("No record fits"),
        empty_text=_("Choose another kind, or all."),
    )


def _local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


@require_safe
@page
def record(request: HttpRequest, actor: Actor, district: str, record_id: UUID) -> HttpResponse:
    """Show one record, its sealed parts only to those who see identities there."""
    row = kernel.record("" if district == "-" else district, record_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    path = ""
    if row.area_id:
        path = area_queries.path(row.area_id) or "\0"
    if not actor.may(Verb.READ_JOURNAL, path):
        raise Refuse(NOT_FOUND)
    sees = history.seeing(actor, path)
    (moment,) = history.moments([row], sees=sees)
    # What districts share names no person; of the rest the whole content is for those who see all.
    opened = not row.district or all(sees(sight) for sight in _WHOLE)
    content = kernel.contents([row], opened=True)[row.id] if opened else {}
    context = {
        "record": row,
        "moment": moment,
        "content": json.dumps(content, ensure_ascii=False, indent=2) if opened else "",
        "area": area_queries.labels([row.area_id]).get(row.area_id, "") if row.area_id else "",
        "approved": history.who(row.approved_by, account_queries.names([row.approved_by]))
        if row.approved_by
        else "",
    }
    return render(request, "people/journal/record.html", context)


@require_safe
@page
def about(request: HttpRequest, actor: Actor, subject_id: UUID) -> HttpResponse:
    """Show all records about one thing; `?d=` names its district, none means shared data."""
    district = request.GET.get("d", "")[:12]
    found = kernel.records_about(district, [subject_id])
    first = found.first()
    if first is None:
        raise Refuse(NOT_FOUND)
    path = (area_queries.path(first.area_id) or "\0") if first.area_id else ""
    mine = (
        queries.household(actor, district, subject_id)
        or queries.person(actor, district, subject_id)
        if district
        else None
    )
    if mine is None and not actor.may(Verb.READ_JOURNAL, path):
        raise Refuse(NOT_FOUND)
    part = paging.page(found.order_by(), ["-seq"], request.GET.get("cursor", ""), size=50)
    context = {
        "moments": history.moments(part.rows, sees=history.seeing(actor, path), reader=actor),
        "next": paging.neighbour(request, part.next),
        "previous": paging.neighbour(request, part.previous),
    }
    return render(request, "people/journal/about.html", context)


@require_safe
@page
def held(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the entries that wait for the actor's decision."""
    if not actor.may_somewhere(Verb.DECIDE):
        raise Refuse(NOT_FOUND)
    found = kernel.held(actor, area_queries.districts(actor))
    part = paging.page(found, ["received_at", "id"], request.GET.get("cursor", ""), size=20)
    names = account_queries.names(r.actor for r in part.rows)
    rows = [
        {
            "row": r,
            "what": history.title(r.command),
            "who": history.who(r.actor, names),
            "why": Refusal(r.code, r.field or None, r.params),
            "content": _content(actor, r),
        }
        for r in part.rows
    ]
    context = {
        "rows": rows,
        "next": paging.neighbour(request, part.next),
        "previous": paging.neighbour(request, part.previous),
    }
    return render(request, "people/journal/held.html", context)


def _content(actor: Actor, row: Any) -> str:
    """Return what a held entry says; to those who see identities where it acts."""
    if not all(actor.sees(sight, row.path) for sight in _WHOLE):
        return ""
    return json.dumps(kernel.entry_of(row).payload, ensure_ascii=False, indent=2)


@require_POST
@page
def decide(request: HttpRequest, actor: Actor, district: str, entry_id: UUID) -> HttpResponse:
    """Let a held entry count, or not."""
    if kernel.held_entry(actor, district, entry_id) is None:
        raise Refuse(NOT_FOUND)
    accept = request.POST.get("accept") == "yes"
    why = request.POST.get("why", "").strip()[:200]
    decision, own = kernel_held.decide_and_run(actor, district, entry_id, accept=accept, why=why)
    where = reverse("held")
    if not decision.stands:
        return acts.done(request, decision, "", where)
    if own is not None and not own.stands:
        return acts.done(request, own, "", where)
    return acts.said(request, _("It counts.") if accept else _("It does not count."), where)


@require_safe
@page
def refused(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the actor's own entries that were not taken in."""
    found = kernel.refused(actor, area_queries.districts(actor))
    part = paging.page(found, ["-received_at", "-id"], request.GET.get("cursor", ""), size=20)
    rows = [
        {
            "row": r,
            "what": history.title(r.command),
            "why": Refusal(r.code, r.field or None, r.params),
            "mend": mending.can(r.command),
        }
        for r in part.rows
    ]
    context = {
        "rows": rows,
        "next": paging.neighbour(request, part.next),
        "previous": paging.neighbour(request, part.previous),
    }
    return render(request, "people/journal/refused.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def mend(request: HttpRequest, actor: Actor, district: str, entry_id: UUID) -> HttpResponse:
    """Open a refused entry again as a form, with what was typed."""
    row = kernel.refused_entry(actor, "" if district == "-" else district, entry_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    entry = kernel.entry_of(row)
    form = mending.form(entry, request.POST or None)
    if form is None:
        raise Refuse(NOT_FOUND)
    if request.method == "POST" and form.is_valid():
        receipt = acts.send(actor, form, entry.command, form.payload(), entry.district)
        if receipt:
            return acts.done(request, receipt, _("It is taken in now."), reverse("refused"))
    why = Refusal(row.code, row.field or None, row.params)
    context = {
        "title": history.title(row.command),
        "over": _("Mend a refused entry"),
        "hint": f"{why.message} {why.hint}",
        "back": reverse("refused"),
    }
    return acts.show(request, "people/form.html", form, context)
