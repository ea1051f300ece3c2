"""Many rows at once: COPY on PostgreSQL, executemany on SQLite, and counters that add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from lianfang.kernel.fields import PathField
from lianfang.kernel.routing import current_connection

# SQLite allows 32,766 parameters in a statement.
_PARAMETERS = 30_000
# Below this many rows one INSERT is faster than the round trips of COPY.
_COPY_FROM = 8


@cache
def _columns(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(f for f in model._meta.local_concrete_fields if f.column)


def _none_or(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _text(value: Any) -> Any:
    """Make a member of an enumeration plain: psycopg would write its name."""
    return value if value is None or type(value) is str else str(value)


def _whole(value: Any) -> Any:
    return value if value is None or type(value) is int else int(value)


# What turns a value into the database's. Django's own path costs as much as the whole rest of a
# visit; these types need none of it. Times are in UTC throughout, as Django's backends write them.
_Writers = dict[type, Callable[[Any], Any] | None]
_SHARED: _Writers = {
    models.BooleanField: None,
    models.SmallIntegerField: _whole,
    models.IntegerField: _whole,
    models.BigIntegerField: _whole,
    models.CharField: _text,
    models.TextField: _text,
    PathField: _text,
}
_WRITERS: dict[str, _Writers] = {
    "postgresql": {
        **_SHARED,
        models.UUIDField: None,
        models.DateTimeField: None,
        models.DateField: None,
        models.BinaryField: None,
    },
    "sqlite": {
        **_SHARED,
        models.UUIDField: _none_or(lambda value: value.hex),
        models.DateTimeField: _none_or(
            lambda value: value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        ),
    },
}


@cache
def _writers(model: type[models.Model], names: tuple[str, ...], vendor: str) -> list[Any]:
    known = _WRITERS[vendor]
    connection = current_connection()
    return [
        known[type(f)] if type(f) in known else partial(f.get_db_prep_save, connection=connection)  # type: ignore[union-attr]
        for f in (model._meta.get_field(name) for name in names)
    ]


def insert(rows: Sequence[models.Model]) -> None:
    """Insert unsaved `rows`, all of one model, inside the transaction under way.

    No conflict is expected: handlers have looked for what exists under the district's lock.
    Raises IntegrityError on one.
    """
    if rows:
        fields = _columns(type(rows[0]))
        read = attrgetter(*(f.attname for f in fields))
        insert_values(type(rows[0]), tuple(f.name for f in fields), [read(row) for row in rows])


def insert_values(
    model: type[models.Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert `rows` of values for the fields `names`, which must be all columns of the table.

    As `insert`, without a model instance for each row: for tables that take thousands a second.
    """
    if not rows:
        return
    connection = current_connection()
    writers = _writers(model, names, connection.vendor)
    values = [
        tuple([v if w is None else w(v) for v, w in zip(row, writers, strict=True)]) for row in rows
    ]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(str(f.column)) for f in fields)
    if connection.vendor == "postgresql" and len(values) >= _COPY_FROM:
        _copy(connection, f"COPY {table} ({columns}) FROM STDIN", fields, values)
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def _copy(
    connection: BaseDatabaseWrapper,
    statement: str,
    fields: Sequence[models.Field[Any, Any]],
    values: Iterable[tuple[Any, ...]],
) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)


def upsert(rows: Sequence[models.Model], key: Sequence[str], changing: Sequence[str]) -> None:
    """Insert `rows`, all of one model, or put their `changing` fields into those that exist.

    `key` names the fields of a unique constraint. Rows are touched in key order.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = current_connection()
    quote = connection.ops.quote_name
    fields = _columns(model)
    columns = {f.name: quote(str(f.column)) for f in fields}
    sets = ", ".join(f"{columns[name]} = EXCLUDED.{columns[name]}" for name in changing)
    conflict = ", ".join(columns[name] for name in key)
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    size = max(1, _PARAMETERS // len(fields))
    ordered = sorted(rows, key=lambda row: [str(getattr(row, name)) for name in key])
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), size):
            part = ordered[start : start + size]
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} "
                f"({', '.join(columns.values())}) VALUES {', '.join([marks] * len(part))} "
                f"ON CONFLICT ({conflict}) DO UPDATE SET {sets}",
                [
                    f.get_db_prep_save(getattr(row, f.attname), connection)
                    for row in part
                    for f in fields
                ],
            )


def add_counters(
    model: type[models.Model],
    key: Sequence[str],
    plain: Sequence[str],
    counters: Sequence[str],
    deltas: Mapping[tuple[Any, ...], tuple[tuple[Any, ...], Sequence[int]]],
) -> None:
    """Add `deltas` to the counters of `model`, making rows that are missing.

    `deltas` maps a key (values of the fields `key`) to the values of the fields `plain`, used when
    the row is new, and one number for each of `counters`. Rows are touched in key order, so two
    transactions never wait for each other in a circle.
    """
    if not deltas:
        return
    connection = current_connection()
    meta = model._meta
    quote = connection.ops.quote_name
    fields = [meta.get_field(name) for name in (*key, *plain, *counters)]
    columns = [quote(str(f.column)) for f in fields]  # type: ignore[union-attr]
    table = quote(meta.db_table)
    sums = ", ".join(f"{c} = {table}.{c} + EXCLUDED.{c}" for c in columns[len(key) + len(plain) :])
    conflict = ", ".join(columns[: len(key)])
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    rows = [
        (*k, *others, *numbers)
        for k, (others, numbers) in sorted(deltas.items(), key=lambda d: tuple(map(str, d[0])))
        if any(numbers)
    ]
    size = _PARAMETERS // len(fields)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            parameters = [
                field.get_db_prep_save(value, connection)  # type: ignore[union-attr]
                for row in part
                for field, value in zip(fields, row, strict=True)
            ]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
                f"{', '.join([marks] * len(part))} "
                f"ON CONFLICT ({conflict}) DO UPDATE SET {sums}",
                parameters,
            )
