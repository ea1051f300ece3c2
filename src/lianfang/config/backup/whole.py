"""A whole backup, and the whole way back."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lianfang.config.backup import archive, databases
from lianfang.config.backup.archive import BackupError, Manifest


def key_fingerprint() -> str:
    """Return a mark of the master key, by which a restore knows whether it has the same one."""
    key = str(settings.LIANFANG_MASTER_KEY).encode()
    return hmac.new(key, b"lianfang backup", hashlib.sha256).hexdigest()[:16]


@contextmanager
def _work_folder() -> Iterator[Path]:
    """Give a folder on the disk of the data, which has room for a copy if any disk has."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.DATA_DIR) as folder:
        yield Path(folder)


def write_backup(target: Path) -> Manifest:
    """Write a backup to `target`, replacing it only when the new one is complete.

    The database comes first: an upload that a row names was stored before the row.

    Raises BackupError when a program or the disk fails.
    """
    database = databases.current()
    uploads = Path(settings.MEDIA_ROOT)
    try:
        with _work_folder() as folder, archive.writing(target.absolute()) as file:
            copy = folder / database.member
            manifest = Manifest(
                vendor=database.vendor,
                rows=database.dump(copy),
                migrations=sorted(".".join(key) for key in _applied()),
                key=key_fingerprint(),
                version=version("lianfang"),
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            archive.add(file, database.member, copy, manifest)
            for path in sorted(uploads.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    name = archive.UPLOADS + path.relative_to(uploads).as_posix()
                    archive.add(file, name, path, manifest)
            archive.add_manifest(file, manifest)
    except OSError as error:
        raise BackupError(f"The backup could not be written: {error}") from error
    return manifest


def restore_backup(source: Path, *, replace: bool = False, other_key: bool = False) -> Manifest:
    """Put a backup in the place of the database and the uploads; return its manifest.

    Everything that can be checked is checked before the first change.

    Raises BackupError for a damaged file, a backup of the other kind of database or of a newer
    version, another master key (unless `other_key`), or a database with data (unless `replace`).
    """
    manifest = archive.verify(source)
    database = databases.current()
    if manifest.vendor != database.vendor:
        raise BackupError(
            f"The backup is of {manifest.vendor}, this deployment runs on {database.vendor}."
        )
    unknown = sorted(set(manifest.migrations) - _known())
    if unknown:
        raise BackupError(
            f"The backup is of a newer version ({manifest.version}): this one does not know "
            f"{', '.join(unknown[:3])}."
        )
    if manifest.key != key_fingerprint() and not other_key:
        raise BackupError(
            "The backup was made under another master key: its personal fields could not be "
            "read here. Set LIANFANG_MASTER_KEY to that key, or restore with --other-key."
        )
    if not replace and _has_data(database.count()):
        raise BackupError("The database has data: restore with --replace to replace it.")
    with _work_folder() as folder:
        copy = folder / database.member
        archive.extract(source, database.member, copy)
        database.check(copy, manifest.rows)
        archive.extract_uploads(source, folder / "uploads")
        database.load(copy)
        databases.compare(manifest.rows, database.count())
        _swap(folder / "uploads", Path(settings.MEDIA_ROOT), folder / "before")
    return manifest


def _swap(new: Path, place: Path, aside: Path) -> None:
    """Put a folder in its place; what was there goes aside, to be removed with `aside`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.move(place, aside)
    shutil.move(new, place)


def _applied() -> set[tuple[str, str]]:
    loader = MigrationLoader(connection)
    return set(loader.applied_migrations)


def _known() -> set[str]:
    loader = MigrationLoader(None)
    return {".".join(key) for key in loader.disk_migrations}


# Tables that `lianfang migrate` fills by itself in an empty database.
_OWN = {"django_migrations", "django_content_type", "auth_permission"}


def _has_data(rows: dict[str, int]) -> bool:
    return any(count for name, count in rows.items() if name not in _OWN)
