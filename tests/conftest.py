"""Fixtures for all tests: query counts held in a file, a real server, a real browser."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from tests.support.browser import browser, browser_page, open_page
from tests.support.queries import query_count
from tests.support.server import server, server_process

__all__ = ["browser", "browser_page", "open_page", "query_count", "server", "server_process"]

# How long an example takes says something about the machine, not about the product.
settings.register_profile(
    "lianfang",
    deadline=None,
    # How many examples a filter drops is chance: a strategy may be unlucky once in many runs.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)
settings.load_profile("lianfang")

# The quick loop (`make check`) leaves these to `make test`: what takes seconds, and what each room
# proves over all its pages, roles and records.
SLOW = (
    "pages.py",
    "permissions.py",
    "test_replay.py",
    "test_replay_and_claims.py",
    "test_replay_and_purge.py",
    "test_replay_and_rules.py",
    "arrivals/test_beds_property.py",
    "briefing/test_board.py",
    "briefing/test_numbers.py",
    "doors/api/test_openapi.py",
    "doors/api/test_reads.py",
    "doors/imports/test_anything.py",
    "doors/imports/test_cli.py",
    "doors/imports/test_tracing_lists.py",
    "doors/imports/test_whole.py",
    "doors/sync/test_chaos.py",
    "doors/sync/test_sync.py",
    "drill/test_demo.py",
    "drill/test_town.py",
    "foundations/test_operator_commands.py",
    "foundations/test_server.py",
    "messaging/test_delivery.py",
    "messaging/test_senders.py",
    "mobilising/test_attendance.py",
    "mobilising/test_calls.py",
    "mobilising/test_desk_acts.py",
    "mobilising/test_phone.py",
    "mobilising/test_planning.py",
    "mobilising/test_whistles.py",
    "people/test_forms.py",
    "people/test_lists.py",
    "people/test_redraw.py",
    "scenarios/test_s02_recall.py",
    "scenarios/test_s03_task_forces.py",
    "scenarios/test_s09_dragnet.py",
    "scenarios/test_s14_whistle.py",
    "scenarios/test_s15_sent_down.py",
    "scenarios/test_s17_medical_front.py",
    "scenarios/test_s22_flight.py",
    "screening/test_counts_property.py",
    "screening/test_daily.py",
    "services/test_planning.py",
    "services/test_runs.py",
    "stations/test_forgetting.py",
    "stations/test_passages.py",
    "watching/test_machines.py",
    "watching/test_transfers.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the slow files, and let these begin, so that no worker waits at the end."""
    for item in items:
        if item.path.as_posix().endswith(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
