# cjk: spellings of real files
# ruff: noqa: E501  (lists of words)
"""Rows of line lists and of lists of contacts -> typed rows.

The words of Go.Data (`LNG_REFERENCE_DATA_CATEGORY_CASE_CLASSIFICATION_…` and its English labels)
and of SORMAS (CaseClassification, ContactProximity, ContactClassification and their captions) are
understood beside those of Chinese disease control.
"""

from __future__ import annotations

import datetime
import re
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lianfang.doors.imports.dates import date
from lianfang.doors.imports.identities import id_kind, identity
from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.registers import Fields
from lianfang.doors.imports.rows import CaseRow, ContactRow, IdKind
from lianfang.doors.imports.values import line, short, text
from lianfang.doors.imports.values import name as clean_name
from lianfang.tracing.rules import CaseState, Degree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lianfang.doors.imports.reading import Reading
    from lianfang.doors.imports.rows import RefusedRow
    from lianfang.doors.imports.tables import Cell

_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS = re.compile(r"[\s_\-/,.，、()（）“”\"]+")
_TOKEN = re.compile(r"^LNG_REFERENCE_DATA_CATEGORY_(?:CASE_CLASSIFICATION|DOCUMENT_TYPE)_", re.I)

_S, _D = CaseState, Degree
T = TypeVar("T")


def _table(said: Mapping[T, str]) -> dict[str, T]:
    return {word: meaning for meaning, words in said.items() for word in words.split()}


_STATES = _table(
    {
        _S.CONFIRMED: "确诊 确诊病例 确认病例 阳性 实验室确诊 confirmed confirmedcase confirmedunknownsymptoms "
        "confirmedcasewithunknownsymptoms",
        _S.SUSPECTED: "疑似 疑似病例 可疑 可疑病例 临床诊断 临床诊断病例 待排查 suspect suspected suspectcase "
        "suspectedcase probable probablecase notclassified notyetclassified",
        _S.RULED_OUT: "排除 已排除 排除病例 非病例 不是病例 nocase notacase notacasediscarded discarded "
        "discardedcase ruledout",
    }
)
# Infected without symptoms: counted from the sample, not from an onset.
_SILENT = frozenset(
    "无症状 无症状感染者 无症状感染 阳性检测者 asymptomatic confirmednosymptoms "  # noqa: SIM905
    "confirmedcasewithnosymptoms confirmedcasewithoutsymptoms".split()
)
_RESULTS = _table(
    {
        True: "阳性 核酸阳性 检出 弱阳性 + positive pos detected",
        False: "阴性 核酸阴性 未检出 待检 待出 待结果 可疑 - negative neg notdetected pending "
        "indeterminate inconclusive notdone",
    }
)
_DEGREES = _table(
    {
        _D.CLOSE: "密切接触者 密接 密接者 密切接触 密切 close closecontact highrisk highriskmed high "
        "touchedfluid physicalcontact clothesorother facetofacelong medicalunsafe airplane aerosol "
        "touchedfluidofsourcecase directphysicalcontactwithsourcecase "
        "manipulationofclothesorotherobjectsofsourcecase "
        "wasincloseproximity1meterwithsourcecase facetofacecontactofatleast15minutes",
        _D.GENERAL: "一般接触者 一般接触 一般 一般密接 general casual generalcontact casualcontact mediumriskmed "
        "lowrisk low sameroom facetofaceshort medicalsafe medicalsameroom medicaldistant "
        "medicallimited wasinsameroomorhousewithsourcecase facetofacecontactoflessthan15minutes",
        _D.SECOND: "密接的密接 次密接 次密切接触者 二级密接 密接之密接 second secondary contactofcontact "
        "secondcontact",
    }
)
# Captions of SORMAS that go on for lines: told by how they begin.
_BEGINNINGS = (
    ("airplane", _D.CLOSE),
    ("medicalpersonalatclose", _D.CLOSE),
    ("medicalpersonnelatclose", _D.CLOSE),
    ("medicalperson", _D.GENERAL),
)
_NO_CONTACT = frozenset("nocontact notacontact 否 不是 排除 非密接".split())  # noqa: SIM905
_DOCUMENTS = _table(
    {
        IdKind.PASSPORT: "passport",
        IdKind.OTHER: "externalid vaccinationcard archivedid otherdocument nationalidcard other",
    }
)


def _key(cell: Cell) -> str:
    return _MARKS.sub("", _TOKEN.sub("", text(cell)).lower())


