"""One directive: its text, the way down, who is late, what was done; and what I can do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.directives import attachments, cascade_queries, evidence, picture, queries, words
from lianfang.directives.cascade_queries import Child, Told
from lianfang.directives.forms import MeasureForm, WithdrawForm
from lianfang.directives.queries import Waiting
from lianfang.directives.rules import DirectiveState, MeasureKind, NodeState
from lianfang.directives.sending import spread
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.pages import badge, when, workbook
from lianfang.web import acts, paging
from lianfang.web import components as c
from lianfang.web import words as web_words
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.directives.models import Directive

_PAGE = 40


def _found(actor: Actor, directive_id: UUID) -> Directive:
    row = queries.directive(actor, directive_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


def _stand(request: HttpRequest, actor: Actor) -> Area | None:
    """Return the area from which one looks: the one asked for, else the top of one's scope."""
    if wanted := request.GET.get("area", ""):
        try:
            area = area_queries.area(actor, UUID(wanted))
        except ValueError:
            area = None
        if area is None:
            raise Refuse(NOT_FOUND)
        return area
    if actor.may(Verb.READ, ""):
        return None
    return area_queries.roots(actor).first()


def _path(actor: Actor, row: Directive, area: Area | None) -> list[c.Link]:
    here = reverse("directive", args=[row.id])
    steps = [c.Link(_("Directives"), reverse("directives"))]
    if actor.may(Verb.READ, ""):
        steps.append(c.Link(_("Headquarters"), here))
    if area is not None:
        above = [a for a in area_queries.ancestors(area) if actor.may(Verb.READ, a.path)]
        steps += [c.Link(a.name, f"{here}?area={a.id}") for a in above]
        steps.append(c.Link(area.name))
    return steps


def _answer(row: Directive, copy: Waiting, act: str) -> str:
    key = copy.area_id or copy.organisation_id
    kind = "area" if copy.area_id else "unit"
    return reverse("directive_answer", args=[row.id, kind, key, act])


def _copies(actor: Actor, row: Directive) -> list[dict[str, Any]]:
    moment, result = now(), []
    for copy in queries.copies(actor, row.id)[:10]:
        actions = []
        if copy.owes_acknowledgement:
            href = _answer(row, copy, "acknowledge")
            actions.append(
                c.Action(_("Acknowledge"), href, "check", "primary", True, fields=acts.once())
            )
        if copy.passes and copy.passed_at is None:
            href = _answer(row, copy, "pass_on")
            actions.append(c.Action(_("Pass it on"), href, "send", post=True, fields=acts.once()))
        actions.append(c.Action(_("Add a measure"), _answer(row, copy, "measure"), "plus"))
        due, _tone = web_words.due(copy.due, moment) if copy.due else ("", "plain")
        result.append(
            {
                "name": copy.name,
                "word": words.NODES[copy.state],
                "tone": "bad" if copy.late(moment) else words.NODE_TONES[copy.state],
                "due": due,
                "actions": actions,
                "read_href": _answer(row, copy, "read") if copy.read_at is None else "",
                "read_id": str(new_id()),
            }
        )
    return result


def _kept(children: list[Child], text: str, state: str) -> list[Child]:
    if text:
        children = [k for k in children if text in k.area.name or k.area.code.startswith(text)]
    if state == "late":
        return [k for k in children if k.late or k.below.overdue]
    return [k for k in children if k.state == state] if state else children


