"""What the tests of watches share: a town with people, and acts on watches."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests import town as towns
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel.actors import Actor, ActorKind, Granted
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Household, Person
from lianfang.watching import rows
from lianfang.watching.models import Referral, Watch

TODAY = date(2026, 3, 2)


def clock(hour: int, day: int = 0, minute: int = 0) -> datetime:
    """Return a moment of the test's first day (or a day after it), by the deployment's clock."""
    at = datetime(TODAY.year, TODAY.month, TODAY.day, hour, minute, tzinfo=rows.zone())
    return at + timedelta(days=day)


def build() -> Town:
    """Make the town with doors and the roles that meet in a grid."""
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    town.hire("health", "health_officer", COMMUNITY)
    town.hire("site", "site_staff", COMMUNITY)
    town.hire("building", "building_lead", COMMUNITY + "001")
    town.hire("street", "street_command", "440605011")
    town.hire("district", "district_command", DISTRICT)
    town.hire("volunteer", "volunteer", COMMUNITY)
    town.hire("other", "community_lead", "440605012901")
    return town


def person(town: Town, label: str = "3-2-501", number: int = 0) -> UUID:
    """Return somebody who lives behind a door."""
    home = town.households[label]
    return list(Person.objects.filter(household_id=home).order_by("name"))[number].id


def terms(town: Town, label: str = "3-2-501", **more: Any) -> dict[str, Any]:
    """Return the terms of a watch at home from today on."""
    grid = town.grid(2 if label.startswith("4-") else 1)
    return {
        "reason": "contact",
        "place": "home",
        "from_day": rows.today(now()).isoformat(),
        "days": 14,
        "area_id": str(grid.id),
        "household_id": str(town.households[label]),
        **more,
    }


def begin(
    town: Town, label: str = "3-2-501", number: int = 0, who: str = "grid1", **m: Any
) -> Watch:
    """Put somebody under watch at home and return the row."""
    payload = {"person_id": str(person(town, label, number)), **terms(town, label, **m)}
    receipt = do(town.actor(who), "watch.start", payload)
    return Watch.objects.get(id=UUID(receipt.result["watch_id"]))


def act(
    actor: Actor, command: str, watch: Watch, *, at: datetime | None = None, **m: Any
) -> Receipt:
    """Send one act on a watch and return its receipt, accepted or not."""
    when = {"occurred_at": at} if at else {}
    return submit(
        actor, [entry(command, {"watch_id": str(watch.id), **m}, watch.district, **when)]
    )[0]


def refer(actor: Actor, step: str, row: Referral, **m: Any) -> Receipt:
    """Send one step of a referral and return its receipt, accepted or not."""
    payload = {"referral_id": str(row.id), **m}
    return submit(actor, [entry(f"referral.{step}", payload, row.district)])[0]


def door(town: Town, label: str) -> Actor:
    """Return the actor of a door's card."""
    home = Household.objects.select_related("area").get(id=town.households[label])
    verbs = frozenset({Verb.ORDER, Verb.SELF_REPORT})
    grant = Granted("card", home.path, verbs, frozenset(), subject=home.id)
    return Actor(ActorKind.CARD, home.id, (grant,))
