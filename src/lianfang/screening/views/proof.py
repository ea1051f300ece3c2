"""The proof for an inspector: on paper, as a file, and checked again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import FORBIDDEN, NOT_FOUND, Refuse
from lianfang.kernel.verbs import Verb
from lianfang.screening import looks, proof_queries, queries
from lianfang.screening.views.common import crumbs, one_area, the_round, there
from lianfang.screening.views.sheets import file
from lianfang.screening.words import OUTCOMES
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web.acting import page

# More lines than this are not put on paper at once; the file has them all, each part has its own.
_ON_PAPER = 20_000
_CHANGES = {
    "household.register": gettext_lazy("Came on the list"),
    "household.close": gettext_lazy("Taken off the list"),
    "household.merge": gettext_lazy("Was there twice, merged"),
    "household.assign": gettext_lazy("Moved between grids"),
}


@require_safe
@page
def proof(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Show the proof of an area: every household with its record, or its reason and owner."""
    round_ = the_round(actor, round_id)
    area = one_area(request, actor, round_)
    if not actor.may(Verb.READ_JOURNAL, area.path):
        raise Refuse(NOT_FOUND)
    # On the screen page by page; for paper, where it was asked for, every line.
    paper = bool(request.GET.get("paper")) and (
        queries.coverage(actor, round_.id, area).households <= _ON_PAPER
    )
    cursor = None if paper else request.GET.get("cursor", "")
    found = proof_queries.prove(actor, round_, area, cursor=cursor)
    parts = [(one, n) for one, n in queries.coverage_of_children(actor, round_.id, area)]
    context = {
        "round": round_,
        "area": area,
        "crumbs": crumbs(actor, round_, area, _("Proof")),
        "proof": found,
        "counts": found.counts if found else queries.coverage(actor, round_.id, area),
        "whole": bool(found and len(found.lines) == len(found.rows)),
        "paper": paging.address(request, paper="1", cursor="")
        if found and len(found.rows) <= _ON_PAPER
        else "",
        "print_now": paper,
        "previous": paging.neighbour(request, found.previous) if found else "",
        "next": paging.neighbour(request, found.next) if found else "",
        "lines": [(one, OUTCOMES[one.outcome]) for one in found.lines] if found else [],
        "changes": [(one, _CHANGES[one.command]) for one in found.changes] if found else [],
        "parts": [
            (one, n, looks.per_cent(n), there("round_proof", round_, one))
            for one, n in parts
            if n.households
        ],
        "form": acts.Once(),
        "file": there("round_proof_file", round_, area),
        "verify": there("round_proof_verify", round_, area),
        "now": timezone.now(),
    }
    context["coverage"] = looks.coverage(context["counts"])  # type: ignore[arg-type]
    return render(request, "screening/proof.html", context)


@require_POST
@page
def take(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Hand the proof out as a file; the journal keeps its digest."""
    round_ = the_round(actor, round_id)
    area = one_area(request, actor, round_)
    found = proof_queries.prove(actor, round_, area)
    if found is None:
        raise Refuse(NOT_FOUND)
    form = acts.Once(request.POST)
    form.is_valid()
    payload = {
        "round_id": str(round_.id),
        "area_id": str(area.id),
        "digest": found.digest,
        "lines": len(found.lines),
    }
    receipt = acts.send(actor, form, "round.prove", payload, area.district)
    if receipt is None:
        refusal = form.refused
        raise Refuse(refusal.code if refusal else FORBIDDEN)
    return file(f"{round_.name} {area.name} {_('Proof')}", _sheets(found))


def _sheets(found: proof_queries.Proof) -> list[tuple[str, list[str], list[list[object]]]]:
    n = found.counts
    facts: list[list[object]] = [
        [_("Round"), found.round.name],
        [_("Area"), f"{found.area.name} {found.area.code}"],
        [_("State"), _("Closed") if found.closed else _("Running")],
        [_("Households at the beginning"), found.at_start],
        [_("Came on the list"), found.sums["household.register"]],
        [_("Taken off the list"), found.sums["household.close"]],
        [_("Was there twice, merged"), found.sums["household.merge"]],
        [_("Households now"), n.households],
        [_("Done"), n.done],
        [_("Excused"), n.excused],
        [_("Open"), n.open],
        [_("Silent"), n.silent],
        [_("Journal of the district"), f"{found.area.district} {found.first}–{found.last}"],
        ["SHA-256", found.digest],
        [_("How to check it"), proof_queries.RECIPE],
    ]
    ledger: list[list[object]] = [
        [
            one.door,
            one.grid,
            str(OUTCOMES[one.outcome]),
            timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M") if one.at else "",
            one.who,
            one.owner,
            one.seq or "",
            proof_queries.text_of(one),
        ]
        for one in found.lines
    ]
    changes: list[list[object]] = [
        [
            one.seq,
            timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M"),
            str(_CHANGES[one.command]),
            one.by,
            one.door,
            one.why,
            one.who,
        ]
        for one in found.changes
    ]
    return [
        (_("Proof"), [_("What"), _("Value")], facts),
        (
            _("Households"),
            [
                _("Door"),
                _("Grid"),
                _("Outcome"),
                _("Time"),
                _("Visited by"),
                _("Owner of what is open"),
                _("Number in the journal"),
                _("Line of the digest"),
            ],
            ledger,
        ),
        (
            _("Changes of the list"),
            [
                _("Number in the journal"),
                _("Time"),
                _("What changed"),
                _("Number of doors"),
                _("Door"),
                _("Reason"),
                _("By"),
            ],
            changes,
        ),
    ]


@require_safe
@page
def verify(request: HttpRequest, actor: Actor, round_id: UUID) -> HttpResponse:
    """Compute the digest anew and compare it with the one on a paper."""
    round_ = the_round(actor, round_id)
    area = one_area(request, actor, round_)
    if not proof_queries.may_prove(actor, area):
        raise Refuse(NOT_FOUND)
    now, lines = proof_queries.ledger_digest(round_, area)
    asked = "".join(request.GET.get("digest", "").lower().split())[:64]
    taken = proof_queries.taken(round_, area)
    rows = [
        c.Row(
            [
                timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M"),
                one.who,
                one.lines,
                one.seq,
                one.digest[:16] + "…",
                _("the same") if one.digest == now else _("changed since"),
            ]
        )
        for one in taken
    ]
    table = c.Table(
        id="taken",
        caption=_("Proofs handed out"),
        columns=[
            c.Column(_("Time"), primary=True),
            c.Column(_("By")),
            c.Column(_("Lines"), numeric=True),
            c.Column(_("Number in the journal"), numeric=True),
            c.Column("SHA-256"),
            c.Column(_("Compared with now")),
        ],
        rows=rows,
        empty_title=_("None yet"),
        empty_text=_("A proof that is taken as a file is listed here."),
    )
    context = {
        "round": round_,
        "area": area,
        "crumbs": crumbs(actor, round_, area, _("Check a proof")),
        "now": now,
        "lines": lines,
        "asked": asked,
        "same": asked == now,
        "known": next((one for one in taken if one.digest == asked), None),
        "table": table,
        "back": there("round_proof", round_, area),
        "action": reverse("round_proof_verify", args=[round_.id]),
    }
    return render(request, "screening/verify.html", context)
