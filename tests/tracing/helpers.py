"""What the tests of tracing share: a town of two districts, cases and contacts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests import town as towns
from tests.supplies.helpers import code, must, send
from tests.town import DISTRICT, Town, accepted, do, entry

from lianfang.areas.models import Area
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.submit import submit
from lianfang.kernel.times import local, now
from lianfang.people.models import Person
from lianfang.tracing.models import Case, Contact, Listing

__all__ = ["AWAY", "DISTRICT", "OTHER", "code", "must", "send"]

# A community of another district.
OTHER = "440604"
AWAY = OTHER + "001001"


def build() -> Town:
    """Make the town with a health officer, and a second district with a lead of its own."""
    town = towns.build()
    rows = [
        {"code": OTHER, "name": "禅城区"},
        {"code": OTHER + "001", "name": "祖庙街道"},
        {"code": AWAY, "name": "莲花社区"},
    ]
    do(OPERATOR, "area.import", {"rows": rows}, "")
    town.areas = {a.code: a for a in Area.objects.all()}
    town.hire("officer", "health_officer", DISTRICT)
    town.hire("away_lead", "community_lead", AWAY)
    town.hire("staff", "site_staff", "440605011900")
    town.hire("volunteer", "volunteer", "440605011900")
    town.hire("other", "community_lead", "440605012901")
    town.register(1, "3-2-501", "3-2-502")
    town.register(2, "4-1-101")
    return town


def today() -> date:
    """Return the local day."""
    return local(now()).date()


def people(town: Town, label: str) -> list[UUID]:
    """Return the ids of those who live behind a door."""
    found = Person.objects.filter(district=DISTRICT, household_id=town.households[label])
    return list(found.order_by("id").values_list("id", flat=True))


def case(town: Town, person_id: UUID | None = None, **more: Any) -> Case:
    """Open a case as the health officer: symptoms since three days, confirmed."""
    case_id = new_id()
    payload = {
        "case_id": str(case_id),
        "area_id": str(town.areas["440605011900"].id),
        "state": "confirmed",
        "onset": str(today() - timedelta(days=3)),
        **({"person_id": str(person_id)} if person_id else {}),
        **more,
    }
    accepted(submit(town.actor("officer"), [entry("case.open", payload)]))
    return Case.objects.get(district=DISTRICT, id=case_id)


def contacts(case_: Case) -> dict[UUID | None, Contact]:
    """Return the contacts of a case by person."""
    rows = Contact.objects.filter(district=case_.district, case_id=case_.id)
    return {row.person_id: row for row in rows}


def named(town: Town, case_: Case, name: str = "李四", **more: Any) -> Contact:
    """Name a contact of whom only a name is known."""
    contact_id = new_id()
    payload = {
        "case_id": case_.id,
        "contact_id": contact_id,
        "name": name,
        "phone": "13812345678",
        **more,
    }
    must(town.actor("officer"), "contact.name", **payload)
    return Contact.objects.get(district=DISTRICT, id=contact_id)


def listing(contact: Contact) -> Listing:
    """Return the line of a contact on the list where it stands."""
    return Listing.objects.get(district=contact.list_district, id=contact.id)


def plan(town: Town, **more: Any) -> dict[str, Any]:
    """Return the terms of an isolation at home."""
    return {
        "place": "home",
        "from_day": str(today()),
        "days": 14,
        "checks_a_day": 2,
        "area_id": str(town.areas["440605011900"].id),
        **more,
    }