def _table(request: HttpRequest, row: Directive, children: list[Child], export: str) -> c.Table:
    text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    kept = _kept(children, text, state)
    try:
        start = max(int(request.GET.get("from", "0")), 0)
    except ValueError:
        start = 0
    part = kept[start : start + _PAGE]
    here, moment = reverse("directive", args=[row.id]), now()
    rows = []
    for k in part:
        below = k.below
        marks = picture.track(k, row.issued_at, row.ended_at or moment)
        word = words.NODES[k.state] if k.state else _("Not a receiver")
        tone = "bad" if k.late else words.NODE_TONES[k.state] if k.state else "plain"
        label = f"{_('Late')} · {word}" if k.late else word
        rows.append(
            c.Row(
                [
                    k.area.name,
                    badge(label, tone, "warning" if k.late else ""),
                    when(k.times[2]) or "–",
                    picture.lag((k.times[2] - k.times[0]).total_seconds())
                    if k.times[0] and k.times[2]
                    else "–",
                    ", ".join(str(words.SHORT_MEASURES[MeasureKind(m)]) for m in k.measures) or "–",
                    f"{below.acked} / {below.expected}" if below.expected else "–",
                    below.overdue or "–",
                    web_words.render("directives/c/track.html", marks=marks, label=str(word)),
                ],
                f"{here}?area={k.area.id}",
                "bad" if k.late else "plain",
            )
        )
    more = paging.address(request, **{"from": str(start + _PAGE)})
    back = paging.address(request, **{"from": str(start - _PAGE) if start > _PAGE else ""})
    options = [("", _("All")), ("late", _("Late")), *((str(s), w) for s, w in words.NODES.items())]
    return c.Table(
        id="receivers",
        caption=_("Directly below"),
        columns=[
            c.Column(_("Receiver"), primary=True),
            c.Column(_("State")),
            c.Column(_("Acknowledged at")),
            c.Column(_("After"), numeric=True),
            c.Column(_("Measures")),
            c.Column(_("Acknowledged below"), numeric=True),
            c.Column(_("Late below"), numeric=True),
            c.Column(_("Since the issue")),
        ],
        rows=rows,
        filters=[
            c.Filter("q", _("Receiver"), value=text),
            c.Filter("state", _("State"), options, state),
        ],
        action=request.get_full_path() if "area" in request.GET else request.path,
        export=export,
        previous=back if start else "",
        next=more if start + _PAGE < len(kept) else "",
        count=len(kept),
        empty_title=_("Nobody here"),
        empty_text=_("No receiver below matches."),
    )


def _measures(actor: Actor, told: list[Told]) -> c.Table | None:
    if not told:
        return None
    rows = []
    for m in told[:100]:
        shown = evidence.follow(actor, m.links)
        said = [
            f"{s.what}: {s.done} / {s.of}" if s.of is not None else f"{s.what} · {when(s.at)}"
            for s in shown
        ]
        href = next((s.href for s in shown if s.href), "")
        rows.append(
            c.Row(
                [
                    m.who,
                    words.SHORT_MEASURES[m.kind],
                    m.text or "–",
                    when(m.at),
                    "; ".join(said) if said else badge(_("No record yet"), "warn"),
                ],
                href,
            )
        )
    return c.Table(
        id="measures",
        caption=_("What was done, by the records"),
        columns=[
            c.Column(_("Receiver"), primary=True),
            c.Column(_("Measure")),
            c.Column(_("In a few words")),
            c.Column(_("When")),
            c.Column(_("What it set in motion")),
        ],
        rows=rows,
        empty_title=_("No measures yet"),
    )


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, directive_id: UUID) -> HttpResponse:
    """Show a directive and its cascade, from where the actor stands."""
    row = _found(actor, directive_id)
    area = _stand(request, actor)
    view = cascade_queries.cascade(actor, row, area, now())
    if view is None:
        raise Refuse(NOT_FOUND)
    query = f"?area={area.id}" if area else ""
    may_export = actor.may_somewhere(Verb.EXPORT)
    export = reverse("directive_xlsx", args=[row.id]) + query if may_export else ""
    table = _table(request, row, view.children, export) if view.children else None
    if is_htmx(request) and table:
        return render(request, "web/table.html", {"table": table})
    newest = queries.versions(row)[0]
    actions = []
    if actor.may(Verb.DIRECT, row.path) and row.state == DirectiveState.ISSUED:
        version = reverse("directive_version", args=[row.id])
        actions += [
            c.Action(_("New version"), version, "edit"),
            c.Action(_("Withdraw"), reverse("directive_withdraw", args=[row.id]), "close"),
        ]
    total = {str(k): sum(line.measures.get(k, 0) for line in view.lines) for k in MeasureKind}
    kinds = [
        {
            "label": words.MEASURES[MeasureKind(kind)],
            "count": max(total[kind], len(took)),
            "names": [k.area.name for k in took],
        }
        for kind, took in view.by_kind.items()
    ]
    files = [
        c.Link(f["name"], reverse("directive_file", args=[row.id, f["id"]]))
        for f in row.attachments
    ]
    over = " · ".join(
        str(w)
        for w in (words.KINDS[row.kind], row.number, f"v{row.version}" if row.version > 1 else "")  # type: ignore[index]
        if w
    )
    issuer = row.from_area.name if row.from_area else _("Headquarters")
    note = f"{issuer} · {when(row.issued_at)} · {words.PASSING[row.passing]}"  # type: ignore[index]
    context = {
        "d": row,
        "path": _path(actor, row, area),
        "over": over,
        "note": note,
        "actions": actions,
        "ended": words.STATES[DirectiveState(row.state)]
        if row.state != DirectiveState.ISSUED
        else "",
        "newer": newest.id if newest.id != row.id else None,
        "copies": _copies(actor, row),
        "files": files,
        "bands": picture.bands(view),
        "kinds": kinds if any(k["count"] for k in kinds) else [],
        "table": table,
        "measures": _measures(actor, cascade_queries.measures(row, area)),
        "units": _units(view.units),
    }
    return render(request, "directives/directive.html", context)


