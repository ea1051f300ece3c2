"""A refused entry as a form again: one field for each plain field of the command's payload."""

from __future__ import annotations

import json
import types
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from django import forms
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lianfang.kernel.batch import Entry
from lianfang.kernel.registry import COMMANDS
from lianfang.people import labels
from lianfang.web.acts import CommandForm, day_input


class MendForm(CommandForm):
    """The fields of a payload; ids stay as they were, nested parts are shown as text."""

    def __init__(
        self, data: Any, payload: type[BaseModel], old: dict[str, Any], mends: UUID
    ) -> None:
        """Make the form with what was sent."""
        super().__init__(data)
        self.initial["mends"] = mends
        self._old = old
        self._nested: set[str] = set()
        for name, info in payload.model_fields.items():
            field = self._field(name, info)
            if field is not None:
                self.fields[name] = field
                self.initial.setdefault(name, self._shown(name, old.get(name)))

    def _field(self, name: str, info: FieldInfo) -> forms.Field | None:
        kind, optional = _plain(info.annotation)
        required = info.is_required() and not optional
        more: dict[str, Any] = {"label": labels.of(name), "required": required}
        if kind is UUID:
            return None
        if kind is bool:
            return forms.BooleanField(**{**more, "required": False})
        if kind is int:
            return forms.IntegerField(**more)
        if kind is float:
            return forms.FloatField(**more)
        if kind is date:
            return forms.DateField(widget=day_input(), **more)
        if kind is datetime:
            return forms.CharField(**more)
        if isinstance(kind, type) and issubclass(kind, Enum):
            choices = [(str(m.value), labels.of_value(m)) for m in kind]
            return forms.ChoiceField(choices=choices, **more)
        if kind is str:
            return forms.CharField(**more)
        self._nested.add(name)
        if name not in self._old:
            return None
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), **more)

    def _shown(self, name: str, value: Any) -> Any:
        if name in self._nested and value is not None:
            return json.dumps(value, ensure_ascii=False, indent=1)
        return value

    def clean(self) -> dict[str, Any]:
        """Read the nested parts."""
        data: dict[str, Any] = super().clean() or {}
        for name in self._nested & data.keys():
            try:
                data[name] = json.loads(data[name]) if data[name] else None
            except ValueError as error:
                self.add_error(name, str(error))
        return data

    def payload(self) -> dict[str, Any]:
        """Return the mended payload: what was sent, with the fields of the form put over it."""
        result = dict(self._old)
        for name in self.fields:
            if name in ("entry_id", "mends"):
                continue
            value = self.cleaned_data.get(name)
            if value in (None, ""):
                result.pop(name, None)
            else:
                result[name] = value.isoformat() if isinstance(value, date) else value
        return result


def _plain(annotation: Any) -> tuple[Any, bool]:
    """Return the type inside `X | None` and `Annotated[X, …]`, and whether None is allowed."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        if len(inner) == 1:
            return _plain(inner[0])[0], True
        return None, True
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _plain(get_args(annotation)[0])
    return annotation, False


def can(command: str) -> bool:
    """Tell whether a refused entry of this command can be mended here."""
    return command in COMMANDS


def form(entry: Entry, data: Any) -> MendForm | None:
    """Return the form for an entry that was set aside; None for a command that is unknown."""
    spec = COMMANDS.get(entry.command)
    if spec is None:
        return None
    return MendForm(data, spec.payload, dict(entry.payload), entry.id)
