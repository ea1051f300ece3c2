"""What leaves the desk as a file: the journal keeps that it did, then the workbook is given."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lianfang.kernel.actors import Actor
from lianfang.services.views.common import form_page
from lianfang.web import acts

if TYPE_CHECKING:
    from lianfang.areas.models import Area

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def give(
    request: HttpRequest,
    actor: Actor,
    area: Area,
    what: str,
    sheets: dict[str, list[list[Any]]],
    filters: dict[str, str],
    back: str,
) -> HttpResponse:
    """Ask for the export to be journalled, then give the file."""
    form = acts.Once(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        payload = {
            "area_id": str(area.id),
            "what": what,
            "rows": sum(len(rows) - 1 for rows in sheets.values()),
            "filters": filters,
        }
        if acts.send(actor, form, "export.record", payload, area.district):
            out = io.BytesIO()
            book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name[:31])
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, [v if v is not None else "" for v in row])
            book.close()
            response = HttpResponse(out.getvalue(), content_type=XLSX)
            response["Content-Disposition"] = f'attachment; filename="{what}.xlsx"'
            return response
    hint = _("The journal keeps that you took this list out.")
    return form_page(request, form, _("As an Excel file"), back, hint)
