"""S10: the organisations' net and the grid net are one; no grid without a named person."""

from __future__ import annotations

import pytest
from tests.scenarios import city
from tests.scenarios.gate import Gate, act

from lianfang.areas.queries import unnamed_grids
from lianfang.kernel.ids import new_id
from lianfang.people.models import OrganisationArea

pytestmark = pytest.mark.django_db
STREET = "110102013"


def test_each_organisation_serves_areas_and_no_grid_is_without_a_named_person() -> None:
    areas = city.import_areas(STREET)
    street = areas[STREET]
    communities = [a for a in areas.values() if a.parent_id == street.id]
    grids = city.draw_grids(communities, 3)
    city.hire("street", "street_command", street)
    desk = Gate("street")

    units = {}
    for community in communities:
        organisation_id = str(new_id())
        units[community.id] = organisation_id
        desk.must(
            [
                act(
                    "organisation.create",
                    {
                        "organisation_id": organisation_id,
                        "name": f"{community.name}党总支",
                        "kind": "party",
                    },
                    "",
                ),
                act(
                    "organisation.attach",
                    {"organisation_id": organisation_id, "area_id": str(community.id)},
                    "",
                ),
            ]
        )
    served = OrganisationArea.objects.filter(until=None).values_list("area_id", flat=True)
    assert set(served) == {c.id for c in communities}

    # Every grid but one gets its worker: the gap is on the list until it is closed.
    city.hire_all([(f"w{n}", "grid_worker", grid, "") for n, grid in enumerate(grids[:-1])])
    assert [g.code for g in unnamed_grids([street.path])] == [grids[-1].code]
    account_id = city.hire("late", "volunteer", street)
    desk.must(
        [
            act(
                "grant.give",
                {
                    "account_id": str(account_id),
                    "role": "grid_worker",
                    "area_id": str(grids[-1].id),
                },
                "",
            )
        ]
    )
    assert not unnamed_grids([street.path]).exists()
