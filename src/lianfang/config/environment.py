"""Reads LIANFANG_* variables; makes the data folder and its secrets at first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def text(name: str, *, default: str) -> str:
    """Return the variable `name`, or `default` when it is unset or empty."""
    return os.environ.get(name) or default


def flag(name: str, *, default: bool) -> bool:
    """Return the variable `name` as a truth value: 1, true, yes and on are true."""
    value = os.environ.get(name)
    return default if not value else value.strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, *, default: list[str]) -> list[str]:
    """Return the comma-separated variable `name` as a list."""
    value = os.environ.get(name)
    return [w.strip() for w in value.split(",") if w.strip()] if value else default


def data_dir() -> Path:
    """Return the folder for the database, secrets and uploads (LIANFANG_DATA, `var` by default)."""
    path = Path(os.environ.get("LIANFANG_DATA") or "var").absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret(name: str) -> str:
    """Return LIANFANG_<NAME>_KEY, or the key kept in the data folder, made at first use.

    The file is readable by its owner only. Losing the master key loses every sealed field,
    so `lianfang backup` reminds the operator to keep it apart from the backup.
    """
    value = os.environ.get(f"LIANFANG_{name.upper()}_KEY")
    if value:
        return value
    path = data_dir() / f"{name}.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        value = secrets.token_hex(32)
        file.write(value)
    return value


def database(name: str, folder: Path) -> dict[str, Any]:
    """Return the Django database setting for the URL in `name`; SQLite in `folder` by default.

    Understands sqlite:///path and postgresql://user:password@host:port/name?option=value.

    Raises ValueError for another scheme.
    """
    url = os.environ.get(name) or f"sqlite:///{folder / 'lianfang.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)) if parts.path != "/" else folder / "x.sqlite3")
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"{name}: cannot use the scheme {parts.scheme!r}")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
        "ATOMIC_REQUESTS": False,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return the setting of a SQLite file: WAL, BEGIN IMMEDIATE, foreign keys, 30 s busy wait."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
            ),
        },
        "ATOMIC_REQUESTS": False,
    }
