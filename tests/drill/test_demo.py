"""The demonstration: what `make demo` shows on a fresh machine."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

import pytest
from django.db.models import Sum
from django.test import Client

from lianfang.areas.queries import unnamed_grids
from lianfang.arrivals.models import Stay
from lianfang.drill import demo
from lianfang.kernel.models import Duty, SetAside
from lianfang.people.models import Account, Household, Person
from lianfang.screening.models import Coverage
from lianfang.stations.models import PostHour

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_morning_of_visits_in_the_made_up_community(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "accounts_file", lambda: tmp_path / "accounts.txt")
    monkeypatch.setattr(demo, "_mark", lambda: tmp_path / "built")
    assert demo.is_empty()
    logins = demo.build(lambda what, done, total: None)
    assert demo.is_built()
    assert demo.is_ours()
    assert (Household.objects.count(), SetAside.objects.count()) == (3_000, 0)
    outcomes = Counter(Coverage.objects.values_list("outcome", flat=True))
    assert {"met", "by_phone", "vacant", "moved_away", "nobody_home", "refused"} == set(outcomes)
    closed = sum(outcomes[o] for o in ("met", "by_phone", "vacant", "moved_away"))
    assert 0.6 < closed / 3_000 < 0.8
    assert Coverage.objects.filter(fever=True).count() == 3
    # Three at doors, one at the checkpoint.
    assert Duty.objects.filter(kind="referral").count() == 4
    assert PostHour.objects.aggregate(n=Sum("passages"))["n"] == 60
    assert Coverage.objects.filter(outsiders__gt=0).exists()
    assert [grid.code for grid in unnamed_grids([""])] == [demo.UNNAMED_GRID]
    # A helper is the same person as the resident of that name and number.
    assert Account.objects.exclude(person_id=None).count() == 125
    # The passengers of the flight live nowhere here.
    assert Person.objects.filter(household_id=None).count() < 10 + 336
    placed = Counter(Stay.objects.filter(until=None).values_list("destination", flat=True))
    # The rest of the family that nobody has decided about waits.
    assert placed["hospital"] == 2
    assert 335 - 4 <= placed.total() < 335

    file = tmp_path / "accounts.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len({one.password for one in logins}) == len(logins) == 11
    for one in logins:
        assert Client().login(username=one.username, password=one.password)
