"""The list of imports, and the page of one: its check, its progress, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.doors.imports import background, files, jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.places import Places
from lianfang.doors.imports.problems import SKIPPED
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.upload import open_job
from lianfang.doors.imports.words import COUNTS, KINDS, STATES
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.people import account_queries
from lianfang.web import components as c
from lianfang.web import paging
from lianfang.web.acting import page
from lianfang.web.problems import is_htmx

State = ImportJob.State


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the imports, the latest first."""
    if not any(actor.may_somewhere(verb) for verb in jobs.VERBS.values()):
        raise Refuse(NOT_FOUND)
    found = paging.page(
        jobs.visible(actor), ("-made_at", "id"), request.GET.get("cursor", ""), size=25
    )
    who = account_queries.accounts_by_id(j.account_id for j in found.rows if j.account_id)
    table = c.Table(
        id="imports",
        caption=_("Imports"),
        columns=[
            c.Column(_("File"), primary=True),
            c.Column(_("Kind of file")),
            c.Column(_("Area")),
            c.Column(_("When")),
            c.Column(_("Sent by")),
            c.Column(_("State")),
            c.Column(_("Rows to mend"), numeric=True),
        ],
        rows=[
            c.Row(
                [
                    job.filename,
                    KINDS[Kind(job.kind)],
                    job.area.name,
                    date_format(localtime(job.made_at), "Y-m-d H:i"),
                    who[job.account_id].name if job.account_id in who else _("Operator"),
                    STATES[job.state],
                    job.returned_rows or "",
                ],
                href=reverse("import", args=[job.id]),
            )
            for job in found.rows
        ],
        previous=paging.neighbour(request, found.previous),
        next=paging.neighbour(request, found.next),
        empty_title=_("Nothing was imported yet"),
        empty_text=_("Upload the roster as you keep it; titles and merged cells are fine."),
    )
    if is_htmx(request):
        return render(request, "doors/imports/table.html", {"table": table})
    return render(request, "doors/imports/list.html", {"table": table})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    """Show where an import stands; take the choices of its check, or go on."""
    job = open_job(actor, job_id)
    if request.method == "POST":
        return _act(request, job)
    if job.state == State.MAPPING or (job.state == State.FAILED and not job.columns):
        return HttpResponseRedirect(reverse("import_columns", args=[job.id]))
    return render(request, "doors/imports/import.html", _context(job))


def _act(request: HttpRequest, job: ImportJob) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "continue" and jobs.is_stale(job):
        if jobs.claim(job):
            background.launch(job)
    elif act in ("check", "go") and job.state in (State.CHECKED, State.FAILED):
        before = (job.complete, job.close_missing, dict(job.places))
        _choose(request, job)
        changed = before != (job.complete, job.close_missing, job.places)
        if act == "go" and not changed and job.state == State.CHECKED:
            if not work.start(job):
                return HttpResponseRedirect(reverse("import", args=[job.id]))
        else:
            work.begin_check(job)
            if act == "go":
                messages.info(request, _("The choices change what happens: please look again."))
        background.launch(job)
    return HttpResponseRedirect(reverse("import", args=[job.id]))


def _choose(request: HttpRequest, job: ImportJob) -> None:
    """Keep the choices; only areas of the import's own part of the tree may be chosen."""
    own = {str(area.id) for area in Places(job.area, {}).areas}
    places: dict[str, str] = {}
    for number, key in enumerate(_questions(jobs.samples(job))):
        value = request.POST.get(f"place{number}")
        if value is not None and (value in own or not value):
            places[key] = value
    jobs.choose(
        job,
        places,
        complete=request.POST.get("complete") == "1",
        close=request.POST.get("close") == "1",
    )


def _questions(found: dict[str, Any]) -> list[str]:
    """Return what the check could not place: words for grids, then buildings, most doors first."""
    words = sorted(found.get("unknown", {}).items(), key=lambda kv: (-kv[1], kv[0]))[:40]
    buildings = sorted(found.get("unplaced", {}).items(), key=lambda kv: (-kv[1], kv[0]))[:60]
    return [f"grid:{w}" for w, _n in words] + [f"building:{b}" for b, _n in buildings]


