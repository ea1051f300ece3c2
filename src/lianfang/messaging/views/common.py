"""What the pages of this room share."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lianfang.people.workbook import answer
from lianfang.web import components as c
from lianfang.web.problems import is_htmx

_MOST = 300
_INDENT = "\u2003"


def listing(
    request: HttpRequest, title: str, table: c.Table | None, context: Any = None, **more: Any
) -> HttpResponse:
    """Show a page with a table; to HTMX the table alone."""
    if table and is_htmx(request):
        return render(request, "web/table.html", {"table": table})
    shown = {"title": title, "table": table, **(context or {}), **more}
    return render(request, "messaging/list.html", shown)


def workbook(name: str, head: list[str], rows: list[list[Any]]) -> HttpResponse:
    """Return rows as an Excel file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for number, row in enumerate([head, *rows]):
        sheet.write_row(number, 0, [str(v) if v is not None else "" for v in row])
    book.close()
    return answer(out.getvalue(), name)
