"""Starts the work on a large file: a process of its own, which outlives the request."""

from __future__ import annotations

import subprocess
import sys

from lianfang.doors.imports import jobs, work
from lianfang.doors.imports.models import ImportJob


def launch(job: ImportJob) -> None:
    """Do what the job waits for: now if it is small, else in a process of its own.

    The process reads its settings from the same environment as this one. If it dies, the page
    says so after a while and offers to go on; `lianfang import waiting` does the same.
    """
    if jobs.is_small(job):
        work.resume(job)
        return
    command = [sys.executable, "-m", "lianfang.config.cli", "import", "resume", str(job.id)]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
