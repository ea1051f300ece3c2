# cjk: names and titles of a made-up manifest
"""A made-up manifest of flight TR188: 335 who land, one line twice, one who never boarded.

Nobody in it exists: names are drawn from common ones, passports begin with XX, which no country
gives out, phones are 199 0000 xxxx. 116 come from Wuhan, two of them with fever. The file is kept
as airlines' ground staff keep it: titles, two scripts, temperatures in several spellings.

`python -m lianfang.drill.flight [folder]` writes `flight-tr188.xlsx`; one seed gives one file.
"""

from __future__ import annotations

import datetime
import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xlsxwriter

SEED = 188
DAY = datetime.date(2020, 1, 24)
LANDED, FROM_WUHAN, FEVERISH = 335, 116, 2
TITLES = (
    "序号",
    "座位号",
    "中文姓名",
    "英文姓名",
    "性别",
    "国籍",
    "证件类型",
    "证件号码",
    "出生日期",
    "联系电话",
    "来自",
    "后续行程",
    "订座编码",
    "轮椅",
    "落地体温",
    "症状",
)
_SURNAMES = (
    "王WANG 李LI 张ZHANG 刘LIU 陈CHEN 杨YANG 黄HUANG 赵ZHAO 吴WU 周ZHOU 徐XU 孙SUN 马MA 朱ZHU"
)
_SURNAMES += (
    " 胡HU 郭GUO 何HE 高GAO 林LIN 罗LUO 郑ZHENG 梁LIANG 谢XIE 宋SONG 唐TANG 许XU 邓DENG 冯FENG"
)
_MALE = (
    "伟WEI 强QIANG 磊LEI 军JUN 勇YONG 杰JIE 涛TAO 明MING 超CHAO 刚GANG 平PING 辉HUI 鹏PENG 浩HAO"
)
_FEMALE = (
    "芳FANG 娜NA 敏MIN 静JING 秀XIU 娟JUAN 英YING 慧HUI 兰LAN 洁JIE 梅MEI 琳LIN 云YUN 霞XIA 月YUE"
)
_GUESTS = (
    "TAN WEI LING",
    "LIM JIA HUI",
    "KUMAR RAVI",
    "NURUL AISYAH",
    "ONG KAH HOE",
    "LEE SIEW MEI",
)
_CITIES = ("杭州", "杭州萧山", "绍兴", "宁波", "嘉兴", "湖州", "金华", "上海", "温州", "义乌")
# Sizes of the parties of those from Wuhan (116) and of the others (219), before the split ones.
_SIZES = (1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Passenger:
    """One line as the file has it."""

    seat: str
    name: str
    latin: str
    male: bool
    nationality: str
    passport: str
    born: datetime.date
    phone: str
    place_from: str
    onward: str
    booking: str = ""
    wheelchair: bool = False
    temperature: str = ""
    symptoms: str = ""


@dataclass(frozen=True, slots=True)
class Flight:
    """Those who land, the one who is listed twice, the one who never boarded."""

    landed: list[Passenger]
    double: Passenger
    absent: Passenger

    @property
    def lines(self) -> list[Passenger]:
        """All lines, by seat."""
        every = [*self.landed, self.double, self.absent]
        return sorted(every, key=lambda p: (len(p.seat), p.seat, p.name))


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = self.random.sample(range(1_000_000, 9_999_999), 400)
        self.phones = self.random.sample(range(10_000), 400)
        self.seats = [f"{row}{letter}" for row in range(1, 39) for letter in "ABCDEFGHK"]

    def word(self, words: str) -> tuple[str, str]:
        said = self.random.choice(words.split())
        return said[0], said[1:]

    def one(self, surname: tuple[str, str], born: int, place: str, booking: str) -> Passenger:
        dice, male = self.random, self.random.random() < 0.5
        first = self.word(_MALE if male else _FEMALE)
        second = self.word(_MALE if male else _FEMALE) if dice.random() < 0.7 else ("", "")
        day = DAY.replace(year=DAY.year - born) - datetime.timedelta(days=dice.randrange(1, 360))
        return Passenger(
            self.seats.pop(0),
            surname[0] + first[0] + second[0],
            f"{surname[1]}/{first[1]}{second[1]} {'MR' if male else 'MS'}",
            male,
            "中国",
            f"XX{self.numbers.pop()}",
            day,
            f"1990000{self.phones.pop():04d}" if born > 15 else "",
            place,
            dice.choice(("回家", "回家", "探亲", "转机", "旅游")),
            booking,
            wheelchair=born > 78,
            temperature=self.degrees(),
        )

    def degrees(self) -> str:
        """A temperature in the spellings that stand side by side in such files."""
        text = f"{36 + self.random.randint(0, 9) / 10:.1f}"
        text = "37.0" if text == "36.0" else text
        return self.random.choice((text, text, text, f"{text}℃", text.replace(".", ",")))

    def party(self, size: int, place: str) -> list[Passenger]:
        """Somebody alone, or a family with one booking."""
        dice = self.random
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        booking = "".join(dice.choice(letters) for _ in range(6)) if size > 1 else ""
        surname = self.word(_SURNAMES)
        ages = [dice.randint(24, 62), dice.randint(24, 62)]
        ages += [
            dice.randint(2, 17),
            dice.randint(60, 82),
            dice.randint(1, 14),
            dice.randint(60, 80),
        ]
        others = [surname if age < 18 or age > 66 else self.word(_SURNAMES) for age in ages]
        others[0] = surname
        return [
            self.one(other, age, place, booking)
            for other, age in zip(others[:size], ages[:size], strict=True)
        ]


def build(seed: int = SEED) -> Flight:
    """Invent the flight: the same seed gives the same people."""
    maker = _Maker(seed)
    # Two families that the rules split: one with fever in it, one of which half lives in Wuhan.
    ill = maker.party(3, "湖北武汉")
    ill[0] = replace(ill[0], temperature="38.4", symptoms="咳嗽、乏力")
    mixed = maker.party(4, "武汉")
    mixed[2:] = [replace(one, place_from="杭州") for one in mixed[2:]]
    alone = replace(maker.party(1, "武汉市")[0], temperature="37.8", symptoms="发热")
    landed = [*ill, *mixed, alone]
    for wanted, places in (
        (FROM_WUHAN, ("武汉", "湖北武汉", "武汉市", "Wuhan")),
        (LANDED, _CITIES),
    ):
        while True:
            have = sum("武汉" in p.place_from or p.place_from == "Wuhan" for p in landed)
            left = wanted - (have if wanted == FROM_WUHAN else len(landed))
            if left <= 0:
                break
            size = min(maker.random.choice(_SIZES), left)
            landed += maker.party(size, maker.random.choice(places))
    for number, latin in enumerate(_GUESTS):
        # A few who have no name in Chinese.
        at = LANDED - 1 - 17 * number
        if not landed[at].booking:
            landed[at] = replace(landed[at], name="", latin=latin, nationality="新加坡")
    absent = replace(maker.party(1, "杭州")[0], temperature="", booking="")
    twice = next(p for p in landed[100:] if p.name and not p.booking)
    double = replace(twice, seat=maker.seats.pop(0), name="", temperature="", onward="")
    return Flight(landed, double, absent)


def write(flight: Flight, path: Path, order: random.Random | None = None) -> Path:
    """Write the manifest as xlsx, by seat or (with `order`) shuffled; returns the path."""
    lines = flight.lines
    if order:
        order.shuffle(lines)
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    # A fixed date, so that one seed gives one file.
    book.set_properties({"created": datetime.datetime(2020, 1, 24, 20, 0)})
    page = book.add_worksheet("旅客名单")
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    head = book.add_format({"bold": True, "border": 1, "align": "center"})
    cell = book.add_format({"border": 1})
    date = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    page.merge_range(0, 0, 0, len(TITLES) - 1, "TR188 航班到达旅客名单(示例)", title)
    page.write(1, 0, "航线：新加坡—杭州    预计到达：2020-01-24 22:00    制表：地面服务部")
    for index, label in enumerate(TITLES):
        page.write(2, index, label, head)
    widths = (5, 8, 10, 24, 6, 8, 8, 14, 12, 14, 12, 10, 10, 6, 9, 12)
    for index, width in enumerate(widths):
        page.set_column(index, index, width)
    for number, one in enumerate(lines, 1):
        values: list[Any] = [
            number,
            one.seat if number % 11 else one.seat.lower(),
            one.name,
            one.latin,
            "男" if one.male else "女",
            one.nationality,
            "护照",
            one.passport,
            one.born,
            one.phone,
            one.place_from,
            one.onward,
            one.booking,
            "是" if one.wheelchair else "",
            one.temperature,
            one.symptoms or ("无" if number % 5 == 0 else ""),
        ]
        for index, value in enumerate(values):
            if isinstance(value, datetime.date):
                page.write_datetime(number + 2, index, value, date)
            else:
                page.write(number + 2, index, value, cell)
    page.write(len(lines) + 3, 0, f"合计：{len(lines)} 人")
    book.close()
    return path


def main(arguments: list[str]) -> None:
    """Write the example file into a folder."""
    folder = Path(arguments[0]) if arguments else Path("examples")
    folder.mkdir(parents=True, exist_ok=True)
    write(build(), folder / "flight-tr188.xlsx")


if __name__ == "__main__":
    main(sys.argv[1:])
