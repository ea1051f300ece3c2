# cjk: spellings of real files
"""Clean single cells: text, names, numbers, sex, yes and no, relations, roles, temperatures.

Pure functions: a cell as read goes in, a clean value comes out, or BadValue is raised. Nothing
is guessed: what is not understood is said, with a hint where there is a likely meaning.
Dates, documents and phones have modules of their own.
"""

from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from lianfang.doors.imports.problems import BadValue
from lianfang.doors.imports.rows import Relation, Role, Sex
from lianfang.doors.imports.vocabulary import RELATION, ROLE, SEX, YES_NO

if TYPE_CHECKING:
    from lianfang.doors.imports.tables import Cell

CACHE = 1 << 16
# Excel keeps 15 digits of a number; whatever was longer has lost its last ones.
EXACT_BELOW = 10**15

_WIDE: dict[int, int | str | None] = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)}
for _kept in "：；？":  # Chinese punctuation inside names and notes stays as written
    _WIDE.pop(ord(_kept), None)
_WIDE |= {ord("－"): "-", ord("／"): "/", ord("．"): ".", ord("＋"): "+"}
_WIDE |= dict.fromkeys((8203, 8204, 8205, 8206, 8207, 8288, 65279, 173))
_CLEAN = re.compile(
    "[!-~\u00b7\u2018-\u201d\u3001-\u303f\u3400-\u9fff\uff08\uff09\uff0c\uff1a\uff1b]*"
)
_SPACES = re.compile(r"\s+")
_FORMULA_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|GETTING_DATA)")
_EMPTY_WORDS = frozenset(
    "- -- — —— / \\ 无 空 暂无 没有 不详 未知 不明 待查 待补 未提供 n/a N/A NULL null".split()  # noqa: SIM905
)
# Written in place of the cell above.
DITTO = frozenset({"同上", "〃", "″", "''", '"', "“", "”"})


def text(cell: Cell | None) -> str:
    """One line of text: full-width letters and digits made narrow, spaces of all kinds trimmed.

    A whole number loses its “.0”. BadValue `number-rounded` for a number that Excel has rounded.
    """
    if type(cell) is str:
        if _CLEAN.fullmatch(cell) and cell[:1] not in ("'", "‘", "#"):
            # Tables that went through other programs say 501.0 for 501.
            return cell[:-2] if cell[-2:] == ".0" and cell[:-2].isdigit() else cell
        cell = _SPACES.sub(" ", cell.translate(_WIDE)).strip()
        if cell[:1] in ("'", "‘", "’") and len(cell) > 1:
            cell = cell[1:].lstrip()
        if cell[:1] == "#" and _FORMULA_ERROR.fullmatch(cell):
            raise BadValue("formula-error", value=cell)
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        if abs(cell) >= EXACT_BELOW:
            raise BadValue("number-rounded")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime.datetime) and not (cell.hour or cell.minute or cell.second):
        cell = cell.date()
    return str(cell)


def shown(cell: Cell | None) -> str:
    """The text of a cell for looking at: what `text` would refuse is given as it stands."""
    try:
        return text(cell)
    except BadValue:
        return str(cell)


def is_blank(cell: Cell | None) -> bool:
    """Whether a cell says nothing: empty, spaces, or a stroke put in to fill it."""
    if cell is None:
        return True
    if not isinstance(cell, str):
        return False
    return not cell or (len(cell) < 6 and _says_nothing(cell))


@lru_cache(CACHE)
def _says_nothing(cell: str) -> bool:
    return not (said := shown(cell)) or said in _EMPTY_WORDS


def short(value: object, length: int = 40) -> str:
    """A value as it may be quoted in words to a person: one line, not too long."""
    said = _SPACES.sub(" ", str(value)).strip()
    return said if len(said) <= length else said[: length - 1] + "…"


def line(cell: Cell | None, limit: int = 120) -> str:
    """Free text of a bounded length; a filled-in stroke or 无 is nothing."""
    said = text(cell)
    if said in _EMPTY_WORDS:
        return ""
    if len(said) > limit:
        raise BadValue("value-too-long", length=len(said), limit=limit)
    return said


# --- names -------------------------------------------------------------------------------------

_PLAIN_NAME = re.compile("[\u3400-\u9fff]{2,4}")
_HAN_SPACES = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_MIDDLE_DOT = re.compile(r"\s*[·•‧∙・･．.⋅﹒]\s*")
_HAN = "\u3007\u3400-\u9fff\U00020000-\U000323af"
_NAME = re.compile(rf"[{_HAN}]+(?:·[{_HAN}]+)*(?:[（(][^()（）]{{1,20}}[)）])?")
_LATIN_NAME = re.compile(r"[^\W\d_][^\W\d_'’.,-]*(?:[ '’.,-]+[^\W\d_]+)*\.?")
_ADDED = re.compile(r"\s*[（(][^()（）]*[)）]\s*$")
VACANT = frozenset(
    "空置 空房 空户 空关 闲置 无人 无人居住 未入住 空 空置房 空置户 vacant".split()  # noqa: SIM905
)

