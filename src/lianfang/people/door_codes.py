"""The code on a door: names one household to whoever scans it, and cannot be made up.

`<district>.<32 letters>`: the household's id and eight bytes of a mark under the master key. A
phone without network reads the id out of it; the server checks the mark.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

from django.conf import settings

_CODE = re.compile(r"([0-9A-Za-z_-]{1,12})\.([\w-]{32})\Z", re.ASCII)
_MARK = 8


def code_of(district: str, household_id: UUID) -> str:
    """Return the code of a door, to be put behind /d/ in a QR code."""
    raw = household_id.bytes + _mark(district, household_id)
    return f"{district}.{base64.urlsafe_b64encode(raw).decode()}"


def household_of(code: str) -> tuple[str, UUID] | None:
    """Return district and household of a code; None when it is not one of this deployment's."""
    found = _CODE.match(code)
    if found is None:
        return None
    district = found.group(1)
    raw = base64.urlsafe_b64decode(found.group(2))
    household_id = UUID(bytes=raw[:16])
    if not hmac.compare_digest(raw[16:], _mark(district, household_id)):
        return None
    return district, household_id


def _mark(district: str, household_id: UUID) -> bytes:
    master = bytes.fromhex(settings.LIANFANG_MASTER_KEY)
    text = b"door " + district.encode() + b" " + household_id.bytes
    return hmac.new(master, text, hashlib.sha256).digest()[:_MARK]