def _units(nodes: list[Any]) -> c.Table | None:
    if not nodes:
        return None
    return c.Table(
        id="units",
        caption=_("Organisations"),
        columns=[
            c.Column(_("Receiver"), primary=True),
            c.Column(_("State")),
            c.Column(_("Acknowledged at")),
        ],
        rows=[
            c.Row(
                [
                    n.organisation.name,
                    badge(words.NODES[n.state], words.NODE_TONES[NodeState(n.state)]),
                    when(n.acked_at) or "–",
                ]
            )
            for n in nodes
        ],
    )


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor, directive_id: UUID) -> HttpResponse:
    """Give the receivers directly below as a file."""
    row, area = _found(actor, directive_id), _stand(request, actor)
    view = cascade_queries.cascade(actor, row, area, now())
    root = area or area_queries.roots(actor).first()
    if view is None or root is None:
        raise Refuse(NOT_FOUND)
    heads = [
        ("name", _("Receiver")),
        ("code", _("Code")),
        ("state", _("State")),
        ("late", _("Late")),
        ("received", _("Received")),
        ("read", _("Read at")),
        ("acked", _("Acknowledged at")),
        ("passed", _("Passed on at")),
        ("acted", _("Acted at")),
        ("measures", _("Measures")),
        ("below", _("Receivers below")),
        ("acked_below", _("Acknowledged below")),
    ]
    lines = (
        {
            "name": k.area.name,
            "code": k.area.code,
            "state": str(words.NODES[k.state]) if k.state else "",
            "late": _("Late") if k.late else "",
            **{
                name: when(at)
                for name, at in zip(
                    ("received", "read", "acked", "passed", "acted"), k.times, strict=True
                )
            },
            "measures": "; ".join(str(words.MEASURES[MeasureKind(m)]) for m in k.measures),
            "below": k.below.expected,
            "acked_below": k.below.acked,
        }
        for k in view.children
    )
    return workbook(actor, row.title, heads, lines, area=root, name="directive")


