"""The files of imports, encrypted in the data folder under a key that goes with the job's row."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

from lianfang.kernel import crypto

SENT, RETURNED = "sent", "returned"


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _path(job_id: UUID, which: str) -> Path:
    return _folder() / f"{job_id}.{which}"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, by which the same file is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(job_id: UUID, which: str, source: Path, wrapped_key: bytes) -> None:
    """Encrypt `source` into the data folder."""
    key = crypto.unwrap(wrapped_key)
    target = _path(job_id, which)
    waiting = target.with_suffix(".new")
    waiting.write_bytes(crypto.encrypt(key, source.read_bytes()))
    waiting.chmod(0o600)
    waiting.replace(target)


def has(job_id: UUID, which: str) -> bool:
    """Tell whether the file is still there."""
    return _path(job_id, which).exists()


def content(job_id: UUID, which: str, wrapped_key: bytes) -> bytes:
    """Return the bytes of a kept file. Raises FileNotFoundError."""
    return crypto.decrypt(crypto.unwrap(wrapped_key), _path(job_id, which).read_bytes())


@contextmanager
def opened(job_id: UUID, which: str, wrapped_key: bytes, suffix: str) -> Iterator[Path]:
    """Lay a kept file out in the clear, readable by its owner only, inside the block."""
    plain = content(job_id, which, wrapped_key)
    with scratch(suffix) as path:
        path.write_bytes(plain)
        del plain
        yield path


@contextmanager
def scratch(suffix: str = "") -> Iterator[Path]:
    """Give a file that is gone after the block; it is the owner's alone."""
    handle, name = tempfile.mkstemp(suffix=suffix, dir=_folder())
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def forget(job_id: UUID) -> None:
    """Delete the files of a job."""
    for which in (SENT, RETURNED):
        _path(job_id, which).unlink(missing_ok=True)
