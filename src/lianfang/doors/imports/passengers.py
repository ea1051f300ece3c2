# cjk: spellings of real files
"""Rows of a manifest -> typed lines. A second line for somebody is a line too, told apart later."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from lianfang.doors.imports.dates import birth_date
from lianfang.doors.imports.identities import id_kind, identity
from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.registers import Fields
from lianfang.doors.imports.rows import IdKind, PassengerRow
from lianfang.doors.imports.values import line, sex, short, temperature, text, words, yes_no
from lianfang.doors.imports.values import name as clean_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lianfang.doors.imports.reading import Reading
    from lianfang.doors.imports.rows import RefusedRow
    from lianfang.doors.imports.tables import Cell

_HAN = re.compile(r"[\u3400-\u9fff·]+(?:\s*[\u3400-\u9fff·]+)*")
# What ticketing writes behind a name: WANG/XIAOMING MR.
_TITLES = re.compile(r"\b(?:MR|MRS|MS|MISS|MSTR|CHD|INF|DR)\.?$", re.I)
_SEAT = re.compile(r"0*(\d{1,3})\s*-?([A-Z])", re.I)
_SYMPTOMS = {
    word: code
    for code, said in {
        "fever_felt": "发热 发烧 fever",
        "cough": "咳嗽 咳 干咳 cough",
        "tiredness": "乏力 疲劳 无力 tiredness fatigue tired",
        "short_breath": "气促 胸闷 呼吸困难 气短 shortbreath breathless dyspnoea",
        "sore_throat": "咽痛 咽喉痛 喉咙痛 嗓子疼 sorethroat",
        "diarrhoea": "腹泻 拉肚子 diarrhoea diarrhea",
    }.items()
    for word in said.split()
}
_WELL = frozenset(
    {"无", "正常", "无症状", "健康", "良好", "无异常", "none", "normal", "no", "well"}
)
_COLUMN = {"name_latin": 80, "nationality": 40, "place_from": 80, "onward": 80, "family": 40}


def latin(cell: Cell) -> str:
    """A name as tickets and passports write it: `WANG/XIAOMING MR` -> WANG XIAOMING."""
    said = re.sub(r"\s*[/,，]\s*", " ", line(cell, _COLUMN["name_latin"]))
    return re.sub(r"\s+", " ", _TITLES.sub("", said.strip())).strip()


def two_names(cell: Cell) -> tuple[str, str]:
    """A name in one script or two in one cell: `王小明 WANG XIAOMING` -> both."""
    said = text(cell)
    match = _HAN.search(said)
    rest = (said[: match.start()] + " " + said[match.end() :]).strip(" /()（）") if match else said
    if match and re.search(r"[A-Za-z]", rest):
        return clean_name(match[0]), latin(rest)
    if match:
        return clean_name(cell), ""
    bare = latin(said)
    return clean_name(bare), bare


def seat(cell: Cell) -> str:
    """A seat: `12a`, `012A`, `12-A` -> 12A; what is no seat of a plane is kept as it is."""
    said = line(cell, 10).upper().replace(" ", "")
    match = _SEAT.fullmatch(said)
    return f"{int(match[1])}{match[2]}" if match else said


def age(cell: Cell) -> int:
    """An age in years: `35`, `35岁`."""
    bare = re.sub(r"(?:周?岁|years?|y)$", "", text(cell).strip().lower()).strip()
    if not bare.isdigit() or int(bare) > 130:
        raise BadValue("age-not-understood", value=short(text(cell)))
    return int(bare)


def symptoms(cell: Cell) -> tuple[str, ...]:
    """Symptoms in words; one that is not known is `other`, so that nothing said is lost."""
    said = [re.sub(r"\s+", "", word.lower()) for word in words(cell)]
    return tuple(sorted({_SYMPTOMS.get(word, "other") for word in said if word not in _WELL}))


def passenger_entries(reading: Reading) -> Iterator[PassengerRow | RefusedRow]:
    """Stream the lines of a manifest."""
    today = reading.options.today
    for number, cells in reading.data():
        row = Fields(reading, number, cells)
        name, in_latin = row.take("name", two_names, ("", ""))
        in_latin = row.take("name_latin", latin, "") or in_latin
        one = PassengerRow(number, name or in_latin)
        one.name_latin = in_latin
        if not one.name and not row.problems:
            row.refuse("name", "name-missing")
        one.sex = row.take("sex", sex, None)
        one.birth_date = row.take("birth_date", partial(birth_date, today=today), None)
        kind = row.take("id_kind", id_kind, None)
        if document := row.take("id_number", partial(identity, kind=kind), None):
            one.id_kind, one.id_number = document.kind, document.number
            if one.sex and document.sex and one.sex is not document.sex:
                row.refuse("sex", "id-sex-differs")
            if one.birth_date and document.birth_date not in (None, one.birth_date):
                expected = str(document.birth_date)
                row.refuse("birth_date", "id-birth-differs", expected=expected)
            one.sex = one.sex or document.sex
            one.birth_date = one.birth_date or document.birth_date
        one.phones = row.phones()
        one.age = row.take("age", age, None)
        one.nationality = row.take("nationality", partial(line, limit=40), "")
        if not one.nationality and one.id_kind is IdKind.RESIDENT:
            one.nationality = "中国"
        one.place_from = row.take("place_from", partial(line, limit=80), "")
        one.onward = row.take("onward", partial(line, limit=80), "")
        one.seat = row.take("seat", seat, "")
        one.family = row.take("family", partial(line, limit=40), "")
        one.accessible = row.take("accessible", yes_no, False)
        one.temperature = row.take("temperature", temperature, None)
        one.symptoms = row.take("symptoms", symptoms, ())
        yield row.refused() if row.problems else one
