"""Base classes and fields of the rows that a district holds."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models

from lianfang.kernel import crypto
from lianfang.kernel.ids import new_id


class StateModel(models.Model):
    """A row that the journal makes: replay must give it again, field for field.

    `not_replayed` names the fields that are no part of that (credentials, caches).
    """

    not_replayed: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True


class ReferenceModel(StateModel):
    """A row without a district: areas, organisations, accounts, grants, rounds, vocabularies."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class DistrictModel(StateModel):
    """An operational row: its key begins with the district, set at birth and never changed."""

    pk = models.CompositePrimaryKey("district", "id")
    district = models.CharField(max_length=12)
    id = models.UUIDField(default=new_id, editable=False)

    class Meta:
        abstract = True


class DistrictLink(models.ForeignObject):  # type: ignore[type-arg]
    """The way from a row to another of the same district, by `<name>_id`; joins carry the district.

    The column is a plain UUID field declared beside it. No database constraint stands behind it:
    handlers check what they point at, and rows may arrive on shards in any order.
    """

    def __init__(self, to: Any, id_field: str, **kwargs: Any) -> None:
        """Link to `to` by the UUID column `id_field`."""
        self.id_field = id_field
        kwargs.setdefault("on_delete", models.DO_NOTHING)
        kwargs.setdefault("related_name", "+")
        kwargs["from_fields"] = ["district", id_field]
        kwargs["to_fields"] = ["district", "id"]
        kwargs.setdefault("null", True)
        kwargs.setdefault("editable", False)
        super().__init__(to, **kwargs)

    def deconstruct(self) -> Any:
        """Return the constructor's arguments for migrations."""
        name, path, args, kwargs = super().deconstruct()
        for key in ("from_fields", "to_fields"):
            kwargs.pop(key, None)
        kwargs["id_field"] = self.id_field
        return name, path, args, kwargs


class PathField(models.CharField):  # type: ignore[type-arg]
    """The delimited path of an area; `path__under="44/4406/"` finds it and all below by index."""


@PathField.register_lookup
class Under(models.Lookup):
    """Everything that begins with the given path.

    SQLite cannot use an index for LIKE, and PostgreSQL's collation is not the order of bytes: the
    first gets a range, the second LIKE, for which Django keeps an index of varchar_pattern_ops.
    """

    lookup_name = "under"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the condition for the database in use."""
        column, params = self.process_lhs(compiler, connection)
        prefix = str(self.rhs)
        if connection.vendor == "postgresql":
            escaped = prefix.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
            return f"{column} LIKE %s", [*params, escaped + "%"]
        return f"({column} >= %s AND {column} < %s)", [*params, prefix, *params, after(prefix)]


@models.CharField.register_lookup
class Among(models.Lookup):
    """One of many texts, as one parameter: thousands of codes cost no time to prepare.

    PostgreSQL would read the whole table for thousands of values; the bounds, compared by bytes as
    an index of varchar_pattern_ops is ordered, lead it to the part of the index where they lie.
    (The added '' keeps it from thousands of descents into that index, which it would shun.)
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the condition for the database in use."""
        column, params = self.process_lhs(compiler, connection)
        values = [str(value) for value in self.rhs]
        if connection.vendor == "postgresql":
            ordered = sorted(values, key=str.encode) or [""]
            return (
                f"({column} ~>=~ %s AND {column} ~<=~ %s AND {column} || '' = ANY(%s))",
                [*params, ordered[0], *params, ordered[-1], *params, values],
            )
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(values)]


def after(prefix: str) -> str:
    """Return the smallest text that sorts after everything that begins with `prefix`."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else chr(0x10FFFF)


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that lies encrypted in its column; not searchable (keep a blind index beside it)."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt what the database gave."""
        return value if value is None else crypto.open_field(value)

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what goes to the database."""
        value = super().get_prep_value(value)
        return value if value is None else crypto.seal_field(value)
