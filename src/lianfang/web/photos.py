"""Photos of receipts, doorsteps and matters: small files, encrypted under their subject's key.

They lie in uploads/, so each backup has them; without the key of the subject (a household, a
matter), or the master key, nobody reads them. A photo that no record names (the entry was refused)
is harmless and small.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianfang.kernel import crypto, sealing
from lianfang.kernel.problems import Refuse, problem

MOST = 3 * 1024 * 1024
NOT_A_PHOTO = problem(
    "photo.not_a_photo",
    _("This file is no photo (JPEG, PNG or WebP)."),
    _("Take the photo once more with the camera."),
)
TOO_BIG = problem(
    "photo.too_big",
    _("The photo has more than 3 MB."),
    _("Take it with less resolution."),
    status=413,
)


def kind_of(data: bytes) -> str:
    """Return the media type by the first bytes, '' for what is no photo."""
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return ""


def without_origin(data: bytes) -> bytes:
    """Return a JPEG without its EXIF and XMP parts, which tell where and with what it was taken."""
    if data[:3] != b"\xff\xd8\xff":
        return data
    kept, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in (0xE1, 0xED, 0xFE):
            kept += data[at : at + size]
        at += size
    return bytes(kept + data[at:])


def _path(district: str, subject_id: UUID, photo_id: UUID) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "photos" / district / subject_id.hex
    return folder / photo_id.hex


def store(district: str, subject_id: UUID, photo_id: UUID, data: bytes) -> UUID:
    """Keep a photo under `photo_id`; the same id again replaces it. Raises Refuse."""
    if len(data) > MOST:
        raise Refuse(TOO_BIG, "photo")
    if not kind_of(data):
        raise Refuse(NOT_A_PHOTO, "photo")
    path = _path(district, subject_id, photo_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    sealed = crypto.encrypt(sealing.key_of(district, subject_id), without_origin(data))
    fresh = path.with_suffix(".new")
    fresh.write_bytes(sealed)
    fresh.replace(path)
    return photo_id


def read(district: str, subject_id: UUID, photo_id: UUID) -> tuple[bytes, str] | None:
    """Return a photo and its type; None when it is not there or its key is gone."""
    path = _path(district, subject_id, photo_id)
    key = sealing.subject_keys(district, [subject_id]).get(subject_id)
    if key is None or not path.is_file():
        return None
    data = crypto.decrypt(key, path.read_bytes())
    return data, kind_of(data)
