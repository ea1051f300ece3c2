"""Backup and restore of one deployment: its database and its uploaded files, never its keys."""

from __future__ import annotations

from lianfang.config.backup.archive import BackupError, Manifest
from lianfang.config.backup.whole import restore_backup, write_backup

__all__ = ["BackupError", "Manifest", "restore_backup", "write_backup"]