def _context(job: ImportJob) -> dict[str, Any]:
    found = jobs.samples(job)
    stats = [
        {"label": words, "value": job.counts[name], "icon": icon, "tone": tone}
        for name, (words, icon, tone) in COUNTS.items()
        if job.counts.get(name)
    ]
    samples = [
        (COUNTS[name][0], labels)
        for name, labels in found.get("samples", {}).items()
        if name in COUNTS and labels and name != "people_new"
    ]
    changes = sum(
        n
        for name, n in job.counts.items()
        if not name.endswith(("_same", "_known", "_missing")) and name != "refused"
    )
    return {
        "job": job,
        "kind": KINDS[Kind(job.kind)],
        "state": STATES[job.state],
        "stats": stats,
        "samples": samples,
        "refused": [(row, said) for row, said in found.get("refused", [])],
        "skipped": [
            (row, SKIPPED.get(why, why), said) for row, why, said in found.get("skipped", [])
        ],
        "questions": _asked(job, found),
        "changes": changes,
        "roster": job.kind == Kind.ROSTER,
        "subject": job.places.get(jobs.SUBJECT, ""),
        "stale": jobs.is_stale(job),
        "working": job.state in (State.CHECKING, State.RUNNING),
        "returned": job.state == State.DONE and files.has(job.id, files.RETURNED),
        "step": {State.DONE: 4}.get(State(job.state), 3),
        "steps": _steps(job),
        **_progress(job),
    }


def _steps(job: ImportJob) -> list[c.Step]:
    columns = "" if job.state in (State.DONE, State.RUNNING) else "import_columns"
    return [
        c.Step(_("Choose the file"), reverse("import_new")),
        c.Step(_("Match the columns"), reverse(columns, args=[job.id]) if columns else ""),
        c.Step(_("Check the rows")),
        c.Step(_("Taken in")),
    ]


def _asked(job: ImportJob, found: dict[str, Any]) -> list[dict[str, Any]]:
    keys = _questions(found)
    if not keys or job.state != State.CHECKED:
        return []
    places = Places(job.area, {})
    choices = [(str(a.id), a.name) for a in places.areas]
    asked = []
    for number, key in enumerate(keys):
        what, _colon, said = key.partition(":")
        unknown = what == "grid"
        count = found["unknown" if unknown else "unplaced"][said]
        blank = _("Give these rows back") if unknown else _("The community itself")
        label = said or _("Houses without a building")
        if not unknown and said:
            label = _("Building %(name)s") % {"name": said}
        asked.append(
            {
                "name": f"place{number}",
                "label": label,
                "count": count,
                "value": job.places.get(key, ""),
                "choices": [("", blank), *choices],
            }
        )
    return asked


@require_safe
@page
def progress(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    """Answer how far an import is; when it is through, let HTMX load the page anew."""
    job = open_job(actor, job_id)
    if job.state not in (State.CHECKING, State.RUNNING) or jobs.is_stale(job):
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "doors/imports/progress.html", _progress(job))


def _progress(job: ImportJob) -> dict[str, Any]:
    label = _("Checking the rows") if job.state == State.CHECKING else _("Taking the rows in")
    total = job.expected_rows or 0
    value = min(job.position, total) if total and job.position else None
    return {
        "progress_label": label,
        "progress_value": value,
        "progress_max": total,
        "progress_url": reverse("import_progress", args=[job.id]),
    }


@require_safe
@page
def returned(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponseBase:
    """Hand out the workbook of the rows that could not go in."""
    job = open_job(actor, job_id)
    if job.wrapped_key is None or not files.has(job.id, files.RETURNED):
        raise Refuse(NOT_FOUND)
    content = files.content(job.id, files.RETURNED, bytes(job.wrapped_key))
    stem = job.filename.rpartition(".")[0] or job.filename
    response = FileResponse(
        iter([content]),
        as_attachment=True,
        filename=f"{stem} - {_('rows to mend')}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Length"] = str(len(content))
    return response
