"""Starts the work on a large file: a process of its own, which outlives the request."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import structlog

from lianfang.doors.imports import jobs, work
from lianfang.doors.imports.models import ImportJob
from lianfang.kernel.receipts import Receipt

log = structlog.get_logger(__name__)


def launch(job: ImportJob) -> None:
    """Do what the job waits for: now if it is small, else in a process of its own.

    The process reads its settings from the same environment as this one. If it dies, the page
    says so after a while and offers to go on; the clock goes on by itself some minutes later.
    """
    if jobs.is_small(job):
        work.resume(job)
    else:
        spawn(job)


def take_up(moment: datetime) -> list[Receipt]:
    """Go on with the imports whose worker has been gone for some minutes: a chore of the clock.

    Each gets a process of its own, also a small one: a file that kills its worker must not kill
    the clock, and the clock waits for none. An import is claimed first, so two clocks start one.
    """
    for job in jobs.waiting(jobs.ABANDONED):
        if job.made_at > moment - jobs.BY_ITSELF and jobs.claim(job):
            log.info("import_taken_up", job=str(job.id), position=job.position)
            spawn(job)
    return []


def spawn(job: ImportJob) -> None:
    """Start a process that does what the job waits for, and outlives this one."""
    command = [sys.executable, "-m", "lianfang.config.cli", "import", "resume", str(job.id)]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