_NO_NAMES = _EMPTY_WORDS | DITTO


def name(cell: Cell | None) -> str:
    """A person's name: `张 三` is 张三, the dot in 阿依古丽·买买提 is kept, (户主) goes."""
    if type(cell) is str and _PLAIN_NAME.fullmatch(cell) and cell not in _NO_NAMES:
        return cell
    said = text(cell)
    if said in _EMPTY_WORDS or not said:
        raise BadValue("name-missing")
    if said in DITTO:
        raise BadValue("name-not-understood", value=said)
    bare = _ADDED.sub("", said)
    if re.search(f"[{_HAN}]", bare):
        bare = _HAN_SPACES.sub("", bare)
        bare = _MIDDLE_DOT.sub("·", bare)
        if len(bare) <= 40 and _NAME.fullmatch(bare):
            return bare
    elif 2 <= len(bare) <= 80 and _LATIN_NAME.fullmatch(bare):
        return bare
    raise BadValue("name-not-understood", value=short(said))


# --- words with a fixed meaning ----------------------------------------------------------------


_SPLIT = re.compile(r"[、,，;；/|+\n]+|\s+")


@lru_cache(CACHE, typed=True)
def sex(cell: Cell) -> Sex:
    """男/女, M/F and their like."""
    said = text(cell)
    found = SEX.get(said.lower())
    if isinstance(found, Sex):
        return found
    raise BadValue("sex-not-understood", value=short(said))


@lru_cache(CACHE, typed=True)
def yes_no(cell: Cell) -> bool:
    """是/否, √/×, Y/N, 1/0 and their like."""
    found = YES_NO.get(text(cell).lower())
    if isinstance(found, bool):
        return found
    raise BadValue("yes-no-not-understood", value=short(cell))


@lru_cache(CACHE, typed=True)
def relation(cell: Cell) -> Relation:
    """The relation to the head of the household, in the words of registers."""
    said = text(cell)
    bare = re.sub(r"[（(].*[)）]$|^与?户主|关系$", "", said.lower()) or said.lower()
    found = RELATION.get(bare) or RELATION.get(said.lower())
    if isinstance(found, Relation):
        return found
    raise BadValue("relation-not-understood", value=short(said))


@lru_cache(CACHE, typed=True)
def roles(cell: Cell) -> tuple[Role, ...]:
    """One or more roles in a cell: `党员、楼栋长`."""
    said = text(cell)
    found: list[Role] = []
    for word in _SPLIT.split(said):
        if not word or word in _EMPTY_WORDS:
            continue
        role = ROLE.get(word.lower())
        if not isinstance(role, Role):
            raise BadValue("role-not-understood", value=short(word))
        if role not in found:
            found.append(role)
    return tuple(found)


@lru_cache(CACHE, typed=True)
def words(cell: Cell) -> tuple[str, ...]:
    """A list in a cell, without doubles: `驾驶、电工,护理`."""
    parts = (word for word in _SPLIT.split(text(cell)) if word and word not in _EMPTY_WORDS)
    return tuple(dict.fromkeys(parts))


# --- numbers -----------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")


def number(cell: Cell) -> Decimal:
    """A plain number: `1,250`, `３人`, `2.5`."""
    said = text(cell)
    bare = _THOUSANDS.sub("", said).rstrip("人户名个位岁元 ")
    if not _NUMBER.fullmatch(bare):
        raise BadValue("number-not-understood", value=short(said))
    return Decimal(bare)


_TEMPERATURE = re.compile(
    r"(\d{1,4})(?:[.,，。·、:：度](\d{1,2}))?(?:℃|°C|°|ºC|度|C|摄氏度)?", re.I
)
LOWEST, HIGHEST = Decimal("33.0"), Decimal("43.0")


@lru_cache(CACHE, typed=True)
def temperature(cell: Cell) -> Decimal:
    """A body temperature in °C with one decimal: `36.5`, `36,5`, `36。5`, `36.5℃`, `36度5`.

    正常 is no temperature, and 375 is refused with the hint 37.5.
    """
    said = text(cell).replace(" ", "")
    match = _TEMPERATURE.fullmatch(said)
    if not match:
        raise BadValue("temperature-not-a-number", value=short(said))
    value = Decimal(f"{match[1]}.{match[2] or 0}")
    if LOWEST <= value <= HIGHEST:
        return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    hint: Decimal | None = None
    if not match[2] and LOWEST <= value / 10 <= HIGHEST:
        hint = value / 10
    elif not match[2] and LOWEST <= value / 100 <= HIGHEST:
        hint = value / 100
    elif Decimal(93) <= value <= Decimal(109):  # written in °F
        hint = ((value - 32) * 5 / 9).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if hint is not None:
        raise BadValue("temperature-hint", value=f"{value.normalize():f}", hint=str(hint))
    raise BadValue("temperature-out-of-range", value=f"{value.normalize():f}")
