"""Tasks for all grids at the desk: the list, a new one, coverage by level, and one grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Level
from lianfang.directives import task_queries as queries
from lianfang.directives import tasks, words
from lianfang.directives.forms import DoorsForm, LineForm, TaskForm
from lianfang.directives.rules import LineState, Proof, TaskKind
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people.pages import (
    Section,
    Stat,
    area_choices,
    badge,
    chosen,
    first_refusal,
    listed,
    searched,
    show,
    status_of,
    want,
    when,
    workbook,
)
from lianfang.web import acts, photos
from lianfang.web import components as c
from lianfang.web import words as web_words
from lianfang.web.acting import found, page

if TYPE_CHECKING:
    from lianfang.areas.models import Area
    from lianfang.directives.models import TaskLine, TaskRound

_TONES: dict[str, c.Tone] = {
    LineState.OPEN: "warn",
    LineState.DONE: "good",
    LineState.EXCUSED: "plain",
}


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the tasks in the actor's scope."""
    want(actor, Verb.READ)
    text, kind = searched(request, _("Task")), chosen(request, _("Kind"), words.TASKS, "kind")
    rows = queries.tasks(actor)
    if text.value:
        rows = rows.filter(name__icontains=text.value)
    if kind.value:
        rows = rows.filter(kind=kind.value)
    table = listed(
        request,
        rows,
        ["-opened_at", "id"],
        lambda part: [
            c.Row(
                [
                    r.name,
                    words.TASKS[TaskKind(r.kind)],
                    _("Household by household") if r.households else _("Grid by grid"),
                    when(r.opened_at),
                    when(r.due_at),
                    badge(_("Closed"), "plain") if r.closed_at else badge(_("Running"), "good"),
                ],
                reverse("task", args=[r.id]),
            )
            for r in part
        ],
        id="tasks",
        caption=_("Tasks for grids"),
        columns=[
            c.Column(_("Task"), primary=True),
            c.Column(_("Kind")),
            c.Column(_("How")),
            c.Column(_("Given on")),
            c.Column(_("Done by")),
            c.Column(_("State")),
        ],
        filters=[text, kind],
        empty_title=_("No tasks"),
        empty_text=_("Health tips, hygiene, answers to doubts: give a task to every grid at once."),
    )
    actions = [c.Action(_("Directives"), reverse("directives"), "file")]
    if actor.may_somewhere(Verb.PLAN_ROUND):
        actions.append(c.Action(_("New task"), reverse("task_new"), "plus", kind="primary"))
    return show(request, _("Tasks for grids"), sections=[Section("", table)], actions=actions)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give all grids of an area a task."""
    want(actor, Verb.PLAN_ROUND)
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.PLAN_ROUND, below=False),
        initial={"first_day": local(now()).date()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        id_ = form.child("task")
        payload: dict[str, Any] = {
            "task_id": id_,
            **acts.cleaned(form, ["name", "kind", "text", "proof", "unit", "households"]),
            "area_ids": [data["area_id"]],
            "first_day": str(data["first_day"]),
            "due_at": data["due_at"].isoformat(),
        }
        receipt = tasks.open_task(actor, payload, form.entry)
        if not first_refusal(form, [receipt]):
            where = reverse("task", args=[id_])
            return acts.done(request, receipt, _("Every grid has its task."), where)
    context = {"title": _("New task"), "submit": _("Give the task"), "back": reverse("tasks")}
    return acts.show(request, "directives/form.html", form, context)


def _task(actor: Actor, task_id: UUID) -> TaskRound:
    row = queries.task(actor, task_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


def _stand(request: HttpRequest, actor: Actor, row: TaskRound) -> Area:
    wanted = request.GET.get("area", "")
    try:
        area = area_queries.area(actor, UUID(wanted)) if wanted else None
    except ValueError:
        area = None
    if area is None and not wanted:
        area = next(iter(queries.entries(actor, row.id)), None)
    if area is None:
        raise Refuse(NOT_FOUND)
    return area


def _table(row: TaskRound, area: Area) -> c.Table:
    here = reverse("task", args=[row.id])
    lines = []
    for kid, counts in queries.of_children(row, area):
        bar = c.Coverage(counts.done, counts.excused, counts.open, counts.silent)
        grid = kid.level == Level.GRID
        href = reverse("task_grid", args=[row.id, kid.id]) if grid else f"{here}?area={kid.id}"
        cells: list[object] = [
            kid.name,
            web_words.render("directives/c/cover.html", bar=bar),
            f"{counts.done + counts.excused} / {counts.grids}",
            counts.open or "–",
            counts.silent or "–",
        ]
        if row.households:
            cells.append(f"{counts.doors - counts.open_doors} / {counts.doors}")
        cells.append(counts.number or "–")
        lines.append(c.Row(cells, href, "bad" if counts.silent else "plain"))
    columns = [
        c.Column(_("Area"), primary=True),
        c.Column(_("Coverage")),
        c.Column(_("Grids settled"), numeric=True),
        c.Column(_("Open"), numeric=True),
        c.Column(_("Without anybody"), numeric=True),
    ]
    if row.households:
        columns.append(c.Column(_("Households settled"), numeric=True))
    columns.append(c.Column(row.unit or _("Counted"), numeric=True))
    return c.Table(
        id="below",
        caption=_("By area"),
        columns=columns,
        rows=lines,
        empty_title=_("No grids here"),
        empty_text=_("Draw grids for these communities first."),
    )


def _open_table(request: HttpRequest, actor: Actor, row: TaskRound, area: Area) -> c.Table:
    state = chosen(request, _("State"), words.LINES)
    shown = queries.lines_of(row, area, state.value or LineState.OPEN)

    def rows(part: list[TaskLine]) -> list[c.Row]:
        names = area_queries.labels(line.area_id for line in part)
        return [
            c.Row(
                [
                    names.get(line.area_id, ""),
                    badge(words.LINES[LineState(line.state)], _TONES[line.state]),
                    f"{line.doors - line.doors_done - line.doors_excused}"
                    if row.households
                    else "–",
                    line.why or "–",
                    when(line.changed_at),
                ],
                reverse("task_grid", args=[row.id, line.area_id]),
            )
            for line in part
        ]

    export = reverse("task_xlsx", args=[row.id]) + f"?area={area.id}"
    return listed(
        request,
        shown,
        ["path", "area_id"],
        rows,
        id="lines",
        caption=_("Grids"),
        columns=[
            c.Column(_("Grid"), primary=True),
            c.Column(_("State")),
            c.Column(_("Households open"), numeric=True),
            c.Column(_("Reason")),
            c.Column(_("Last change")),
        ],
        filters=[state],
        export=export if actor.may(Verb.EXPORT, area.path) else "",
        empty_title=_("No grid is open"),
        empty_text=_("Each one is done or excused with a reason."),
    )


@require_safe
@page
def detail(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Show a task's coverage in an area, and the grids that are open."""
    row = _task(actor, task_id)
    area = _stand(request, actor, row)
    counts, here = queries.coverage(row, area), reverse("task", args=[row.id])
    path = [c.Link(_("Tasks for grids"), reverse("tasks"))]
    above = [a for a in area_queries.ancestors(area) if actor.may(Verb.READ, a.path)]
    path += [c.Link(a.name, f"{here}?area={a.id}") for a in above]
    path.append(c.Link(area.name))
    stats = [
        Stat(_("Grids done"), counts.done, counts.grids, tone="good"),
        Stat(_("Excused with a reason"), counts.excused),
        Stat(_("Open grids"), counts.open, tone="warn" if counts.open else "plain"),
        Stat(_("Open and nobody named"), counts.silent, tone="bad" if counts.silent else "plain"),
    ]
    if row.households:
        settled = counts.doors - counts.open_doors
        stats.append(Stat(_("Households settled"), settled, counts.doors))
    if counts.number:
        stats.append(Stat(row.unit or _("Counted"), counts.number))
    sections = [Section(_("What is to be done"), text=row.text)] if row.text else []
    if area.level < Level.GRID:
        sections.append(Section(_("By area"), _table(row, area)))
    sections.append(Section(_("Grids"), _open_table(request, actor, row, area)))
    actions = []
    if queries.runs(row) and actor.may(Verb.PLAN_ROUND, area.path):
        close_ = reverse("task_close", args=[row.id])
        actions.append(c.Action(_("Close the task"), close_, "lock", post=True, fields=acts.once()))
    note = f"{words.TASKS[TaskKind(row.kind)]} · {_('Done by')} {when(row.due_at)}"
    return show(
        request, row.name, sections=sections, stats=stats, actions=actions, path=path, note=note
    )


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Give all grids of an area with their state as a file."""
    row = _task(actor, task_id)
    area = _stand(request, actor, row)
    lines = list(queries.lines_of(row, area).order_by("path")[:50_000])
    names = area_queries.labels(line.area_id for line in lines)
    heads = [
        ("grid", _("Grid")),
        ("state", _("State")),
        ("number", row.unit or _("Counted")),
        ("doors", _("Households")),
        ("open", _("Households open")),
        ("why", _("Reason")),
        ("at", _("Last change")),
    ]
    content = (
        {
            "grid": names.get(line.area_id, ""),
            "state": str(words.LINES[LineState(line.state)]),
            "number": line.number,
            "doors": line.doors,
            "open": line.doors - line.doors_done - line.doors_excused,
            "why": line.why,
            "at": when(line.changed_at),
        }
        for line in lines
    )
    return workbook(actor, row.name, heads, content, area=area, name="task")


@require_POST
@page
def close(request: HttpRequest, actor: Actor, task_id: UUID) -> HttpResponse:
    """Close a task everywhere."""
    row = _task(actor, task_id)
    form = acts.Once(request.POST)
    form.is_valid()
    receipt = tasks.close_task(actor, row.id, form.entry)
    where = reverse("task", args=[row.id])
    return acts.done(request, receipt, _("The task is closed."), where)


_ACTS = {
    "done": ("task.done", gettext_lazy("Done.")),
    "excuse": ("task.excuse", gettext_lazy("Excused.")),
    "reopen": ("task.reopen", gettext_lazy("Open again.")),
    "doors_done": ("task.doors", gettext_lazy("Ticked off.")),
    "doors_excused": ("task.doors", gettext_lazy("Excused.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def grid(request: HttpRequest, actor: Actor, task_id: UUID, area_id: UUID) -> HttpResponse:
    """Show a grid's line, and what can be done with it."""
    row, area = _task(actor, task_id), area_queries.area(actor, area_id)
    line = queries.line(row, area) if area else None
    if area is None or line is None:
        raise Refuse(NOT_FOUND)
    posted = request.POST if request.method == "POST" else None
    act = request.POST.get("act", "") if posted else ""
    doors = queries.open_doors(row, area) if row.households else []
    if not actor.sees(Sight.ADDRESS, area.path):
        doors = []
    options = [(str(d.id), "-".join(p for p in (d.building, d.unit, d.room) if p)) for d in doors]
    on_doors = act.startswith("doors_")
    ticks = DoorsForm(posted if on_doors else None, doors=options)
    files = request.FILES if posted else None
    form = LineForm(posted if act and not on_doors else None, files if not on_doors else None)
    if act in _ACTS:
        response = _act(request, actor, row, line, act, ticks if on_doors else form)
        if response:
            return response
    return _grid_page(request, actor, row, area, line, form, ticks)


