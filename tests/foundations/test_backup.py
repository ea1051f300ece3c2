"""What a backup holds comes back; what is not sound changes nothing."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from lianfang.config.backup import BackupError, restore_backup, write_backup

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    """A folder of uploads with two files."""
    folder = tmp_path / "uploads"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "回执.txt").write_text("receipt")
    (folder / "b.bin").write_bytes(b"\0" * 3_000_000)
    settings.MEDIA_ROOT = folder
    return folder


def keep(key: str) -> None:
    Session.objects.create(session_key=key, session_data="x", expire_date=timezone.now())


def kept() -> list[str]:
    return sorted(Session.objects.values_list("session_key", flat=True))


def test_a_round_trip(tmp_path: Path, uploads: Path) -> None:
    keep("one")
    keep("two")
    manifest = write_backup(tmp_path / "backup.tar")
    assert manifest.rows["django_session"] == 2
    assert manifest.uploads == 2

    Session.objects.all().delete()
    keep("three")
    (uploads / "b.bin").write_bytes(b"other")
    (uploads / "c.bin").write_bytes(b"later")
    restore_backup(tmp_path / "backup.tar", replace=True)

    assert kept() == ["one", "two"]
    assert sorted(p.name for p in uploads.rglob("*") if p.is_file()) == ["b.bin", "回执.txt"]
    assert (uploads / "b.bin").stat().st_size == 3_000_000
    keep("four")
    assert kept() == ["four", "one", "two"]


def test_the_keys_are_not_in_it(tmp_path: Path, settings: Settings) -> None:
    write_backup(tmp_path / "backup.tar")
    data = (tmp_path / "backup.tar").read_bytes()
    assert str(settings.LIANFANG_MASTER_KEY).encode() not in data
    assert settings.SECRET_KEY.encode() not in data
    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0


def test_a_database_with_data_is_not_replaced_by_mistake(tmp_path: Path) -> None:
    write_backup(tmp_path / "backup.tar")
    keep("one")
    with pytest.raises(BackupError, match="--replace"):
        restore_backup(tmp_path / "backup.tar")
    assert kept() == ["one"]


def test_a_damaged_backup_changes_nothing(tmp_path: Path, uploads: Path) -> None:
    keep("one")
    path = tmp_path / "backup.tar"
    write_backup(path)
    with tarfile.open(path) as archive:
        place = archive.getmember("uploads/b.bin").offset_data + 1000
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    keep("two")
    with pytest.raises(BackupError, match=r"uploads/b\.bin"):
        restore_backup(path, replace=True)
    assert kept() == ["one", "two"]


@pytest.mark.parametrize("size", [0, 100, 200_000])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "backup.tar"
    write_backup(path)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(BackupError):
        restore_backup(path, replace=True)


def test_a_member_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(__file__, "uploads/../../evil")
    with pytest.raises(BackupError, match="not of a backup"):
        restore_backup(path, replace=True)


def test_another_master_key_is_noticed(tmp_path: Path, settings: Settings) -> None:
    write_backup(tmp_path / "backup.tar")
    settings.LIANFANG_MASTER_KEY = "another"
    with pytest.raises(BackupError, match="LIANFANG_MASTER_KEY"):
        restore_backup(tmp_path / "backup.tar", replace=True)
    restore_backup(tmp_path / "backup.tar", replace=True, other_key=True)


def test_a_failed_backup_keeps_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(b"the one before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lianfang.config.backup.archive.add_manifest", full)
    with pytest.raises(BackupError, match="No space left"):
        write_backup(path)
    assert path.read_bytes() == b"the one before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup.tar", "uploads"]
