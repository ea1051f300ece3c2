"""Checks entered in a list: whose are open now, with one act for "all normal" of a door."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, time_of
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.stations import queries as stations
from lianfang.watching import queries, words
from lianfang.watching.views import common
from lianfang.web import acts
from lianfang.web.acting import page

if TYPE_CHECKING:
    from lianfang.watching.models import Watch

# So many on one page; the next ones come when these are entered.
_MOST = 60


@require_http_methods(["GET", "HEAD", "POST"])
@page
def entry(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Enter the checks that are open now."""
    where = common.districts(actor)
    wanted = request.GET.get("watch", "")
    area = request.GET.get("area", "")[:36]
    text = request.GET.get("q", "").strip()[:60]
    base = queries.watches(actor, where, which="live" if wanted else "open")
    areas = queries.areas_of(base)
    known = {id_ for id_, _name in areas}
    found = queries.narrowed(actor, base, text=text, area_id=area if area in known else "")
    if wanted:
        found = found.filter(id=_uuid(wanted))
    total = found.count()
    order = ("area__path", "household__sort_key", "post_id", "due_at", "id")
    rows = list(found.order_by(*order)[:_MOST])
    errors: dict[UUID, str] = {}
    if request.method == "POST":
        sent, errors = _send(actor, request, rows)
        if sent:
            said = ngettext("%(n)d check is written down.", "%(n)d checks are written down.", sent)
            messages.success(request, said % {"n": sent})
        if not errors:
            return HttpResponseRedirect(request.get_full_path())
        rows = [row for row in rows if row.id in errors]
    posts = stations.of_rows(rows)
    groups = []
    for key, part in groupby(rows, key=lambda r: r.household_id or r.post_id or r.area_id):
        lines = [_line(actor, row, posts, request, errors) for row in part]
        groups.append({"key": key, "where": lines[0]["where"], "lines": lines})
    context = {
        "groups": groups,
        "tabs": common.tabs(actor),
        "areas": [("", _("All")), *areas],
        "area": area,
        "q": text,
        "total": total,
        "symptoms": list(words.SYMPTOMS.items()),
        "form": acts.Once(),
    }
    status = 422 if errors else 200
    return render(request, "watching/entry.html", context, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _line(
    actor: Actor, row: Watch, posts: dict[UUID, Any], request: HttpRequest, errors: dict[UUID, str]
) -> dict[str, Any]:
    seen = queries.seen(actor, row, posts)
    return {
        "row": row,
        "name": seen.name or _("A person"),
        "where": seen.where,
        "due": common.due(row.due_at) if row.opens_at and row.opens_at <= now() else "",
        "href": reverse("watch", args=[row.district, row.id]),
        "value": request.POST.get(f"t-{row.id}", ""),
        "chosen": request.POST.getlist(f"s-{row.id}"),
        "error": errors.get(row.id, ""),
    }


def _send(actor: Actor, request: HttpRequest, rows: list[Watch]) -> tuple[int, dict[UUID, str]]:
    """Submit what was entered as one list; returns how many stand, and the errors of the rest."""
    form = acts.Once(request.POST)
    form.is_valid()
    normal = request.POST.get("normal", "")
    moment = now()
    entries: dict[UUID, Entry] = {}
    for row in rows:
        payload = _payload(request, row, normal)
        if payload is not None:
            entries[row.id] = _entry(form.entry, row, payload, moment)
    receipts: dict[UUID, Receipt] = {r.id: r for r in submit(actor, list(entries.values()))}
    errors = {}
    for watch_id, one in entries.items():
        receipt = receipts[one.id]
        if not receipt.stands and receipt.refusal:
            errors[watch_id] = f"{receipt.refusal.message} {receipt.refusal.hint}"
    return len(entries) - len(errors), errors


def _payload(request: HttpRequest, row: Watch, normal: str) -> dict[str, Any] | None:
    on: dict[str, Any] = {"watch_id": str(row.id)}
    if normal:
        group = row.household_id or row.post_id or row.area_id
        return {**on, "normal": True} if normal in (str(group), "all") else None
    value = request.POST.get(f"t-{row.id}", "").strip()[:10]
    symptoms = request.POST.getlist(f"s-{row.id}")[:10]
    if request.POST.get(f"a-{row.id}"):
        return {**on, "absent": True}
    if not value and not symptoms:
        return None
    return {**on, **({"temperature": value} if value else {}), "symptoms": symptoms}


def _entry(act: UUID, row: Watch, payload: dict[str, Any], moment: datetime) -> Entry:
    id_ = derive_id(act, "check", row.id)
    return Entry(id_, "watch.check", payload, moment, row.district, device_at=time_of(act))