def _act(
    request: HttpRequest,
    actor: Actor,
    row: TaskRound,
    line: TaskLine,
    act: str,
    form: acts.CommandForm,
) -> HttpResponse | None:
    command, said = _ACTS[act]
    if not form.is_valid():
        return None
    payload: dict[str, Any] = {"task_id": str(row.id), "area_id": str(line.area_id)}
    if act == "done":
        payload |= acts.cleaned(form, ["note", "number"])
        if file := form.cleaned_data.get("photo"):
            photo_id = UUID(form.child("photo"))
            try:
                photos.store(line.district, line.area_id, photo_id, file.read())
            except Refuse as refuse:
                form.refuse(refuse.refusal)
                return None
            payload["photo_id"] = str(photo_id)
    elif act == "excuse":
        payload["why"] = form.cleaned_data["why"]
    elif act != "reopen":
        name = "done" if act == "doors_done" else "excused"
        payload |= {name: form.cleaned_data["doors"], "why": form.cleaned_data["why"]}
    receipt = acts.send(actor, form, command, payload, line.district)
    if receipt is None:
        return None
    where = reverse("task_grid", args=[row.id, line.area_id])
    return acts.done(request, receipt, str(said), where)


def _grid_page(
    request: HttpRequest,
    actor: Actor,
    row: TaskRound,
    area: Area,
    line: TaskLine,
    form: LineForm,
    ticks: DoorsForm,
) -> HttpResponse:
    where, may_visit = request.path, actor.may(Verb.VISIT, area.path) and queries.runs(row)
    open_doors = line.doors - line.doors_done - line.doors_excused
    sections = [Section(_("What is to be done"), text=row.text)] if row.text else []
    if line.note or line.why:
        sections.append(Section(_("Note"), text=line.note or line.why))
    if may_visit and line.state == LineState.OPEN:
        if ticks.fields["doors"].choices:  # type: ignore[attr-defined]
            buttons = [
                c.Action(_("These are done"), "doors_done", "check", "primary"),
                c.Action(_("Excuse these"), "doors_excused", "close"),
            ]
            title = _("Households still open")
            sections.append(Section(title, form=ticks, buttons=buttons, href=where, icon="door"))
        buttons = [
            c.Action(_("The grid is done"), "done", "check", "primary"),
            c.Action(_("Not needed here"), "excuse", "close"),
        ]
        sections.append(Section(_("Whole grid"), form=form, buttons=buttons, href=where))
    elif actor.may(Verb.ASSIGN, area.path) and queries.runs(row) and line.state != LineState.OPEN:
        buttons = [c.Action(_("Open it again"), "reopen", "refresh")]
        sections.append(Section(_("Whole grid"), form=acts.Once(), buttons=buttons, href=where))
    stats = [Stat(_("State"), words.LINES[LineState(line.state)])]
    if row.households:
        stats.append(Stat(_("Households open"), open_doors, line.doors))
    if line.number:
        stats.append(Stat(row.unit or _("Counted"), line.number))
    actions = []
    if line.photo_id:
        actions.append(c.Action(_("Photo"), reverse("task_photo", args=[row.id, area.id]), "file"))
    path = [
        c.Link(_("Tasks for grids"), reverse("tasks")),
        c.Link(row.name, reverse("task", args=[row.id])),
        c.Link(area.name),
    ]
    status = max(status_of(form), status_of(ticks))
    note = f"{_('Shown by')}: {words.PROOFS[Proof(row.proof)]} · {when(row.due_at)}"
    return show(
        request,
        area.name,
        sections=sections,
        stats=stats,
        path=path,
        actions=actions,
        note=note,
        status=status,
    )


@require_safe
@page
def photo(request: HttpRequest, actor: Actor, task_id: UUID, area_id: UUID) -> HttpResponse:
    """Give the photo by which a grid showed that it is done."""
    row, area = _task(actor, task_id), area_queries.area(actor, area_id)
    line = queries.line(row, area) if area else None
    found(line)
    kept = (
        photos.read(line.district, line.area_id, line.photo_id) if line and line.photo_id else None
    )
    if kept is None:
        raise Refuse(NOT_FOUND)
    return HttpResponse(kept[0], content_type=kept[1])
