"""The values behind the components: buildings are arranged, coverage closes, phones are masked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from lianfang.web import navigation, words
from lianfang.web.components import (
    Action,
    Building,
    Column,
    Coverage,
    Door,
    Duty,
    NavItem,
    Person,
    Row,
    Table,
)
from lianfang.web.states import DoorState


def show(source: str, **context: object) -> str:
    with translation.override("en"):
        return Template("{% load web %}" + source).render(Context(context))


def rooms(building: Building) -> list[list[list[str | None]]]:
    return [
        [[door.room if door else None for door in unit] for unit in floor.units]
        for floor in building.floors
    ]


def test_a_building_stands_with_its_top_floor_first() -> None:
    building = Building.of(
        "3",
        [
            Door("2", 1, "102"),
            Door("1", 2, "201", DoorState.FEVER),
            Door("1", 1, "101", silent=True),
            Door("2", 2, "202"),
            Door("2", 2, "201"),
            Door("1", -1, "B101", column="01"),
        ],
    )
    assert [floor.label for floor in building.floors] == ["2", "1", "B1"]
    assert building.units == [("1", 1), ("2", 2)]
    assert rooms(building) == [
        [["201"], ["201", "202"]],
        [["101"], [None, "102"]],
        [["B101"], [None, None]],
    ]
    assert building.total == 6
    assert building.silent == 1
    assert dict(building.counts)[DoorState.FEVER] == 1


def test_units_and_stacks_stand_in_natural_order() -> None:
    doors = [Door(u, 10, f"10{n:02d}") for u in ("10", "2") for n in (10, 2)]
    building = Building.of("1", doors)
    assert [unit for unit, _ in building.units] == ["2", "10"]
    assert rooms(building)[0][0] == ["1002", "1010"]


def test_two_doors_on_one_place_stand_side_by_side() -> None:
    building = Building.of(
        "1", [Door("1", 2, "201-A"), Door("1", 2, "201-B", column="01"), Door("1", 1, "101")]
    )
    assert building.total == 3
    building = Building.of(
        "1", [Door("1", 2, "201甲", column="01"), Door("1", 2, "201乙", column="01")]
    )
    assert building.units == [("1", 2)]


def test_rooms_without_a_pattern_still_stand() -> None:
    building = Building.of("院", [Door("", 1, "东屋"), Door("", 1, "门房")])
    assert building.total == 2
    assert "东屋" in show("{% elevation b %}", b=building)


def test_an_empty_building_renders() -> None:
    assert "elevation" in show("{% elevation b %}", b=Building.of("9", []))


def test_coverage_is_never_a_hundred_while_a_door_is_open() -> None:
    assert Coverage(done=9999, open=1).percent == 99.9
    assert Coverage(done=9990, excused=10).percent_text == "100%"
    assert Coverage().percent == 0
    with pytest.raises(ValueError, match="not a coverage"):
        Coverage(done=1, open=1, silent=2)


def test_the_parts_of_coverage_fill_the_bar() -> None:
    parts = Coverage(done=2410, excused=96, open=494, silent=12).parts()
    assert [(name, count) for name, count, _, _ in parts] == [
        ("done", 2410),
        ("excused", 96),
        ("open", 482),
        ("silent", 12),
    ]
    last = parts[-1]
    assert last[2] + last[3] == pytest.approx(100)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("+8613812345678", "+86138****5678"),
        ("0551-1234567", "055****4567"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_phone_is_masked(number: str, shown: str) -> None:
    assert words.mask_phone(number) == shown


def test_a_person_row_never_shows_the_whole_phone() -> None:
    html = show("{% person_row p %}", p=Person("Zhou Min", phone="13812345678"))
    assert "138****5678" in html
    assert "13812345678" not in html


NOW = datetime(2020, 1, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delta", "shown"),
    [
        (timedelta(minutes=38), ("Due in 38 min", "warn")),
        (timedelta(hours=2, minutes=5), ("Due in 2 h 5 min", "plain")),
        (timedelta(hours=30), ("Due in 1 d", "plain")),
        (timedelta(seconds=-5), ("Overdue by 1 min", "bad")),
    ],
)
def test_a_deadline_in_words(delta: timedelta, shown: tuple[str, str]) -> None:
    with translation.override("en"):
        assert words.due(NOW + delta, NOW) == shown


def test_a_duty_without_owner_says_so() -> None:
    duty = Duty("Revisit", "3-2-501", due=NOW, actions=[Action("Take", "/x", post=True)])
    html = show("{% duty_card d now=now %}", d=duty, now=NOW, csrf_token="T0KEN")
    assert "Nobody has taken it" in html
    assert 'name="csrfmiddlewaretoken" value="T0KEN"' in html


def test_a_table_escapes_its_cells_and_shows_its_states() -> None:
    columns = [Column("Door", primary=True)]
    html = show(
        "{% data_table t %}", t=Table("t", "Doors", columns, [Row(["<script>x</script>"], "/d")])
    )
    assert "&lt;script&gt;" in html
    assert "did not load" in show("{% data_table t %}", t=Table("t", "D", columns, state="error"))
    empty = Table("t", "D", columns, empty_title="No fever today")
    assert "No fever today" in show("{% data_table t %}", t=empty)


def test_blocks_escape_what_the_user_wrote() -> None:
    html = show("{% panel title=t %}{{ t }}{% endpanel %}", t="<b>x")
    assert "<b>x" not in html
    assert html.count("&lt;b&gt;x") == 2


def test_attributes_pass_through_a_button() -> None:
    html = show('{% button "Go" hx_get=u data_print=True hx_vals=None %}', u="/a?b=1&c")
    assert 'hx-get="/a?b=1&amp;c"' in html
    assert " data-print" in html
    assert "hx-vals" not in html


def test_an_unknown_icon_is_an_error_of_the_template() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon"):
        show('{% icon "unicorn" %}')


def test_navigation_leaves_out_what_one_may_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    request: HttpRequest = RequestFactory().get("/styleguide/x")
    navigation.register(NavItem("Guide", "styleguide", "home", tab=True), count=lambda r: 3)
    navigation.register(NavItem("Hidden", "set_language", "home"), visible=lambda r: False)
    navigation.register(NavItem("Later", "a-room-to-come", "home"))
    (item,) = navigation.shown(request)
    assert (item.label, item.current, item.count) == ("Guide", True, 3)


def test_the_header_holds_seven_entries_and_the_others_stand_under_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "reverse", lambda url: f"/{url}")
    for number in range(12):
        navigation.register(NavItem(f"{number}", f"room-{number:02d}", "home", order=10 + number))
    navigation.register(NavItem("far", "far", "home", order=navigation.MORE_FROM))
    shown = navigation.shown(RequestFactory().get("/"))
    assert [item.more for item in shown] == [False] * 7 + [True] * 6
