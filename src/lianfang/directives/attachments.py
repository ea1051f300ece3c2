"""Attachments of directives: small files, encrypted under a key of the directive.

They lie in uploads/, so each backup has them. A file that no directive names is harmless.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import crypto, sealing
from lianfang.kernel.problems import Refuse, problem
from lianfang.web import photos

MOST = 10 * 1024 * 1024
NOT_A_PAPER = problem(
    "directive.attachment_kind",
    _("This file is no PDF, Word or Excel file, nor a photo."),
    _("Save it as PDF and attach that."),
)
TOO_BIG = problem(
    "directive.attachment_size",
    _("The file has more than 10 MB."),
    _("Attach a smaller one."),
    status=413,
)
_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    # Word and Excel; the browser is told to save it, never to show it.
    (b"PK\x03\x04", "application/zip"),
)


def kind_of(data: bytes) -> str:
    """Return the media type by the first bytes, '' for what is not taken."""
    return next((kind for start, kind in _STARTS if data.startswith(start)), "")


def _path(district: str, owner_id: UUID, file_id: UUID) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "directives" / (district or "reference") / owner_id.hex
    return folder / file_id.hex


def store(district: str, owner_id: UUID, file_id: UUID, data: bytes) -> str:
    """Keep a file under the key of `owner_id`, a directive's id.

    Returns its media type; the same id again replaces it. Raises Refuse.
    """
    if len(data) > MOST:
        raise Refuse(TOO_BIG, "files")
    kind = kind_of(data)
    if not kind:
        raise Refuse(NOT_A_PAPER, "files")
    path = _path(district, owner_id, file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(
        crypto.encrypt(sealing.key_of(district, owner_id), photos.without_origin(data))
    )
    fresh.replace(path)
    return kind


def read(district: str, owner_id: UUID, file_id: UUID) -> bytes | None:
    """Return a file; None when it is not there or its key is gone."""
    path = _path(district, owner_id, file_id)
    key = sealing.subject_keys(district, [owner_id]).get(owner_id)
    if key is None or not path.is_file():
        return None
    return crypto.decrypt(key, path.read_bytes())
