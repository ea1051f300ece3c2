# cjk: names and addresses of a made-up community
"""A made-up community: buildings, households, people, helpers, organisations; no database.

Everybody in it is invented. Identity numbers pass every check, but begin with 440699, a county
code that was never given out; phones are 199 0000 xxxx. One seed always gives one town.

`python -m lianfang.drill.town [folder]` writes the files under `examples/`.
"""

from __future__ import annotations

import datetime
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

from stdnum.cn import ric

SEED = 2020
TODAY = datetime.date(2020, 1, 26)
COMMUNITY = "440605011900"
COMMUNITY_NAME = "怡景社区(示例)"
DIVISIONS = (
    ("44", "广东省", "省", ""),
    ("4406", "佛山市", "市", "44"),
    ("440605", "南海区", "区县", "4406"),
    ("440605011", "桂城街道", "街道", "440605"),
    (COMMUNITY, COMMUNITY_NAME, "社区", "440605011"),
)
# No county has this code, so no living person can have such a number.
ID_REGION = "440699"

_SURNAMES = (
    "陈林黄张李王吴刘蔡杨许郑谢郭洪邱曾廖赖徐周叶苏庄江吕何罗高萧潘简朱钟彭游詹胡施沈余卢梁赵颜柯翁魏"
    "孙戴范方宋邓杜傅侯曹薛丁卓马阮董温唐蓝石蒋古纪姚连冯欧程汤康田姜汪白邹尤巫严韦谭黎麦招区霍关"
)
_DOUBLE_SURNAMES = ("欧阳", "司徒", "上官")
_MALE = (
    "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅"
    "旭宁龙林欢阳建国志文海峰亮东荣庆炳锦祥嘉铭浚熙梓轩"
)
_FEMALE = (
    "芳娜敏静秀娟英华慧巧美兰凤洁梅琳素云莲真环雪荣爱妹霞"
    "香月莺媛艳瑞凡佳嘉琼珍贞莉桂娣叶璧璐娅琦晶妍茜梓涵诗雅"
)


@dataclass(slots=True)
class Person:
    """An invented person; `relation` as registers write it."""

    name: str
    male: bool
    born: datetime.date
    id_number: str
    relation: str
    phone: str = ""

    @property
    def age(self) -> int:
        """In full years on TODAY."""
        had = (TODAY.month, TODAY.day) >= (self.born.month, self.born.day)
        return TODAY.year - self.born.year - (not had)


@dataclass(slots=True)
class Household:
    """A door and who lives behind it; nobody where it is vacant."""

    grid: int
    building: int
    unit: int
    floor: int
    room: str
    members: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Helper:
    """One who helps: most are residents too."""

    person: Person
    role: str
    organisation: str
    title: str = ""
    skills: str = ""
    buildings: str = ""
    grids: str = ""


@dataclass(frozen=True, slots=True)
class Building:
    """`units` of 0 is a tower without entrances of its own."""

    number: int
    grid: int
    units: int
    floors: int
    rooms: int


@dataclass(slots=True)
class Town:
    """The whole community."""

    buildings: list[Building]
    households: list[Household]
    helpers: list[Helper]
    organisations: list[tuple[str, str, str, str, str, str]]

    @property
    def grids(self) -> list[tuple[str, str]]:
        """Code and name of each grid."""
        numbers = sorted({building.grid for building in self.buildings})
        return [(grid_code(number), grid_name(number)) for number in numbers]

    @property
    def residents(self) -> list[Person]:
        """Everybody who lives here."""
        return [person for household in self.households for person in household.members]


def grid_code(number: int) -> str:
    """The community's code and three digits."""
    return f"{COMMUNITY}{number:03d}"


def grid_name(number: int) -> str:
    """As the community says it."""
    return f"怡景第{number}网格"


