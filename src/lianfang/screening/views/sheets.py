"""Lists as xlsx files; each that leaves the system is kept in the journal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse

from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import FORBIDDEN, Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now

if TYPE_CHECKING:
    from lianfang.areas.models import Area

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterable[Sequence[object]]


def answer(
    actor: Actor,
    area: Area,
    what: str,
    filters: Mapping[str, str],
    name: str,
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> HttpResponse:
    """Answer with a list as a file, after the journal has it."""
    payload = {
        "area_id": str(area.id),
        "what": what,
        "rows": len(rows),
        "filters": dict(filters),
        "in_full": False,
    }
    receipt = submit(actor, [Entry(new_id(), "export.record", payload, now(), area.district)])[0]
    if not receipt.stands:
        refusal = receipt.refusal
        raise Refuse(refusal.code if refusal else FORBIDDEN)
    return file(f"{name} {area.name}", [(area.name, head, rows)])


def file(name: str, sheets: Sequence[tuple[str, Sequence[str], Rows]]) -> HttpResponse:
    """Return an xlsx file of sheets (title, heads, rows); all cells are text or numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    for number, (title, head, rows) in enumerate(sheets, 1):
        sheet = book.add_worksheet(_title(title, number))
        sheet.freeze_panes(1, 0)
        widths = [_width(text) for text in head]
        for column, text in enumerate(head):
            sheet.write_string(0, column, str(text), bold)
        for line, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(line, column, value)
                else:
                    sheet.write_string(line, column, str(value))
                if line < 200:
                    widths[column] = max(widths[column], _width(str(value)))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, 60))
    book.close()
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def _width(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def _title(text: str, number: int) -> str:
    """Return a name that a sheet may have: 31 signs at most, some not allowed."""
    clean = "".join("-" if sign in r"[]:*?/\'" else sign for sign in text)
    return clean[:28] or f"{number}"
