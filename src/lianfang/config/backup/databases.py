"""One consistent copy of the database and its way back, for SQLite and for PostgreSQL.

Both count the rows of each table in the very copy that they make.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connection
from psycopg import sql

from lianfang.config.backup.archive import BackupError

Rows = dict[str, int]


class Database(Protocol):
    """What backup and restore need of a database."""

    vendor: str
    member: str

    def dump(self, target: Path) -> Rows:
        """Write a copy to `target` while the server runs; return the rows in it by table."""

    def check(self, copy: Path, rows: Rows) -> None:
        """Raise BackupError when the copy is unsound, before anything is changed."""

    def load(self, copy: Path) -> None:
        """Put the copy in the place of the database's content, wholly or not at all."""

    def count(self) -> Rows:
        """Return the rows by table as they are now."""


def current() -> Database:
    """Return the database of this deployment."""
    return Sqlite() if connection.vendor == "sqlite" else Postgres()


class Sqlite:
    """SQLite: the online backup interface, both ways."""

    vendor = "sqlite"
    member = "database.sqlite3"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=30)) as opened:
            yield opened

    def dump(self, target: Path) -> Rows:
        """Copy in one step, which sees one state; writers go on meanwhile in the WAL."""
        with self._open() as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            return self._count(copy)

    def check(self, copy: Path, rows: Rows) -> None:
        """Let SQLite check the copy, and count its rows."""
        try:
            with closing(sqlite3.connect(copy)) as opened:
                found = opened.execute("PRAGMA integrity_check").fetchone()[0]
                if found != "ok":
                    raise BackupError(f"The database in the backup is damaged: {found}")
                compare(rows, self._count(opened))
        except sqlite3.Error as error:
            raise BackupError(f"The database in the backup is damaged: {error}") from error

    def load(self, copy: Path) -> None:
        """Copy back in one transaction of the target."""
        connection.close()
        try:
            with self._open() as target, closing(sqlite3.connect(copy)) as source:
                source.backup(target)
        except sqlite3.Error as error:
            raise BackupError(f"The database could not be written: {error}") from error

    def count(self) -> Rows:
        """Count in the file itself."""
        with self._open() as opened:
            return self._count(opened)

    @staticmethod
    def _count(opened: sqlite3.Connection) -> Rows:
        names = opened.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY name"
        ).fetchall()
        quoted = {name: name.replace('"', '""') for (name,) in names}
        return {
            name: opened.execute(f'SELECT count(*) FROM "{safe}"').fetchone()[0]
            for name, safe in quoted.items()
        }


class Postgres:
    """PostgreSQL: pg_dump in its custom format, and back by way of pg_restore and psql."""

    vendor = "postgresql"
    member = "database.dump"

    @contextmanager
    def _open(self) -> Iterator[psycopg.Connection[Any]]:
        parameters = self._parameters()
        with psycopg.connect(**parameters) as opened:
            yield opened

    @staticmethod
    def _parameters() -> dict[str, Any]:
        given = connection.get_connection_params()
        wanted = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")
        return {k: v for k, v in given.items() if k in wanted and v}

    def _run(self, program: str, *arguments: str) -> None:
        path = shutil.which(program)
        if path is None:
            raise BackupError(f"{program} is missing: install PostgreSQL's client programs.")
        # By environment: a password on the command line could be read by anyone on the machine.
        names = {
            "dbname": "PGDATABASE",
            "user": "PGUSER",
            "password": "PGPASSWORD",
            "host": "PGHOST",
            "port": "PGPORT",
            "sslmode": "PGSSLMODE",
            "sslrootcert": "PGSSLROOTCERT",
        }
        values = {names[k]: str(v) for k, v in self._parameters().items()}
        done = subprocess.run(
            [path, *arguments],
            env={**os.environ, **values},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise BackupError(f"{program} failed: {last[0]}")

    def dump(self, target: Path) -> Rows:
        """Count and dump in one snapshot."""
        with self._open() as opened:
            opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            opened.read_only = True
            snapshot = opened.execute("SELECT pg_export_snapshot()").fetchone()
            assert snapshot is not None
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot[0]}",
                f"--file={target}",
            )
            return self._count(opened)

    def check(self, copy: Path, rows: Rows) -> None:
        """Let pg_restore read the whole dump into the script that `load` runs."""
        self._run(
            "pg_restore", "--no-owner", "--no-privileges", f"--file={_script(copy)}", str(copy)
        )

    def load(self, copy: Path) -> None:
        """Drop every table and run the script, in one transaction.

        pg_restore --clean would drop the tables of the dump only, and fail on one that came
        later and refers to them.
        """
        connection.close()
        before = self.count()
        tables = sql.SQL(", ").join(map(sql.Identifier, before))
        drop = sql.SQL("DROP TABLE {} CASCADE").format(tables).as_string()
        self._run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            *(["--command", drop] if before else []),
            f"--file={_script(copy)}",
        )

    def count(self) -> Rows:
        """Count in one snapshot."""
        with self._open() as opened:
            opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return self._count(opened)

    @staticmethod
    def _count(opened: psycopg.Connection[Any]) -> Rows:
        names = opened.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        ).fetchall()
        result = {}
        for (name,) in names:
            row = opened.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()
            assert row is not None
            result[name] = row[0]
        return result


def _script(copy: Path) -> Path:
    return copy.with_suffix(".sql")


def compare(expected: Rows, found: Rows) -> None:
    """Raise BackupError when a table has other rows than the manifest says."""
    wrong = [
        f"{name} has {found.get(name, 'no')} rows, {count} expected"
        for name, count in expected.items()
        if found.get(name) != count
    ]
    if wrong:
        raise BackupError("The rows differ from the backup's: " + "; ".join(wrong[:5]))
