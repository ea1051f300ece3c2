"""Text messages. Each province's gateway is another one; the default writes them into a file.

A deployment names its own with LIANFANG_SMS="package.module.function", a function
`(number, text) -> None` that raises OSError when the gateway does not take it.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from lianfang.kernel.times import now
from lianfang.messaging.senders.outcome import Fault, Outcome

# Two parts of a long Chinese text message (67 characters each).
LONGEST = 134


def send(address: str, key: str, subject: str, text: str) -> Outcome:
    """Send to one number, cut to two parts."""
    if not address:
        return Outcome(Fault.NO_ADDRESS)
    words = f"{subject} {text}".replace("\n", " ")
    words = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    gateway = import_string(settings.LIANFANG_SMS) if settings.LIANFANG_SMS else write
    try:
        gateway(address, words)
    except OSError as error:
        return Outcome(Fault.UNREACHABLE, type(error).__name__)
    return Outcome()


def write(number: str, text: str) -> None:
    """Append the message to outbox/sms.jsonl in the data folder, for a gateway that reads files."""
    file = Path(settings.DATA_DIR) / "outbox" / "sms.jsonl"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    line = json.dumps({"at": now().isoformat(), "to": number, "text": text}, ensure_ascii=False)
    with file.open("a", encoding="utf-8") as out:
        file.chmod(0o600)
        out.write(line + "\n")
