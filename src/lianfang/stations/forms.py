"""The forms of this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.stations import words
from lianfang.web.acts import CommandForm, choices


class PostForm(CommandForm):
    """A post as it is put up or corrected."""

    area_id = forms.ChoiceField(label=_("Area"))
    kind = forms.ChoiceField(label=pgettext_lazy("post", "Kind"), choices=choices(words.KINDS))
    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(label=_("Where it is"), max_length=120, required=False)
    team_id = forms.ChoiceField(label=_("Joint command"), required=False)
    fever = forms.CharField(
        label=_("Fever from, in °C"),
        max_length=6,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(
        self,
        *args: Any,
        areas: Sequence[tuple[str, Any]] = (),
        teams: Sequence[tuple[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        """Make the form with the areas and the teams that may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["area_id"].choices = list(areas)  # type: ignore[attr-defined]
        self.fields["team_id"].choices = [("", _("None")), *teams]  # type: ignore[attr-defined]


class CloseForm(CommandForm):
    """Why nobody stands here any more."""

    why = forms.CharField(label=_("Why"), max_length=200, required=False)


class CrowdForm(CommandForm):
    """Heads since the last count, and who waits now."""

    entered = forms.IntegerField(label=_("Came in"), min_value=0, required=False)
    left = forms.IntegerField(label=_("Went out"), min_value=0, required=False)
    waiting = forms.IntegerField(label=_("Waiting now"), min_value=0, required=False)


class PassageForm(CommandForm):
    """A passage: the vehicle above, then a row for each traveller.

    Of row n the fields are `t<n>_id` (somebody recognised), `t<n>_name`, `t<n>_phone`,
    `t<n>_number`, `t<n>_temperature`. A row of somebody recognised counts when it has a
    temperature; another when anything in it is filled in.
    """

    ROWS: ClassVar[int] = 4
    MOST: ClassVar[int] = 60
    PARTS: ClassVar[tuple[str, ...]] = ("id", "name", "phone", "number", "temperature")

    plate = forms.CharField(label=_("Number plate"), max_length=20, required=False)
    other_plate = forms.BooleanField(label=_("Another kind of plate"), required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=choices(words.DIRECTIONS))
    from_place = forms.CharField(label=_("From"), max_length=80, required=False)
    to_place = forms.CharField(label=_("To"), max_length=80, required=False)
    people = forms.IntegerField(
        label=_("People in all"), min_value=1, max_value=200, required=False
    )

    def __init__(self, data: Any = None, *args: Any, rows: int = 0, **kwargs: Any) -> None:
        """Make the form with so many rows, or as many as came."""
        super().__init__(data, *args, **kwargs)
        asked = str(data.get("rows", "")) if data is not None else ""
        wanted = int(asked) if asked.isascii() and asked.isdecimal() else rows
        self.rows = max(1, min(wanted or self.ROWS, self.MOST))
        self._order: list[int] = []
        for number in range(self.rows):
            self.fields[f"t{number}_id"] = forms.UUIDField(required=False, widget=forms.HiddenInput)
            for part, length in (("name", 80), ("phone", 20), ("number", 30), ("temperature", 8)):
                self.fields[f"t{number}_{part}"] = forms.CharField(
                    required=False, max_length=length
                )

    def row(self, number: int) -> dict[str, Any]:
        """Return what stands in a row: value and errors of each part."""
        return {
            part: {
                "value": self[f"t{number}_{part}"].value() or "",
                "errors": self.errors.get(f"t{number}_{part}", ()) if self.is_bound else (),
            }
            for part in self.PARTS
        }

    def payload(self, post_id: UUID) -> dict[str, Any]:
        """Return the command's payload of a valid form."""
        data = self.cleaned_data
        lines = []
        self._order = []
        for number in range(self.rows):
            values = {part: data.get(f"t{number}_{part}") for part in self.PARTS}
            named = any(values[part] for part in ("name", "phone", "number"))
            if not values["temperature"] and not named:
                continue
            names = {"id": "traveller_id", "number": "id_number"}
            lines.append({names.get(k, k): str(v) for k, v in values.items() if v})
            self._order.append(number)
        whole: dict[str, Any] = {"post_id": str(post_id), "travellers": lines}
        whole |= {k: data[k] for k in ("plate", "from_place", "to_place", "people") if data.get(k)}
        whole["direction"] = data["direction"]
        if data.get("other_plate"):
            whole["other_plate"] = True
        return whole

    def place_of(self, field: str | None) -> str | None:
        """Return the form field of a payload's field, also of a traveller's line."""
        parts = (field or "").split(".")
        if len(parts) == 3 and parts[0] == "travellers" and parts[1].isdecimal():
            names: Mapping[str, str] = {"id_number": "number", "traveller_id": "name"}
            line = int(parts[1])
            if line < len(self._order):
                return f"t{self._order[line]}_{names.get(parts[2], parts[2])}"
        return super().place_of(field)
