"""What Prometheus is told of the kernel; `config.probes` shows it."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterable

from prometheus_client import Counter

from lianfang.kernel.receipts import Status
from lianfang.kernel.registry import COMMANDS

RECEIPTS = Counter("lianfang_receipts_total", "Receipts given.", ["command", "status"])


def count(given: Iterable[tuple[str, Status]]) -> None:
    """Count receipts by command and status; names that no command has count as `unknown`."""
    for (command, status), number in Count(given).items():
        RECEIPTS.labels(command if command in COMMANDS else "unknown", str(status)).inc(number)
