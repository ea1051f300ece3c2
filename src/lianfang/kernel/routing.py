"""Which database the code works on: the default one, or the empty one of a replay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_alias: ContextVar[str] = ContextVar("alias", default=DEFAULT_DB_ALIAS)


def current_alias() -> str:
    """Return the alias of the database in use."""
    return _alias.get()


def current_connection() -> BaseDatabaseWrapper:
    """Return the connection in use."""
    return connections[_alias.get()]


@contextmanager
def using(alias: str) -> Iterator[None]:
    """Let every query inside the block go to the database `alias`."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)


class CurrentAliasRouter:
    """Sends Django's queries to `current_alias()`."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the alias in use."""
        return _alias.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Return the alias in use."""
        return _alias.get()

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        """Allow relations: both rows come from the alias in use."""
        return True
