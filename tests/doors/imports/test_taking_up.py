# cjk: rows of made-up files
"""Imports whose worker died: the clock goes on with them, and never two at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import town
from tests.doors.imports import whole
from tests.doors.imports.test_whole import row

from lianfang.doors.imports import background, jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.doors.imports.plan_households import HouseholdPlanner
from lianfang.kernel import clock, times
from lianfang.kernel.submit import submit as kernel_submit
from lianfang.people.models import Household

pytestmark = pytest.mark.django_db(transaction=True)
RUNNING, DONE = ImportJob.State.RUNNING, ImportJob.State.DONE


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportJob:
    """Return a lead's import of fifty doors whose worker died after thirty."""
    made = town.build()
    names = ["王" + chr(0x5000 + n) for n in range(50)]
    rows = [row("第一网格", f"1-1-{100 + n}", name, "", "户主") for n, name in enumerate(names)]
    path = whole.write(tmp_path / "roster.xlsx", rows)
    monkeypatch.setattr(HouseholdPlanner, "size", 10)
    calls: list[int] = []

    def dies(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return kernel_submit(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("lianfang.doors.imports.work.submit", dies)
        with pytest.raises(KeyboardInterrupt):
            whole.take(path, made.areas[town.COMMUNITY], made.actor("lead"))
    job = ImportJob.objects.get()
    assert (job.state, Household.objects.count()) == (RUNNING, 30)
    return job


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> list[ImportJob]:
    """Return the jobs for which a process would be started."""
    found: list[ImportJob] = []
    monkeypatch.setattr(background, "spawn", found.append)
    return found


def silent(job: ImportJob, **ago: float) -> ImportJob:
    """Let the last sign of the worker be so old; return the job as another process reads it."""
    ImportJob.objects.filter(id=job.id).update(beat_at=times.now() - timedelta(**ago))
    return ImportJob.objects.get()


def test_the_clock_goes_on_with_what_broke_off(broken: ImportJob, spawned: list[ImportJob]) -> None:
    silent(broken, minutes=4)
    clock.run()
    assert spawned == []
    silent(broken, minutes=6)
    clock.run()
    # A second clock, or the next tick while the process starts, leaves it alone.
    clock.run()
    assert [job.id for job in spawned] == [broken.id]
    work.resume(ImportJob.objects.get())
    job = ImportJob.objects.get()
    assert (job.state, Household.objects.count()) == (DONE, 50)
    assert job.counts == {"doors_new": 50, "people_new": 50}
    silent(broken, hours=1)
    clock.run()
    assert len(spawned) == 1


def test_two_who_find_it_at_once_start_it_once(broken: ImportJob) -> None:
    silent(broken, minutes=6)
    one, other = ImportJob.objects.get(), ImportJob.objects.get()
    assert jobs.claim(one)
    assert not jobs.claim(other)


def test_a_worker_that_was_only_slow_lets_go(
    broken: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = silent(broken, minutes=6)
    calls: list[int] = []

    def overtaken(*arguments: Any) -> Any:
        # While the slow one is at the fifth part, another process takes the import up.
        calls.append(1)
        if len(calls) == 2:
            ImportJob.objects.update(beat_at=times.now())
        return kernel_submit(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("lianfang.doors.imports.work.submit", overtaken)
        with pytest.raises(jobs.TakenOver):
            work.perform(slow)
    # What it did in that part went back; the other one does and counts it.
    job = ImportJob.objects.get()
    assert (job.state, Household.objects.count()) == (RUNNING, 40)
    work.resume(job)
    job = ImportJob.objects.get()
    assert (job.state, Household.objects.count()) == (DONE, 50)
    assert job.counts == {"doors_new": 50, "people_new": 50}


def test_what_fails_for_a_day_waits_for_its_sender(
    broken: ImportJob, spawned: list[ImportJob]
) -> None:
    silent(broken, hours=25)
    ImportJob.objects.update(made_at=times.now() - timedelta(hours=26))
    clock.run()
    assert spawned == []
    assert jobs.is_stale(ImportJob.objects.get())


def test_a_file_that_is_gone_fails_in_words(broken: ImportJob, spawned: list[ImportJob]) -> None:
    silent(broken, minutes=6)
    ImportJob.objects.update(wrapped_key=None)
    clock.run()
    work.resume(ImportJob.objects.get())
    job = ImportJob.objects.get()
    assert job.state == ImportJob.State.FAILED
    assert job.problem
    clock.run()
    assert len(spawned) == 1