def standard_buildings() -> list[Building]:
    """24 buildings of 3,000 doors: 18 walk-ups of 6 floors and 6 towers of 30, in 12 grids."""
    walk_ups = [
        # Two doors a landing; every building has 7 entrances, four of them 8.
        Building(number, (number - 1) // 3 + 1, 8 if number in (3, 6, 9, 12) else 7, 6, 2)
        for number in range(1, 19)
    ]
    towers = [Building(number, number - 12, 0, 30, 8) for number in range(19, 25)]
    return walk_ups + towers


class _Maker:
    """The invention of people, with numbers that are never given twice."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._sequences: set[str] = set()
        self._phones: list[str] = []
        self._phone_block = 0

    def surname(self) -> str:
        if self.random.random() < 0.006:
            return self.random.choice(_DOUBLE_SURNAMES)
        return self.random.choice(_SURNAMES)

    def name(self, surname: str, *, male: bool) -> str:
        letters = _MALE if male else _FEMALE
        count = 1 if self.random.random() < 0.18 else 2
        return surname + "".join(self.random.sample(letters, count))

    def born(self, low: int, high: int) -> datetime.date:
        """A birth date of somebody aged low to high."""
        days = self.random.randint(low * 365 + low // 4 + 1, high * 365 + high // 4 + 300)
        return TODAY - datetime.timedelta(days=days)

    def id_number(self, born: datetime.date, *, male: bool) -> str:
        while True:
            sequence = self.random.randrange(1 if male else 0, 1000, 2)
            number = f"{ID_REGION}{born:%Y%m%d}{sequence:03d}"
            if number not in self._sequences:
                self._sequences.add(number)
                return number + ric.calc_check_digit(number + "0")

    def phone(self) -> str:
        """199 0000 xxxx first; a larger town goes on with 199 0001 xxxx."""
        if not self._phones:
            block = self._phone_block
            self._phones = [f"199{block:04d}{number:04d}" for number in range(10_000)]
            self.random.shuffle(self._phones)
            self._phone_block += 1
        return self._phones.pop()

    def person(
        self, surname: str, relation: str, born: datetime.date, *, male: bool, phone: bool
    ) -> Person:
        return Person(
            self.name(surname, male=male),
            male,
            born,
            self.id_number(born, male=male),
            relation,
            self.phone() if phone else "",
        )

    def family(self) -> list[Person]:
        """A household: alone, a couple, parents with children, three generations, tenants."""
        chance = self.random.random
        surname = self.surname()
        male = chance() < 0.72
        kind = self.random.choices(
            ("single", "couple", "parents", "three", "old", "tenants"), (11, 19, 38, 17, 8, 7)
        )[0]
        ages = {"old": (66, 88), "parents": (28, 52), "three": (30, 48), "tenants": (21, 40)}
        low, high = ages.get(kind, (24, 64))
        head = self.person(surname, "户主", self.born(low, high), male=male, phone=True)
        members = [head]
        if kind == "tenants":
            head.relation = "租客"
            members += [
                self.person(
                    self.surname(), "合租", self.born(20, 38), male=chance() < 0.5, phone=True
                )
                for _other in range(self.random.randint(1, 3))
            ]
            return members
        if kind in ("couple", "parents", "three") or (kind == "old" and chance() < 0.5):
            age = max(head.age + self.random.randint(-4, 3), 22)
            spouse = self.person(
                self.surname(), "配偶", self.born(age, age), male=not male, phone=chance() < 0.85
            )
            members.append(spouse)
        if kind in ("parents", "three"):
            oldest = max(min(head.age - 22, 26), 1)
            for _child in range(self.random.choices((1, 2, 3), (58, 37, 5))[0]):
                boy = chance() < 0.52
                born = self.born(0, oldest)
                child = self.person(surname, "子" if boy else "女", born, male=boy, phone=False)
                if child.age >= 14 and chance() < 0.6:
                    child.phone = self.phone()
                members.append(child)
        if kind == "three":
            for parent_male in (True, False)[: 1 + (chance() < 0.6)]:
                age = head.age + self.random.randint(23, 32)
                name = surname if parent_male else self.surname()
                relation = "父亲" if parent_male else "母亲"
                born = self.born(age, age)
                members.append(
                    self.person(name, relation, born, male=parent_male, phone=chance() < 0.3)
                )
        return members


def build(seed: int = SEED, buildings: list[Building] | None = None) -> Town:
    """Invent the town: the same for the same seed and buildings."""
    maker = _Maker(seed)
    buildings = buildings or standard_buildings()
    households = []
    for building in buildings:
        for unit in range(1, building.units + 1) if building.units else [0]:
            for floor in range(1, building.floors + 1):
                for door in range(1, building.rooms + 1):
                    household = Household(
                        building.grid, building.number, unit, floor, f"{floor}{door:02d}"
                    )
                    if maker.random.random() >= 0.055:
                        household.members = maker.family()
                    households.append(household)
    town = Town(buildings, households, [], _organisations())
    town.helpers = _helpers(maker, town)
    return town


def _organisations() -> list[tuple[str, str, str, str, str, str]]:
    """Code, name, type, parent, areas served, leader's title."""
    top = "怡景社区党委(示例)"
    rows = [
        ("YJ-01", top, "党组织", "", COMMUNITY_NAME, "书记"),
        ("YJ-02", "怡景社区居民委员会(示例)", "居委会", top, COMMUNITY_NAME, "主任"),
    ]
    for number in range(1, 7):
        areas = f"{grid_name(2 * number - 1)}、{grid_name(2 * number)}"
        rows.append(
            (f"YJ-1{number}", f"怡景社区第{number}党支部(示例)", "党组织", top, areas, "支部书记")
        )
    rows += [
        ("YJ-21", "怡景物业服务中心(示例)", "物业", "", COMMUNITY_NAME, "经理"),
        ("YJ-22", "怡景社区卫生服务站(示例)", "医疗机构", "", COMMUNITY_NAME, "站长"),
        ("YJ-23", "怡景社区警务室(示例)", "警务", "", COMMUNITY_NAME, "民警"),
        ("YJ-24", "怡景社区志愿服务队(示例)", "志愿组织", top, COMMUNITY_NAME, "队长"),
        ("YJ-25", "怡景小学(示例)", "学校", "", grid_name(4), "校长"),
        ("YJ-26", "怡景肉菜市场(示例)", "企业", "", grid_name(9), "经理"),
    ]
    return rows


_SKILLS = (
    "驾驶",
    "电工",
    "护理",
    "心理疏导",
    "粤语",
    "英语",
    "摄影",
    "电脑",
    "烹饪",
    "急救",
    "水电维修",
    "",
)


def _helpers(maker: _Maker, town: Town) -> list[Helper]:
    """5 staff, a lead for each building, party members and volunteers of the buildings."""
    pick = maker.random
    helpers = []
    grids = sorted({building.grid for building in town.buildings})
    staff = 5
    for position in range(staff):
        male = position % 2 == 0
        person = maker.person(maker.surname(), "", maker.born(27, 50), male=male, phone=True)
        served = grids[position * len(grids) // staff : (position + 1) * len(grids) // staff]
        helpers.append(
            Helper(
                person,
                "社区工作者、网格员",
                "怡景社区居民委员会(示例)",
                ("书记", "副书记", "委员", "委员", "专职社工")[position],
                grids="、".join(grid_name(number) for number in served),
            )
        )
    by_building: dict[int, list[Person]] = {building.number: [] for building in town.buildings}
    for household in town.households:
        for person in household.members:
            if person.phone and 22 <= person.age <= 68:
                by_building[household.building].append(person)
    for building in town.buildings:
        able = by_building[building.number]
        chosen = pick.sample(able, min(5, len(able)))
        near = building.number % len(town.buildings) + 1
        for position, person in enumerate(chosen):
            branch = f"怡景社区第{(building.grid + 1) // 2}党支部(示例)"
            skills = pick.choice(_SKILLS)
            if position and skills and pick.random() < 0.3:
                skills += "、" + pick.choice(_SKILLS[:4])
            own = f"{building.number}栋"
            if position == 0:
                helper = Helper(person, "楼栋长", "怡景社区志愿服务队(示例)", "楼栋长", skills, own)
            elif position <= 2:
                both = own if position == 1 else f"{own}、{near}栋"
                helper = Helper(person, "党员", branch, "", skills, both)
            else:
                helper = Helper(
                    person, "志愿者", "怡景社区志愿服务队(示例)", "", skills, f"{own}、{near}栋"
                )
            helpers.append(helper)
    return helpers


def main(arguments: list[str]) -> None:
    """Write the example files into a folder (`examples` by default)."""
    from lianfang.drill.town_files import write_examples

    folder = Path(arguments[0] if arguments else "examples")
    for path in write_examples(build(), folder):
        sys.stdout.write(f"{path} {path.stat().st_size:,} B\n")


if __name__ == "__main__":
    main(sys.argv[1:])