@require_safe
@page
def file(request: HttpRequest, actor: Actor, directive_id: UUID, file_id: UUID) -> HttpResponse:
    """Give an attachment, always to be saved, never shown in the page."""
    row = _found(actor, directive_id)
    named = next((f for f in row.attachments if f["id"] == str(file_id)), None)
    data = attachments.read("", row.id, file_id) if named else None
    if named is None or data is None:
        raise Refuse(NOT_FOUND)
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = c_disposition(named["name"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def c_disposition(name: str) -> str:
    """Return the header that lets a file be saved under its own name."""
    from django.utils.http import content_disposition_header

    return content_disposition_header(True, name) or "attachment"


def _own(actor: Actor, row: Directive, kind: str, key: UUID) -> Waiting:
    for copy in queries.copies(actor, row.id):
        if key == (copy.area_id if kind == "area" else copy.organisation_id):
            return copy
    raise Refuse(NOT_FOUND)


def _payload(row: Directive, copy: Waiting) -> dict[str, Any]:
    if copy.area_id:
        return {"directive_id": str(row.id), "area_id": str(copy.area_id)}
    return {"directive_id": str(row.id), "organisation_id": str(copy.organisation_id)}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def answer(
    request: HttpRequest, actor: Actor, directive_id: UUID, kind: str, key: UUID, act: str
) -> HttpResponse:
    """Read, acknowledge, pass on, or answer with a measure, for one's own copy."""
    row = _found(actor, directive_id)
    copy, back = _own(actor, row, kind, key), reverse("directive", args=[row.id])
    above = "" if copy.district else "_above"
    if act == "measure":
        return _measure(request, actor, row, copy, above)
    said = {
        "read": _("Read."),
        "acknowledge": _("Acknowledged."),
        "pass_on": _("Passed on."),
    }
    if act not in said or request.method != "POST":
        raise Refuse(NOT_FOUND)
    name = f"directive.{act}{above}"
    if act == "read":
        form = acts.Once(request.POST)
        form.is_valid()
        acts.send(actor, form, name, _payload(row, copy), copy.district)
        return HttpResponse(status=204)
    response = acts.press(request, actor, name, _payload(row, copy), back, said[act], copy.district)
    if act == "pass_on":
        spread(now())
    return response


def _measure(
    request: HttpRequest, actor: Actor, row: Directive, copy: Waiting, above: str
) -> HttpResponse:
    records = evidence.own_records(actor, area_queries.districts(actor))
    listed = [
        (
            f"{r.district}:{r.id}:{r.command}",
            f"{COMMANDS[r.command].title} · {when(r.received_at)}",
        )
        for r in records
        if r.command in COMMANDS and r.subject_id != row.id
    ]
    form = MeasureForm(request.POST if request.method == "POST" else None, records=listed)
    back = reverse("directive", args=[row.id])
    if request.method == "POST" and form.is_valid():
        payload = {
            **_payload(row, copy),
            "measure_id": form.child("measure"),
            **acts.cleaned(form, ["kind", "text"]),
        }
        if chosen := form.cleaned_data["record"]:
            district, record_id, command = chosen.split(":")
            link = {"district": district, "record_id": record_id, "command": command}
            payload["links"] = [link]
        receipt = acts.send(actor, form, f"directive.measure{above}", payload, copy.district)
        if receipt is not None:
            return acts.done(request, receipt, _("The measure is noted."), back)
    context = {
        "title": _("Add a measure"),
        "note": f"{row.title} · {copy.name}",
        "submit": _("Add a measure"),
        "back": back,
    }
    return acts.show(request, "directives/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def withdraw(request: HttpRequest, actor: Actor, directive_id: UUID) -> HttpResponse:
    """Withdraw a directive."""
    row = _found(actor, directive_id)
    if not actor.may(Verb.DIRECT, row.path):
        raise Refuse(NOT_FOUND)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    back = reverse("directive", args=[row.id])
    if request.method == "POST" and form.is_valid():
        payload = {"directive_id": str(row.id), "why": form.cleaned_data["why"]}
        receipt = acts.send(actor, form, "directive.withdraw", payload)
        if receipt is not None:
            spread(now())
            return acts.done(request, receipt, _("The directive is withdrawn."), back)
    context = {"title": _("Withdraw"), "note": row.title, "submit": _("Withdraw"), "back": back}
    return acts.show(request, "directives/form.html", form, context)
