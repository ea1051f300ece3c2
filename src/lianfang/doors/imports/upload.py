"""The first two steps of an import: a file, and what its columns are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries
from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.doors.imports import background, files, jobs, work
from lianfang.doors.imports.fields import LABELS, SYNONYMS
from lianfang.doors.imports.headers import Proposal
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.problems import FileProblem
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.tables import Limits, Sheet
from lianfang.doors.imports.words import KINDS
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, TOO_LARGE, Refuse
from lianfang.web.acting import found, page

# So many areas are offered; in a larger scope one types the code.
_OFFERED = 80
# Numbers of persons are shown by their ends, as everywhere.
_LONG = re.compile(r"(\d{3})\d{4,}([\dXx]{2})")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Ask for a file, what it is, and for which area; look into it at once."""
    subject = _uuid(request.POST.get("for") or request.GET.get("for") or "")
    # The list of something is sent from its page; nothing else is sent from there.
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    kinds = [
        kind
        for kind in KINDS
        if actor.may_somewhere(jobs.VERBS[kind])
        and (kind in jobs.WITH_SUBJECT) == bool(subject)
        and (not subject or kind == asked)
    ]
    if not kinds:
        raise Refuse(NOT_FOUND)
    values = {
        "kind": asked or str(kinds[0]),
        "area": request.POST.get("area") or request.GET.get("area") or "",
        "code": request.POST.get("code", "").strip(),
        "for": str(subject or ""),
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        job = _begin(request, actor, values, errors)
        if job is not None:
            return HttpResponseRedirect(reverse("import", args=[job.id]))
    context = {
        "kinds": [(str(kind), KINDS[kind]) for kind in kinds],
        "areas": _areas(actor, values["area"]),
        "values": values,
        "errors": errors,
        "limit": Limits().file_bytes // (1024 * 1024),
    }
    return render(request, "doors/imports/new.html", context, status=422 if errors else 200)


def _areas(actor: Actor, wanted: str) -> list[tuple[str, str]]:
    """Return the areas to choose from: the topmost of the scope, and what lies below, by path."""
    roots = list(queries.roots(actor)[:_OFFERED])
    offered: list[Area] = []
    for root in roots:
        offered.append(root)
        if root.level >= Level.STREET:
            below = queries.areas(actor).filter(path__under=root.path, level__gt=root.level)
            offered += list(below.order_by("path")[:_OFFERED])
    offered = offered[:_OFFERED]
    if (chosen := _area(actor, wanted)) and chosen not in offered:
        offered.append(chosen)
    labels = queries.labels(a.id for a in offered)
    return [(str(a.id), labels.get(a.id, a.name)) for a in offered]


def _begin(
    request: HttpRequest, actor: Actor, values: dict[str, str], errors: dict[str, str]
) -> ImportJob | None:
    """Take the file in, or say at each field what is wrong."""
    kind = Kind(values["kind"]) if values["kind"] in {str(k) for k in Kind} else None
    area = queries.by_code(values["code"]) if values["code"] else _area(actor, values["area"])
    if kind is None:
        errors["kind"] = _("Say what the file is.")
    if area is None or kind is None or not jobs.may_import(actor, kind, area):
        errors["area"] = _("Choose an area in which you may do this.")
    elif kind is not Kind.AREAS and not area.district:
        errors["area"] = _("Choose a district, a street, a community or a grid.")
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        errors["file"] = _("Choose the file.")
    if errors or kind is None or area is None or not isinstance(sent, UploadedFile):
        return None
    limit = Limits().file_bytes
    if (sent.size or 0) > limit:
        raise Refuse(TOO_LARGE, limit=f"{limit // (1024 * 1024)} MB")
    name = Path(sent.name or "").name
    try:
        with files.scratch(Path(name).suffix[:8]) as path:
            with path.open("wb") as target:
                for chunk in sent.chunks():
                    target.write(chunk)
            return jobs.begin(actor, kind, area, path, name, _uuid(values["for"]))
    except FileProblem as problem:
        errors["file"] = str(problem)
        return None


def _area(actor: Actor, text: str) -> Area | None:
    area_id = _uuid(text)
    return queries.area(actor, area_id) if area_id else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@page
def columns(request: HttpRequest, actor: Actor, job_id: UUID) -> HttpResponse:
    """Show what each column seems to be, with samples; take the sender's word for it."""
    job = open_job(actor, job_id)
    if job.state in (ImportJob.State.RUNNING, ImportJob.State.DONE):
        return HttpResponseRedirect(reverse("import", args=[job.id]))
    error = ""
    if request.method == "POST":
        job.sheet = request.POST.get("sheet", job.sheet)[:120]
        if request.POST.get("act") == "look":
            row = request.POST.get("header_row", "")
            job.header_row = int(row) if row.isascii() and row.isdigit() and len(row) < 7 else None
            job.columns = {}
        job.save(update_fields=["sheet", "header_row", "columns"])
    shown: dict[str, Any] = {}
    try:
        with jobs.reading(job) as (sheet, proposal):
            if request.method == "POST" and request.POST.get("act") != "look":
                proposal = proposal.with_fields(_chosen(request, proposal))
                if not proposal.missing:
                    jobs.confirm_columns(job, proposal)
                    shown = {"ready": True}
                else:
                    job.columns = {str(c.index): c.field for c in proposal.columns}
                    job.save(update_fields=["columns"])
            if not shown:
                shown = _shown(job, sheet, proposal)
                error = ", ".join(map(str, proposal.missing))
    except FileProblem as problem:
        return render(
            request,
            "doors/imports/columns.html",
            {"job": job, "problem": str(problem), "header_row": job.header_row or ""},
            status=422,
        )
    if shown.get("ready"):
        work.begin_check(job)
        background.launch(job)
        return HttpResponseRedirect(reverse("import", args=[job.id]))
    status = 422 if error and request.method == "POST" else 200
    context = {"job": job, "missing": error, **shown}
    return render(request, "doors/imports/columns.html", context, status=status)


def _chosen(request: HttpRequest, proposal: Proposal) -> dict[int, str]:
    known = set(SYNONYMS[proposal.kind])
    chosen: dict[int, str] = {}
    for column in proposal.columns:
        value = request.POST.get(f"c{column.index}")
        if value is not None:
            chosen[column.index] = value if value in known else ""
    return chosen


def _shown(job: ImportJob, sheet: Sheet, proposal: Proposal) -> dict[str, Any]:
    choices = [("", _("Not needed")), *((name, LABELS[name]) for name in SYNONYMS[proposal.kind])]
    return {
        "kind": KINDS[proposal.kind],
        "sheet": sheet.name,
        "header_row": proposal.header_rows[0],
        "choices": choices,
        "columns": [
            {
                "column": column,
                "name": f"c{column.index}",
                "label": column.header or _("Column %(letter)s") % {"letter": column.letter},
                "samples": [_LONG.sub(r"\1…\2", s) for s in column.samples if s],
                "unsure": bool(column.field) and column.confidence < 0.7,
            }
            for column in proposal.columns
        ],
    }


def open_job(actor: Actor, job_id: UUID) -> ImportJob:
    """Return an import that the actor may work on. Raises Refuse(kernel.not_found)."""
    job = jobs.visible(actor).filter(id=job_id).first()
    found(job)
    assert job
    if not jobs.may_import(actor, Kind(job.kind), job.area):
        raise Refuse(NOT_FOUND)
    return job