def case_state(cell: Cell) -> tuple[CaseState, bool]:
    """What is known of a case, and whether it is an infection without symptoms."""
    said = _key(cell)
    if said in _SILENT:
        return CaseState.CONFIRMED, True
    if said not in _STATES:
        raise BadValue("case-state", value=short(text(cell)))
    return _STATES[said], False


def test_result(cell: Cell) -> bool:
    """Whether a test was positive; one that is not through yet was not."""
    said = text(cell).strip()
    said = said if said in "+-" else _key(cell)
    if said not in _RESULTS:
        raise BadValue("test-result", value=short(text(cell)))
    return _RESULTS[said]


def degree(cell: Cell) -> Degree:
    """How near a contact was."""
    said = _key(cell)
    if said in _DEGREES:
        return _DEGREES[said]
    for beginning, meaning in _BEGINNINGS:
        if said.startswith(beginning):
            return meaning
    raise BadValue("degree-not-understood", value=short(text(cell)))


def past_day(cell: Cell, today: datetime.date) -> datetime.date:
    """A day that has been; one without a year (`1月25日`) is the last such day."""
    try:
        found = date(cell)
    except BadValue as bad:
        if bad.code != "date-year-missing":
            raise
        found = date(cell, year=today.year)
        if found > today:
            found = date(cell, year=today.year - 1)
    if found > today:
        raise BadValue("date-future", value=found.isoformat())
    return found


def number(cell: Cell) -> str:
    """A file's own number of a case, as it is compared: `case-0031 ` is CASE-0031, 07 is 7."""
    said = line(cell, 60).upper().replace(" ", "")
    return said.lstrip("0") or "0" if said.isdigit() else said


def _document(cell: Cell) -> IdKind:
    said = _key(cell)
    return _DOCUMENTS[said] if said in _DOCUMENTS else id_kind(cell)


def _person(row: Fields, one: CaseRow | ContactRow) -> None:
    """Fill in who somebody is: a name in one column or in two, documents, phones, address."""
    last = row.take("last_name", partial(line, limit=40), "")
    first = row.take("first_name", partial(line, limit=40), "")
    if last or first:
        both = f"{last}{first}" if _HAN.search(last + first) else f"{first} {last}"
        try:
            one.name = clean_name(both.strip())
        except BadValue as bad:
            row.refuse("last_name", bad.code, **bad.params)  # type: ignore[arg-type]
    else:
        one.name = row.take("name", clean_name, "")
    if not one.name and not row.problems:
        row.refuse("name" if "name" in row.reading.at else "last_name", "name-missing")
    kind = row.take("id_kind", _document, None)
    if document := row.take("id_number", partial(identity, kind=kind), None):
        one.id_kind, one.id_number = document.kind, document.number
    one.phones = row.phones()
    one.address = row.take("address", partial(line, limit=200), "")


def case_entries(reading: Reading) -> Iterator[CaseRow | RefusedRow]:
    """Stream the rows of a line list."""
    day = partial(past_day, today=reading.options.today)
    for place, cells in reading.data():
        row = Fields(reading, place, cells)
        one = CaseRow(place, "")
        _person(row, one)
        one.number = row.take("number", number, "")
        if said := row.take("state", case_state, None):
            one.state, one.asymptomatic = said
        if one.state is None and row.take("tested", test_result, False):
            one.state = CaseState.CONFIRMED
        one.onset = row.take("onset", day, None)
        one.sample = row.take("sample", day, None)
        one.result = row.take("result", day, None)
        one.area = row.take("area", partial(line, limit=60), "")
        one.cluster = row.take("cluster", partial(line, limit=60), "")
        one.infected_by = row.take("infected_by", number, "")
        yield row.refused() if row.problems else one


def contact_entries(reading: Reading) -> Iterator[ContactRow | RefusedRow]:
    """Stream the rows of a list of contacts."""
    day = partial(past_day, today=reading.options.today)
    for place, cells in reading.data():
        row = Fields(reading, place, cells)
        one = ContactRow(place, "")
        _person(row, one)
        one.community = row.take("community", partial(line, limit=60), "")
        one.degree = row.take("degree", degree, None)
        one.last_day = row.take("last_day", day, None)
        one.source = row.take("source", number, "")
        one.is_contact = row.take("is_contact", lambda cell: _key(cell) not in _NO_CONTACT, True)
        yield row.refused() if row.problems else one
