"""The page at which passages are typed, and what it recognises while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import FORBIDDEN, Refuse
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.times import local
from lianfang.stations import passage_queries
from lianfang.stations.forms import PassageForm
from lianfang.stations.rules import Direction
from lianfang.stations.views import common
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.stations.models import Post


def _post(actor: Actor, district: str, post_id: UUID) -> Post:
    row = common.one(actor, district, post_id)
    if not passage_queries.takes(actor, row):
        raise Refuse(FORBIDDEN)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@page
def record(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Record a passage; then the page stands ready for the next one.

    While a plate is typed, HTMX asks with it and gets the fields below, filled in from the last
    passage of a vehicle that this post remembers.
    """
    row = _post(actor, district, post_id)
    if request.method == "POST":
        form = PassageForm(request.POST)
        if form.is_valid():
            payload = form.payload(row.id)
            if receipt := acts.send(actor, form, "passage.record", payload, district):
                _say(request, receipt, payload)
                way = payload["direction"]
                where = f"{common.address('post_pass', row)}?direction={way}"
                return HttpResponseRedirect(where)
        return _show(request, actor, row, form)
    plate = request.GET.get("plate", "")[:20]
    seen = passage_queries.vehicle(actor, row, plate) if plate else None
    direction = request.GET.get("direction", "")
    initial: dict[str, Any] = {
        "plate": plate,
        "direction": direction if direction in set(map(str, Direction)) else Direction.IN,
    }
    rows = 0
    if seen:
        initial |= {"from_place": seen.from_place, "to_place": seen.to_place}
        initial |= {f"t{n}_id": t.id for n, t in enumerate(seen.travellers)}
        rows = max(PassageForm.ROWS, len(seen.travellers) + 1)
    asked = request.GET.get("rows", "")
    if asked.isascii() and asked.isdecimal():
        rows = max(rows, int(asked))
    form = PassageForm(rows=rows, initial=initial)
    return _show(request, actor, row, form, seen)


def _say(request: HttpRequest, receipt: Receipt, payload: dict[str, Any]) -> None:
    """Say what became of it; a fever and somebody who should be at home cannot be overlooked."""
    told = receipt.result
    if not receipt.stands:
        refusal = receipt.refusal
        messages.warning(request, refusal.message if refusal else _("Held."))
        return
    people = int(told.get("people", 0))
    words = ngettext("%(n)d person written down.", "%(n)d people written down.", people)
    plate = payload.get("plate", "")
    messages.success(request, f"{plate} {words % {'n': people}}".strip())
    if fevers := int(told.get("fevers", 0)):
        text = ngettext(
            "%(n)d person with fever: keep apart, a referral is on its way.",
            "%(n)d people with fever: keep apart, a referral is on its way.",
            fevers,
        )
        messages.error(request, text % {"n": fevers})
    if told.get("call_desk"):
        messages.error(request, _("Call the desk before this vehicle goes on."))


def _show(
    request: HttpRequest,
    actor: Actor,
    row: Post,
    form: PassageForm,
    seen: passage_queries.KnownVehicle | None = None,
) -> HttpResponse:
    ids = [v for n in range(form.rows) if isinstance(v := _uuid(form[f"t{n}_id"].value()), UUID)]
    known = passage_queries.known(actor, row, ids)
    # The cursor stands in the first field that is to be filled in.
    focus = next((n for n in range(form.rows) if _uuid(form[f"t{n}_id"].value()) in known), None)
    context = {
        "post": row,
        "form": form,
        "seen": seen,
        "seen_at": local(seen.last_at) if seen else None,
        "lines": [
            {
                "number": n,
                "of": form.row(n),
                "known": known.get(_uuid(form[f"t{n}_id"].value())),  # type: ignore[arg-type]
                "focus": n == focus and seen is not None,
            }
            for n in range(form.rows)
        ],
        "rows": form.rows,
        "more": min(form.rows + 4, PassageForm.MOST),
        "crumbs": common.crumbs(actor, row, c.Link(_("Record a passage"))),
        "back": common.address("post", row),
        "url": common.address("post_pass", row),
        "row_url": common.address("post_recognise", row),
        "errors": list(form.errors.get("__all__", ())) if form.is_bound else [],
    }
    if is_htmx(request) and request.method == "GET":
        return render(request, "stations/c/passage_fields.html", context)
    return acts.show(request, "stations/pass.html", form, context)


def _uuid(value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None


@require_safe
@page
def recognise(request: HttpRequest, actor: Actor, district: str, post_id: UUID) -> HttpResponse:
    """Answer a number typed in a row with those who gave it here before, to be chosen.

    With `id` the row of the one who was chosen comes back, without it a new row.
    """
    row = _post(actor, district, post_id)
    number = request.GET.get("row", "")
    if not (number.isascii() and number.isdecimal() and int(number) < PassageForm.MOST):
        number = "0"
    place = int(number)
    chosen = _uuid(request.GET.get("id", ""))
    known = passage_queries.known(actor, row, [chosen]).get(chosen) if chosen else None
    phone = request.GET.get(f"t{place}_phone", "")[:20]
    found = passage_queries.travellers(actor, row, phone=phone) if phone and not known else []
    form = PassageForm(rows=place + 1, initial={f"t{place}_id": known.id} if known else {})
    line = {"number": place, "of": form.row(place), "known": known, "focus": known is not None}
    context = {
        "line": line,
        "found": found,
        "undo": True,
        "row_url": common.address("post_recognise", row),
    }
    if known or "id" in request.GET:
        return render(request, "stations/c/line.html", context)
    return render(request, "stations/c/found.html", context)
