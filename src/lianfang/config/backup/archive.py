"""The backup file: a plain tar whose last member, manifest.json, has the sha256 of each other."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

MANIFEST = "manifest.json"
UPLOADS = "uploads/"
FORMAT = 1
BLOCK = 1 << 20


class BackupError(Exception):
    """A backup or a restore cannot be done; the message says why, and what to do."""


@dataclass
class Manifest:
    """What a backup holds.

    `rows` counts each table; `migrations` are "app.name"; `key` is a fingerprint of the master
    key, from which the key cannot be told; `files` maps each member to its sha256.
    """

    vendor: str
    rows: dict[str, int]
    migrations: list[str]
    key: str
    version: str
    created_at: str
    format: int = FORMAT
    files: dict[str, str] = field(default_factory=dict)

    @property
    def uploads(self) -> int:
        """Return the number of uploaded files."""
        return sum(name.startswith(UPLOADS) for name in self.files)


class _Hashing:
    """A reader that knows the sha256 of what went through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


@contextmanager
def writing(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a new archive; it appears under its name only when it is complete."""
    part = path.with_name(f".{path.name}.part")
    try:
        with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
            part.chmod(0o600)
            yield archive
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def add(archive: tarfile.TarFile, name: str, path: Path, manifest: Manifest) -> None:
    """Add a file and note its sha256; a file that grows meanwhile is cut at its first size."""
    with path.open("rb") as file:
        reader = _Hashing(file)
        archive.addfile(archive.gettarinfo(arcname=name, fileobj=file), reader)
    manifest.files[name] = reader.digest.hexdigest()


def add_manifest(archive: tarfile.TarFile, manifest: Manifest) -> None:
    """Add the manifest, last, since only then every digest is known."""
    data = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mtime, info.mode = len(data), int(time.time()), 0o600
    archive.addfile(info, io.BytesIO(data))


def verify(path: Path) -> Manifest:
    """Read the whole archive and return its manifest.

    Raises BackupError for a file that is damaged, incomplete, no backup, or unsafe to unpack.
    """
    digests: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                if not member.isfile() or not _safe(member.name):
                    raise BackupError(f"{path}: the member {member.name!r} is not of a backup.")
                content = archive.extractfile(member)
                assert content is not None
                if member.name == MANIFEST:
                    manifest = _read_manifest(json.load(content))
                    continue
                reader = _Hashing(content)
                while reader.read(BLOCK):
                    pass
                digests[member.name] = reader.digest.hexdigest()
    except (tarfile.TarError, ValueError, TypeError, EOFError) as error:
        raise BackupError(f"{path}: damaged, or no backup ({error}).") from error
    if manifest is None:
        raise BackupError(f"{path}: incomplete: it has no manifest.")
    wrong = sorted(
        name
        for name in digests.keys() | manifest.files.keys()
        if digests.get(name) != manifest.files.get(name)
    )
    if wrong:
        raise BackupError(f"{path}: damaged: {', '.join(wrong[:5])} differ from the manifest.")
    return manifest


def extract(path: Path, name: str, target: Path) -> None:
    """Write one member of a verified archive to `target`."""
    with tarfile.open(path, "r:") as archive:
        _write(archive, archive.getmember(name), target)


def extract_uploads(path: Path, folder: Path) -> None:
    """Write all uploaded files of a verified archive under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "r:") as archive:
        for member in archive:
            if member.name.startswith(UPLOADS):
                _write(archive, member, folder / member.name.removeprefix(UPLOADS))


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    content = archive.extractfile(member)
    assert content is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while block := content.read(BLOCK):
            file.write(block)


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    known = name == MANIFEST or name.startswith((UPLOADS, "database."))
    return known and not path.is_absolute() and ".." not in path.parts


def _read_manifest(data: dict[str, Any]) -> Manifest:
    if data.get("format") != FORMAT:
        raise BackupError(
            f"The backup has format {data.get('format')}; this version reads {FORMAT}."
        )
    return Manifest(**data)
