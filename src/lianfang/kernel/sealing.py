"""Takes the personal parts of a payload out of the journal's plain text, and puts them back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lianfang.kernel import bulk, crypto
from lianfang.kernel.models import SubjectKey

Sealed = dict[UUID, dict[str, dict[str, Any]]]


class Payload(BaseModel):
    """The typed content of a command, or a part of it.

    `sealed_fields` names the fields that say who somebody is, or are free text; they go into the
    journal encrypted under the key of the person or household in the field `sealed_under`. After a
    purge a replay gives them as '' or None, so each must allow one of these.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)
    sealed_fields: ClassVar[tuple[str, ...]] = ()
    sealed_under: ClassVar[str] = ""


@cache
def _holds_sealed(model: type[BaseModel]) -> bool:
    if getattr(model, "sealed_fields", ()):
        return True
    return any(
        isinstance(part, type) and issubclass(part, BaseModel) and _holds_sealed(part)
        for field in model.model_fields.values()
        for part in _parts(field.annotation)
    )


@cache
def _own_only(model: type[BaseModel]) -> tuple[tuple[str, Any], ...] | None:
    """Return the sealed fields and their defaults if only the model itself has any, else None."""
    nested = any(
        isinstance(part, type) and issubclass(part, BaseModel) and _holds_sealed(part)
        for field in model.model_fields.values()
        for part in _parts(field.annotation)
    )
    if nested:
        return None
    names = getattr(model, "sealed_fields", ())
    return tuple((n, model.model_fields[n].get_default(call_default_factory=True)) for n in names)


def _nothing_sealed(payload: BaseModel) -> bool:
    own = _own_only(type(payload))
    return own is not None and all(getattr(payload, name) == empty for name, empty in own)


def _parts(annotation: Any) -> Iterable[Any]:
    inner = get_args(annotation)
    return (p for a in inner for p in _parts(a)) if inner else (annotation,)


def split(payload: BaseModel) -> tuple[str, Sealed]:
    """Return the canonical JSON of `payload` without its sealed fields, and these by subject."""
    if _nothing_sealed(payload):
        return payload.model_dump_json(exclude_defaults=True), {}
    tree = payload.model_dump(mode="json", exclude_defaults=True)
    sealed: Sealed = {}
    _take(payload, tree, "", sealed)
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")), sealed


def _take(part: BaseModel, tree: dict[str, Any], where: str, sealed: Sealed) -> None:
    if fields := getattr(part, "sealed_fields", ()):
        taken = {name: tree.pop(name) for name in fields if name in tree}
        if taken:
            subject = getattr(part, type(part).sealed_under)  # type: ignore[attr-defined]
            sealed.setdefault(subject, {})[where] = taken
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, BaseModel) and name in tree:
            _take(value, tree[name], f"{where}/{name}", sealed)
        elif isinstance(value, list | tuple) and name in tree:
            for number, child in enumerate(value):
                if isinstance(child, BaseModel):
                    _take(child, tree[name][number], f"{where}/{name}/{number}", sealed)


def seal(district: str, contents: list[Sealed]) -> list[str]:
    """Encrypt what `split` took out, making the keys that are missing; returns the columns."""
    subjects = {subject for content in contents for subject in content}
    if not subjects:
        return [""] * len(contents)
    keys = subject_keys(district, subjects)
    fresh = []
    for subject in sorted(subjects - keys.keys()):
        keys[subject], wrapped = crypto.new_wrapped_key()
        fresh.append(SubjectKey(district=district, subject_id=subject, wrapped=wrapped))
    bulk.insert(fresh)
    return [
        json.dumps(
            {
                str(subject): base64.b64encode(
                    crypto.encrypt(keys[subject], json.dumps(parts, ensure_ascii=False).encode())
                ).decode()
                for subject, parts in content.items()
            }
        )
        if content
        else ""
        for content in contents
    ]


def subject_keys(district: str, subjects: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return the keys of those `subjects` that have one and were not purged."""
    rows = SubjectKey.objects.filter(district=district, subject_id__in=list(subjects))
    return {row.subject_id: crypto.unwrap(bytes(row.wrapped)) for row in rows}


def key_of(district: str, subject: UUID) -> bytes:
    """Return the key of one subject, made now if it has none, for files that lie beside the rows.

    Of two processes that make it at once one wins and both use that.
    """
    if found := subject_keys(district, [subject]).get(subject):
        return found
    _, wrapped = crypto.new_wrapped_key()
    SubjectKey.objects.bulk_create(
        [SubjectKey(district=district, subject_id=subject, wrapped=wrapped)], ignore_conflicts=True
    )
    return subject_keys(district, [subject])[subject]


def unseal(plain: str, sealed: str, keys: dict[UUID, bytes]) -> dict[str, Any]:
    """Put the sealed parts back into a record's payload; parts without a key stay out."""
    tree: dict[str, Any] = json.loads(plain)
    if not sealed:
        return tree
    for subject, content in json.loads(sealed).items():
        if key := keys.get(UUID(subject)):
            try:
                parts = json.loads(crypto.decrypt(key, base64.b64decode(content)))
            except ValueError:
                # The subject came back after a purge: the new key opens nothing of before.
                continue
            for where, taken in parts.items():
                node: Any = tree
                for step in where.split("/")[1:]:
                    node = node[int(step)] if isinstance(node, list) else node[step]
                node.update(taken)
    return tree


def subjects_of(sealed: str) -> list[UUID]:
    """Return whose keys a record's sealed column needs."""
    return [UUID(subject) for subject in json.loads(sealed)] if sealed else []
