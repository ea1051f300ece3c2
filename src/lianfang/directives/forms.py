"""The forms of this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level
from lianfang.directives import words
from lianfang.kernel.times import now
from lianfang.web.acts import CommandForm, choices, day_input, moment_input

Choices = Sequence[tuple[str, Any]]


def _rows(number: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": number})


def _in_a_day() -> datetime:
    return now().astimezone(ZoneInfo(settings.TIME_ZONE)) + timedelta(days=1)


class Files(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files as a list."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files that came."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFiles, self).clean(one, initial) for one in given]


class IssueForm(CommandForm):
    """A new directive, or a new version of one."""

    fields_of = {"files": "papers", "attachments.": "papers"}

    from_area_id = forms.ChoiceField(label=_("Issued by"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices(words.KINDS))
    number = forms.CharField(label=_("Paper number"), max_length=60, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Wording"), max_length=20_000, required=False, widget=_rows(8))
    papers = ManyFiles(label=_("Attachments"), required=False)
    area_ids = forms.MultipleChoiceField(
        label=_("Only to these areas"),
        required=False,
        help_text=_("Without a choice it goes to all areas directly below."),
    )
    area_set_ids = forms.MultipleChoiceField(label=_("Or to named sets of areas"), required=False)
    organisation_ids = forms.MultipleChoiceField(label=_("To organisations"), required=False)
    to_level = forms.TypedChoiceField(label=_("Down to"), coerce=int, initial=Level.COMMUNITY)
    passing = forms.ChoiceField(label=_("How it goes down"), choices=choices(words.PASSING))
    ack_due = forms.DateTimeField(
        label=_("Acknowledge by"), widget=moment_input(), initial=_in_a_day, required=False
    )
    act_due = forms.DateTimeField(label=_("Act by"), widget=moment_input(), required=False)

    def __init__(
        self, *args: Any, areas: Choices, below: Choices, sets: Choices, units: Choices, **more: Any
    ) -> None:
        """Make the form with what there is to choose from."""
        super().__init__(*args, **more)
        levels = [(str(int(n)), w) for n, w in words.LEVELS.items() if Level.COUNTRY < n < 6]
        given = (areas, below, sets, units, levels)
        names = ("from_area_id", "area_ids", "area_set_ids", "organisation_ids", "to_level")
        for name, options in zip(names, given, strict=True):
            self.fields[name].choices = options  # type: ignore[attr-defined]
            if not options:
                del self.fields[name]


class MeasureForm(CommandForm):
    """A measure, and the record that shows it."""

    fields_of = {"links": "record"}

    kind = forms.ChoiceField(label=_("Measure"), choices=choices(words.MEASURES))
    text = forms.CharField(
        label=_("In a few words"), max_length=500, required=False, widget=_rows(3)
    )
    record = forms.ChoiceField(
        label=_("What it set in motion"),
        required=False,
        help_text=_("It counts as acted when a record shows it."),
    )

    def __init__(self, *args: Any, records: Choices, **kwargs: Any) -> None:
        """Make the form with the actor's own records to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["record"].choices = [("", _("Nothing yet")), *records]  # type: ignore[attr-defined]


class WithdrawForm(CommandForm):
    """The end of a directive."""

    why = forms.CharField(label=_("Why is it withdrawn?"), min_length=2, max_length=200)


class TaskForm(CommandForm):
    """A task for all grids of an area."""

    fields_of = {"area_ids": "area_id"}

    name = forms.CharField(label=_("Task"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices(words.TASKS))
    text = forms.CharField(
        label=_("What is to be done"), max_length=2_000, required=False, widget=_rows(4)
    )
    area_id = forms.ChoiceField(label=_("In all grids of"))
    households = forms.BooleanField(
        label=_("Household by household"),
        required=False,
        help_text=_("A grid is done when each of its households is done or excused."),
    )
    proof = forms.ChoiceField(label=_("Shown by"), choices=choices(words.PROOFS))
    unit = forms.CharField(
        label=_("What is counted, such as leaflets"), max_length=20, required=False
    )
    first_day = forms.DateField(label=_("First day"), widget=day_input())
    due_at = forms.DateTimeField(label=_("Done by"), widget=moment_input(), initial=_in_a_day)

    def __init__(self, *args: Any, areas: Choices, **kwargs: Any) -> None:
        """Make the form with the areas to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["area_id"].choices = areas  # type: ignore[attr-defined]


class LineForm(CommandForm):
    """What a grid shows when it is done, or why it is excused."""

    fields_of = {"photo_id": "photo"}

    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=_rows(2))
    number = forms.IntegerField(
        label=_("Counted"), min_value=0, max_value=1_000_000, required=False
    )
    photo = forms.FileField(label=_("Photo"), required=False)
    why = forms.CharField(label=_("Why it is not needed here"), max_length=200, required=False)


class DoorsForm(CommandForm):
    """Households to tick off."""

    fields_of = {"done": "doors", "excused": "doors"}

    doors = forms.MultipleChoiceField(
        label=_("Households still open"), widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(label=_("Reason, if they are excused"), max_length=200, required=False)

    def __init__(self, *args: Any, doors: Choices, **kwargs: Any) -> None:
        """Make the form with the open doors of the grid."""
        super().__init__(*args, **kwargs)
        self.fields["doors"].choices = doors  # type: ignore[attr-defined]
