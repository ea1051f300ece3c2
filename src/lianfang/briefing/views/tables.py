"""Answer a table: upload the empty one, say once what its columns mean, take it filled."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianfang.areas import queries as area_queries
from lianfang.briefing import queries, table_filling, table_queries
from lianfang.briefing.figures import FIGURES, visible
from lianfang.briefing.kinds import GROUPS
from lianfang.briefing.table_filling import NOT_A_TABLE, Table
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.kernel.times import local, now
from lianfang.kernel.verbs import Verb
from lianfang.people import workbook
from lianfang.people.pages import Section, show, want
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page


class FileForm(acts.CommandForm):
    """The empty table."""

    file = forms.FileField(label=gettext_lazy("The empty table (xlsx)"))


class MapForm(acts.CommandForm):
    """What each column of a table means; the file travels along, it is kept nowhere."""

    content = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, table: Table, figures: list[tuple[str, Any]], **kwargs: Any
    ) -> None:
        """Make the form with a field for each column."""
        super().__init__(*args, **kwargs)
        listed = [("", gettext_lazy("Leave it empty")), *figures]
        for column in table.columns:
            self.fields[f"c{column.number}"] = forms.ChoiceField(
                label=column.title, choices=listed, required=False, initial=column.proposed
            )

    def mapping(self) -> dict[int, str]:
        """Return the figure of each column that has one."""
        return {
            int(name[1:]): value
            for name, value in self.cleaned_data.items()
            if name[:1] == "c" and name[1:].isdigit() and value
        }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def answer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take an empty table and give it back filled; what its columns mean is asked once."""
    want(actor, Verb.READ)
    if request.method != "POST":
        return _ask(request, FileForm())
    if "content" in request.POST:
        return _mapped(request, actor)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form)
    data = form.cleaned_data["file"].read()
    try:
        table = table_filling.read(actor, data)
    except Refuse as refuse:
        form.refuse(refuse.refusal)
        return _ask(request, form)
    known = table_filling.kept(table.columns, table_queries.mapping(actor, table.id))
    if known:
        return _file(actor, data, table, known)
    sent = {"content": base64.b64encode(data).decode()}
    return _columns(request, table, MapForm(table=table, figures=_figures(actor), initial=sent))


def _mapped(request: HttpRequest, actor: Actor) -> HttpResponse:
    try:
        data = base64.b64decode(request.POST["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refuse(NOT_A_TABLE) from error
    table = table_filling.read(actor, data)
    form = MapForm(request.POST, table=table, figures=_figures(actor))
    if not form.is_valid():
        return _columns(request, table, form)
    mapping = form.mapping()
    titles = {c.number: c.title[:80] for c in table.columns}
    columns = {titles[number]: code for number, code in mapping.items()}
    payload = {"table_id": str(table.id), "columns": columns}
    if acts.send(actor, form, "table.keep", payload) is None:
        return _columns(request, table, form)
    return _file(actor, data, table, mapping)


def _file(actor: Actor, data: bytes, table: Table, mapping: dict[int, str]) -> HttpResponse:
    """Return the filled file, and keep in the journal who took it where one may export."""
    moment = now()
    filled, count = table_filling.fill(actor, data, table, mapping, queries.span_of(moment))
    form = acts.Once({"entry_id": ""})
    form.is_valid()
    area = next((a for _row, a in table.areas if a.district), None)
    if area is not None and actor.may(Verb.EXPORT, area.path):
        record = {"area_id": str(area.id), "what": "table", "rows": count}
        acts.send(actor, form, "export.record", record, area.district)
    return workbook.answer(filled, f"table-{local(moment):%Y%m%d-%H%M}")


def _figures(actor: Actor) -> list[tuple[str, Any]]:
    root = area_queries.roots(actor).first()
    if root is None:
        raise Refuse(NOT_FOUND)
    seen = {figure.code for figure in visible(actor, root.path)}
    return [
        (code, f"{GROUPS[figure.group]} · {figure.label}")
        for code, figure in FIGURES.items()
        if code in seen
    ]


def _ask(request: HttpRequest, form: FileForm) -> HttpResponse:
    button = c.Action(_("Fill it"), "fill", icon="check", kind="primary")
    text = _(
        "Somebody wants a table again? Upload it empty, with your communities or grids in the "
        "first columns. You say once what its columns mean; the records fill it, today and "
        "whenever it is wanted again. Nobody types a number."
    )
    sections = [
        Section(_("The table"), form=form, buttons=[button], href=request.path, icon="upload"),
        Section(_("How it works"), text=text, icon="info"),
    ]
    return show(
        request,
        _("Answer a table"),
        sections=sections,
        path=[c.Link(_("Board"), reverse("board")), c.Link(_("Answer a table"))],
        status=422 if form.errors else 200,
    )


def _columns(request: HttpRequest, table: Table, form: MapForm) -> HttpResponse:
    button = c.Action(_("Fill it"), "fill", icon="check", kind="primary")
    names = _(", ").join(area.name for _row, area in table.areas[:8])
    section = Section(
        _("What the columns mean"), form=form, buttons=[button], href=request.path, icon="table"
    )
    return show(
        request,
        _("Answer a table"),
        note=_("%(n)d areas: %(names)s") % {"n": len(table.areas), "names": names},
        sections=[section],
        path=[c.Link(_("Board"), reverse("board")), c.Link(_("Answer a table"))],
        status=422 if form.errors else 200,
    )
