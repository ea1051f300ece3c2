"""The built app: its files, which of them may be kept for ever, and how they go over the wire."""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BUILT = Path(__file__).resolve().parent.parent.parent / "web" / "static" / "phone"
# Vite puts a hash of the content into these names.
_HASHED = re.compile(r"assets/.+-[\w-]{8}\.\w+\Z|assets/.+-[\d.]+\.wasm\Z")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of the app, as it is and compressed ('' where that gains nothing)."""

    content: bytes
    packed: bytes
    kind: str
    lasting: bool


def find(name: str) -> File | None:
    """Return a file of the app by its path below /phone/; None when there is none."""
    path = (BUILT / (name or "index.html")).resolve()
    if not path.is_relative_to(BUILT) or not path.is_file():
        return None
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> File:
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    packed = gzip.compress(content, 9, mtime=0)
    if len(packed) > 0.95 * len(content):
        packed = b""
    name = path.relative_to(BUILT).as_posix()
    return File(content, packed, kind, bool(_HASHED.match(name)))
