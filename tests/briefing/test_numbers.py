"""Every number equals an independent count over the rows, at each level, and its parts add up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.briefing.helpers import build
from tests.town import COMMUNITY, DISTRICT, Town

from lianfang.areas.models import Area
from lianfang.briefing import queries
from lianfang.briefing.commands import chore
from lianfang.briefing.figures import FIGURES
from lianfang.briefing.models import DayFigures
from lianfang.kernel import times
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.models import Duty
from lianfang.kernel.times import now
from lianfang.kernel.verification import verify
from lianfang.people.models import Household, Person
from lianfang.screening.models import Coverage
from lianfang.services.models import Order
from lianfang.stations.models import Passage
from lianfang.supplies.models import StockLevel
from lianfang.tracing.models import Case
from lianfang.watching.models import Referral, Watch

# Two weeks' households are more than these levels hold; the numbers must be the same in each.
LEVELS = ["44", "4406", DISTRICT, "440605011", COMMUNITY]


def value(area: Area, code: str, moment: Any = None) -> int | None:
    """Return one number as the board computes it."""
    span = queries.span_of(moment or now())
    return queries.numbers(OPERATOR, area, [FIGURES[code]], span)[code]


def expected(path: str) -> dict[str, int]:
    """Count over the rows themselves, in plain Python."""
    homes = [h for h in Household.objects.select_related("area") if h.path.startswith(path)]
    ids = {h.id for h in homes}
    done = {"met", "by_phone", "self_reported"}
    lines = [c for c in Coverage.objects.all() if c.household_id in ids]
    reached = sum(c.outcome in done for c in lines)
    passages = list(Passage.objects.all())
    areas = {a.id: a.path for a in Area.objects.all()}
    here = [p for p in passages if areas[p.area_id].startswith(path)]
    return {
        "households": len(homes),
        "persons": sum(p.household_id in ids for p in Person.objects.all()),
        "round_done": reached,
        "round_open": len(homes) - reached,
        "round_fever": sum(c.fever for c in lines),
        "visits": len(lines),
        "watched": sum(w.area.path.startswith(path) for w in Watch.objects.select_related("area")),
        "referrals_open": sum(
            r.area.path.startswith(path) for r in Referral.objects.select_related("area")
        ),
        "cases_confirmed": sum(c.path.startswith(path) for c in Case.objects.all()),
        "orders_open": sum(o.household_id in ids for o in Order.objects.all()),
        "passages": len(here),
        "passage_people": sum(p.people for p in here),
        "passage_fevers": sum(p.fevers for p in here),
        "stock_low": sum(s.low_open and s.path.startswith(path) for s in StockLevel.objects.all()),
        "duties_overdue": sum(
            d.path.startswith(path) and d.state in ("open", "claimed", "started")
            for d in Duty.objects.filter(due_at__lt=now())
        ),
    }


@pytest.mark.django_db
def test_every_number_is_the_count_of_its_rows() -> None:
    town = build()
    grids = [town.grid(1).code, town.grid(2).code]
    for code in [*LEVELS, *grids, "440605012901"]:
        area = town.areas[code]
        for name, number in expected(area.path).items():
            assert value(area, name) == number, (code, name)
    # The town is no empty one: these are what the scenario made.
    whole = expected(town.areas[COMMUNITY].path)
    assert whole["households"] == 8
    assert whole["round_done"] == 3
    assert (whole["round_fever"], whole["watched"], whole["orders_open"]) == (1, 2, 2)
    assert (whole["passages"], whole["passage_fevers"], whole["cases_confirmed"]) == (1, 1, 1)


@pytest.mark.django_db
def test_the_parts_add_up_to_the_whole() -> None:
    town = build()
    span = queries.span_of(now())
    lead, city = town.actor("lead"), town.actor("city")
    for figure in FIGURES.values():
        for actor, code in ((city, "4406"), (city, DISTRICT), (city, "440605011")):
            area = town.areas[code]
            parts = queries.below(actor, area, figure, span)
            assert sum(n for _, n in parts) == value(area, figure.code), (figure.code, code)
        # Whoever sees all rows of a community one by one counts the same number.
        found = queries.records(lead, town.areas[COMMUNITY], figure, span)
        if found is None or figure.code.startswith(("cases", "contacts", "beds", "passage")):
            continue
        assert found.count() == value(town.areas[COMMUNITY], figure.code), figure.code


@pytest.mark.django_db
def test_overdue_numbers_move_with_the_clock() -> None:
    town = build()
    area = town.areas[COMMUNITY]
    assert value(area, "referrals_late") == 0
    later = now() + timedelta(days=3)
    assert value(area, "referrals_late", later) == Referral.objects.count() > 0
    assert value(area, "orders_open", later) == 2


@pytest.mark.django_db(transaction=True)
def test_a_day_is_kept_and_a_replay_keeps_the_same() -> None:
    noon = queries.span_of(now()).start + timedelta(hours=12)
    with times.at(noon):
        town = build()
    area, city = town.areas[COMMUNITY], town.areas["4406"]
    with times.at(noon + timedelta(hours=11)):
        assert chore(now()) == []
    night = noon + timedelta(hours=12, minutes=5)
    with times.at(night):
        receipts = chore(now())
        assert [r.status for r in receipts] == ["accepted"]
        assert chore(now()) == []
        assert DayFigures.objects.filter(level=6).count() == 0
        figures = list(FIGURES.values())
        kept = queries.yesterday(area, figures, queries.today())
        for name, number in expected(area.path).items():
            if name != "duties_overdue":
                assert kept[name] == number, name
        # Above the districts their days add up; a figure on the board knows its change.
        assert queries.yesterday(city, figures, queries.today())["households"] == 8
        line = queries.series(area, [FIGURES["watched"]], queries.today(), 3)["watched"]
        assert [n for _, n in line] == [None, 2, None]
        pictures = queries.film([area], queries.today(), 14)
        assert [(d, f.done, f.owed, f.step) for d, (f,) in pictures] == [
            (noon.date(), 3, 8, "1"),
        ]
    # Nothing happens for a day: the next night keeps nothing, and the series has a gap.
    with times.at(night + timedelta(days=1)):
        assert chore(now()) == []
    assert verify().differences == []


@pytest.mark.django_db
def test_a_board_costs_the_same_however_large_the_area() -> None:
    town = build()
    span = queries.span_of(now())
    figures = list(FIGURES.values())
    counts = {}
    for code in ("4406", COMMUNITY):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.numbers(OPERATOR, town.areas[code], figures, span)
        counts[code] = len(captured)
    # One statement for each figure over rows, one for all counters, a few for round and districts.
    rows = sum(bool(f.source and not f.metrics) for f in figures)
    assert max(counts.values()) <= rows + 10, counts
    before = counts["4406"]
    town.register(1, *(f"9-1-{n}01" for n in range(1, 30)))
    with CaptureQueriesContext(connection) as captured:
        queries.numbers(OPERATOR, town.areas["4406"], figures, span)
    assert len(captured) == before


@pytest.mark.django_db
def test_a_post_may_arrange_its_brief_and_others_below_inherit() -> None:
    from tests.supplies.helpers import code, must, send

    town = build()
    street, community = town.areas["440605011"], town.areas[COMMUNITY]
    groups = ["supplies", "screening"]
    must(town.actor("street"), "brief.arrange", "", area_id=street.id, groups=groups)
    shown = [str(g) for g, on in queries.layout(community) if on]
    assert shown == groups
    refused: Town = town
    for name in ("grid1", "auditor", "health", "volunteer", "elsewhere"):
        answer = send(refused.actor(name), "brief.arrange", "", area_id=community.id, groups=[])
        assert answer.status == "refused", name
        assert code(answer), name
    must(town.actor("lead"), "brief.arrange", "", area_id=community.id, groups=["watching"])
    assert [str(g) for g, on in queries.layout(community) if on] == ["watching"]
    assert [str(g) for g, on in queries.layout(street) if on] == groups
