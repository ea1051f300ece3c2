"""A checkpoint without network: few taps a vehicle, and the journal equals the taps."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.phone.conftest import PASSWORD, OpenPhone, Screen
from tests.stations import helpers
from tests.town import COMMUNITY, DISTRICT, Town, do

from lianfang.kernel.models import Record, SetAside
from lianfang.people.models import Person
from lianfang.stations.models import Passage, PassageLine, Vehicle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NUMBER = "13900001111"
HIDDEN = "13711112222"


class Post(Screen):
    """A phone at a post; counts every tap of a passage."""

    def keys(self, text: str) -> None:
        """Type on the pad that the screen shows."""
        for key in text:
            self.tap(
                f".thumb .platepad button:text-is('{key}'), .thumb .pad button:text-is('{key}')"
            )

    def temperature(self, tenths: str) -> None:
        self.keys(tenths)

    def passing(self) -> None:
        """Record what is on the screen."""
        self.tap("[data-act='pass']")
        self.page.wait_for_function(
            "() => !document.querySelector('.temp output')"
            " || document.querySelector('.temp output').textContent === '—'"
        )

    def vehicle(self, plate: str, phone: str, *tenths: str) -> int:
        """Record a vehicle that the post does not know; returns how many taps it took."""
        before = self.taps
        self.keys(plate)
        self.keys(phone)
        for _ in tenths[1:]:
            self.tap("[data-act='more']")
        if len(tenths) > 1:
            self.tap(".temp >> nth=0")
        for one in tenths:
            self.keys(one)
        self.passing()
        return self.taps - before


def watched(town: Town) -> None:
    """Put somebody with the hidden number under watch."""
    town.register(1, "3-2-501")
    person = Person.objects.filter(household_id=town.households["3-2-501"])[0]
    correct = {"person_id": str(person.id), "phone": HIDDEN}
    do(town.actor("lead"), "person.correct", correct)
    watch = {
        "person_id": str(person.id),
        "reason": "contact",
        "from_day": str(timezone.localdate()),
        "area_id": str(town.grid(1).id),
        "household_id": str(town.households["3-2-501"]),
    }
    do(town.actor("lead"), "watch.start", watch)


@pytest.fixture
def post(town: Town, open_phone: OpenPhone) -> Post:
    watched(town)
    account = town.hire("staff", "site_staff", COMMUNITY)
    account.set_password(PASSWORD)
    account.save(update_fields=["password"])
    gate = helpers.post(town, "尉氏北出口", kind="checkpoint")
    helpers.post(town, "南门")
    # Who comes each day is remembered by the post.
    for _ in range(2):
        helpers.passage(
            town,
            gate,
            "粤A12345",
            {"name": "王师傅", "phone": "13800138000", "temperature": "36.5"},
            from_place="菜场",
            to_place="怡景社区",
        )
    screen = open_phone()
    screen.__class__ = Post
    assert isinstance(screen, Post)
    screen.login("staff")
    screen.tap(".tabs a[href='#/passage']")
    screen.page.wait_for_selector("[data-post]")
    # As if the code at the post had been scanned (its page shows it).
    screen.go(f"/at/{DISTRICT}/{gate}")
    screen.page.wait_for_selector(".filter:not([data-tone])")
    return screen


def test_a_shift_offline_arrives_as_it_was_tapped(post: Post) -> None:
    assert Record.objects.filter(command="passage.filter").count() == 1
    post.offline()
    # A known vehicle: two characters of the plate, the vehicle, one temperature, done.
    before = post.taps
    post.keys("12")
    post.tap("[data-known='粤A12345']")
    post.keys("365")
    post.passing()
    assert post.taps - before <= 7
    # A new one: five characters behind the usual province and city, a number, a temperature.
    assert post.vehicle("B6789", NUMBER, "366") == 5 + 11 + 3 + 1
    post.page.reload()
    post.page.wait_for_selector(".pad")
    post.pin()
    post.page.wait_for_selector(".filter:not([data-tone])")
    # The same one again, without network and after a reload, is known by the phone.
    before = post.taps
    post.keys("B6")
    post.tap("[data-known='粤AB6789']")
    post.keys("364")
    post.passing()
    assert post.taps - before == 7
    post.vehicle("C0001", "13900002222", "362", "368", "371")
    assert Passage.objects.count() == 2
    post.offline(False)
    post.go("/today")
    post.quiet()
    assert SetAside.objects.count() == 0
    told = list(Passage.objects.order_by("id").values_list("people", "direction"))[2:]
    assert told == [(1, "in"), (1, "in"), (1, "in"), (3, "in")]
    readings = PassageLine.objects.order_by("passage_id", "number").values_list("tenths", flat=True)
    assert list(readings)[2:] == [365, 366, 364, 362, 368, 371]
    plates = {v.plate: v.passages for v in Vehicle.objects.all()}
    assert plates == {"粤A12345": 3, "粤AB6789": 2, "粤AC0001": 1}
    known = Passage.objects.filter(vehicle__passages=3).order_by("-at")[0]
    assert (known.from_place, known.to_place) == ("菜场", "怡景社区")


def test_a_fever_stops_and_the_filter_only_says_to_call_the_desk(post: Post) -> None:
    post.offline()
    post.vehicle("B6789", NUMBER, "384")
    post.page.wait_for_selector(".stop[data-kind='fever']")
    assert "38.4" in post.page.inner_text(".stop")
    post.tap("[data-act='understood']")
    post.vehicle("G0002", HIDDEN, "365")
    post.page.wait_for_selector(".stop[data-kind='desk']")
    assert HIDDEN not in post.page.inner_text(".stop")
    post.tap("[data-act='understood']")
    # When the shift is over by the phone's own clock, the filter is gone.
    post.page.evaluate(
        """() => {
            const before = Date.now;
            Date.now = () => before() + 9 * 3600_000;
            dispatchEvent(new Event("online"));
        }"""
    )
    post.page.wait_for_selector(".filter[data-tone='warn']")
    assert SetAside.objects.count() == 0


def test_what_is_not_complete_is_not_saved(post: Post) -> None:
    post.keys("B67")
    post.tap("[data-act='pass']")
    post.page.wait_for_selector("[role=alert]")
    post.keys("89")
    post.tap(".temp >> nth=0")
    post.keys("984")
    post.tap("[data-act='pass']")
    post.page.wait_for_selector(".temp[data-bad='true']")
    assert Passage.objects.count() == 2
