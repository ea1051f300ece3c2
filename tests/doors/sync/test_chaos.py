"""10,000 entries over a bad network with a server that is killed: none lost, none doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.doors.sync.chaos import KillableServer, World, machine
from tests.doors.sync.conftest import open_round
from tests.support.server import environment, free_port
from tests.town import COMMUNITY, build

pytestmark = pytest.mark.slow

ENTRIES = 10_000


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    town = build()
    for number in (1, 2):
        town.register(
            number, *[f"{number}-1-{f}{r:02d}" for f in range(1, 16) for r in range(1, 5)]
        )
    town.hire("second", "grid_worker", f"{COMMUNITY}001")
    for account in town.accounts.values():
        account.set_password("a long word")
        account.save(update_fields=["password"])
    names = ["grid1", "grid2", "second", "lead"]
    server = KillableServer(free_port(), environment(LIANFANG_LOG_LEVEL="ERROR"))
    yield World(
        server,
        open_round(town),
        list(town.households.values()),
        [(name, "a long word") for name in names],
    )
    server.kill()


def test_nothing_is_lost_and_nothing_is_doubled(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    while world.written < ENTRIES:
        run_state_machine_as_test(
            machine(world),
            settings=settings(
                max_examples=4,
                stateful_step_count=40,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    with capsys.disabled():
        faults = ", ".join(f"{name} {count}" for name, count in sorted(world.faults.items()))
        print(  # noqa: T201
            f"\n  chaos: {world.written} entries, 0 lost, 0 doubled; "
            f"{dict(world.answers)}; {faults}"
        )
    assert sum(world.answers.values()) == world.written
