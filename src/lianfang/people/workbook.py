"""Lists as xlsx files; that of the households with what the actor may see."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from lianfang.kernel.actors import Actor
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Sight
from lianfang.people import queries, words
from lianfang.people.models import Household, Person
from lianfang.people.rules import PersonState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# One file holds so many doors at most; a larger list is exported by its parts.
LIMIT = 50_000
_AT_ONCE = 500


def columns(actor: Actor, path: str) -> list[tuple[str, str]]:
    """Return (key, heading) of the columns that the actor's sights allow."""
    result = [
        ("grid", _("Grid")),
        ("building", _("Building")),
        ("unit", _("Unit (entrance)")),
        ("floor", _("Floor")),
        ("room", _("Room")),
    ]
    if actor.sees(Sight.IDENTITY, path):
        result += [("name", _("Name")), ("relation", _("Relation in the household"))]
    result += [("sex", _("Sex")), ("age", _("Age"))]
    if actor.sees(Sight.CONTACT, path):
        result.append(("phone", _("Telephone")))
    if actor.sees(Sight.IDENTITY, path):
        result.append(("id_number", _("Document number")))
    if actor.sees(Sight.HEALTH, path):
        result.append(("care", _("Looked after first because of")))
    return result


def rows(actor: Actor, found: QuerySet[Household], *, in_full: bool) -> Iterable[dict[str, Any]]:
    """Yield one row for each person behind the doors, and one for a door without people."""
    listed = list(found.order_by("sort_key", "id")[:LIMIT])
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        yield from _rows_of(actor, part, in_full)


def _rows_of(actor: Actor, part: list[Household], in_full: bool) -> Iterable[dict[str, Any]]:
    people: dict[Any, list[Person]] = {}
    for person in Person.objects.filter(
        district__in={h.district for h in part},
        household_id__in=[h.id for h in part],
        state=PersonState.LIVE,
    ).order_by("registered_at", "id"):
        people.setdefault(person.household_id, []).append(person)
    for household in part:
        place = {
            "grid": household.area.name,
            "building": household.building,
            "unit": household.unit,
            "floor": household.floor,
            "room": household.room,
        }
        for person in people.get(household.id, ()):
            person.household = household
            yield {**place, **_cells(actor, person, in_full)}
        if household.id not in people:
            yield place


def _cells(actor: Actor, person: Person, in_full: bool) -> dict[str, Any]:
    seen = queries.visible(actor, person)
    cells: dict[str, Any] = {
        "name": seen.name,
        "relation": seen.relation,
        "sex": str(words.SEXES[seen.sex]) if seen.sex else "",  # type: ignore[index]
        "age": seen.age,
        "phone": person.phone if in_full and seen.phone else seen.phone,
        "id_number": person.id_number if in_full and seen.id_number else seen.id_number,
        "care": "、".join(str(words.CARE[c]) for c in seen.care),  # type: ignore[index]  # cjk: a list
    }
    return cells


def answer(content: bytes, name: str) -> HttpResponse:
    """Return the answer with an xlsx file that the browser keeps as `name`.xlsx."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def write(
    heads: list[tuple[str, str]], lines: Iterable[dict[str, Any]], *, title: str, who: str
) -> tuple[bytes, int]:
    """Return the file and its number of rows; who took it out and when stands in its properties."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "constant_memory": True, "strings_to_formulas": False}
    )
    book.set_properties({"title": title, "author": who, "created": now().replace(tzinfo=None)})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    for number, (_key, heading) in enumerate(heads):
        sheet.set_column(number, number, 14)
        sheet.write_string(0, number, heading, bold)
    sheet.freeze_panes(1, 0)
    count = 0
    for line in lines:
        count += 1
        for number, (key, _heading) in enumerate(heads):
            value = line.get(key)
            if isinstance(value, int):
                sheet.write_number(count, number, value)
            elif value:
                sheet.write_string(count, number, str(value))
    book.close()
    return out.getvalue(), count
