"""The forms of this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.mobilising import words
from lianfang.mobilising.rules import Answer
from lianfang.web.acts import CommandForm, choices, day_input, moment_input

Choices = Sequence[tuple[str, Any]]


class PlacedForm(CommandForm):
    """A form that asks for an area in the actor's scope."""

    area_id = forms.ChoiceField(label=_("Where"))

    def __init__(self, *args: Any, areas: Choices, **kwargs: Any) -> None:
        """Make the form with the areas to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["area_id"].choices = areas  # type: ignore[attr-defined]


class CallForm(PlacedForm):
    """A call in the short way: so many groups alike, one after another or side by side."""

    fields_of = {"groups.": "capacity"}

    name = forms.CharField(label=_("What for"), max_length=120)
    purpose = forms.CharField(
        label=_("What helpers should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.CharField(label=_("Where to meet"), max_length=120, required=False)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=moment_input())
    hours = forms.DecimalField(
        label=_("Hours of a shift"), min_value=0.5, max_value=24, initial=4, decimal_places=1
    )
    groups = forms.IntegerField(label=_("Groups"), min_value=1, max_value=50, initial=1)
    in_turn = forms.BooleanField(
        label=_("The groups follow one another"),
        required=False,
        help_text=_("Otherwise they work at the same time."),
    )
    capacity = forms.IntegerField(
        label=_("People in a group"), min_value=1, max_value=10_000, initial=10
    )
    skill = forms.CharField(label=_("Skill that is needed"), max_length=40, required=False)
    target = forms.IntegerField(
        label=_("Pieces wanted of each group"),
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text=_("Where something is made or packed."),
    )
    rest_hours = forms.IntegerField(
        label=_("Hours of rest between two shifts of one helper"),
        min_value=0,
        max_value=48,
        initial=0,
    )

    def payload_groups(self, word: str) -> list[dict[str, Any]]:
        """Return the groups as the command takes them, named `word` and a number."""
        data = self.cleaned_data
        begin, length = data["starts_at"], timedelta(hours=float(data["hours"]))
        skills = [data["skill"]] if data["skill"] else []
        result = []
        for number in range(data["groups"]):
            start = begin + length * number if data["in_turn"] else begin
            result.append(
                {
                    "name": f"{word} {number + 1}",
                    "starts_at": start.isoformat(),
                    "ends_at": (start + length).isoformat(),
                    "capacity": data["capacity"],
                    "skills": skills,
                    "target": data["target"] or 0,
                }
            )
        return result


class SignUpForm(CommandForm):
    """What a helper types: a name and a number, in under a minute."""

    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.RegexField(
        r"^\+?[0-9 ]{5,20}$",
        label=_("Telephone"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
        error_messages={"invalid": _("Write the digits only.")},
    )
    group_id = forms.ChoiceField(label=_("Group"), required=False)
    skills = forms.MultipleChoiceField(
        label=_("What I can do"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, groups: Choices, skills: Choices, **kwargs: Any) -> None:
        """Make the form with the call's groups, and the skills that it asks for."""
        super().__init__(*args, **kwargs)
        if len(groups) > 1:
            listed = [("", _("Wherever I am needed")), *groups]
            self.fields["group_id"].choices = listed  # type: ignore[attr-defined]
        else:
            del self.fields["group_id"]
        if skills:
            self.fields["skills"].choices = skills  # type: ignore[attr-defined]
        else:
            del self.fields["skills"]


class PostForm(CommandForm):
    """The check-in at a post's QR: the number given at the sign-up."""

    phone = forms.RegexField(
        r"^\+?[0-9 ]{5,20}$",
        label=_("Telephone that you signed up with"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )


class CountForm(CommandForm):
    """What a group has put out since the last count."""

    fields_of = {"output": "made"}

    group_id = forms.ChoiceField(label=_("Group"))
    made = forms.IntegerField(label=_("Pieces since the last count"))

    def __init__(self, *args: Any, groups: Choices, **kwargs: Any) -> None:
        """Make the form with the call's groups."""
        super().__init__(*args, **kwargs)
        self.fields["group_id"].choices = groups  # type: ignore[attr-defined]


class ShareForm(CommandForm):
    """Buildings with their households, a line each."""

    fields_of = {"places.": "places"}

    places = forms.CharField(
        label=_("Buildings and their households"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line: the building, a blank, the number of households."),
    )

    def clean_places(self) -> dict[str, int]:
        """Return the places by name; a line without a number is an error."""
        result: dict[str, int] = {}
        for line in self.cleaned_data["places"].splitlines():
            name, _blank, number = line.strip().rpartition(" ")
            if not line.strip():
                continue
            if not name or not number.isdecimal():
                words_ = _("“%(line)s” has no number at its end.")
                raise forms.ValidationError(words_, "number", {"line": line})
            result[name.strip()] = int(number)
        return result


class WhistleForm(PlacedForm):
    """A matter to raise."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices(words.MATTERS))
    title = forms.CharField(label=_("What is the matter"), max_length=120)
    text = forms.CharField(
        label=_("More about it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    urgency = forms.ChoiceField(label=_("To report in"), choices=choices(words.URGENCIES))
    departments = forms.MultipleChoiceField(
        label=_("Departments"), widget=forms.SelectMultiple(attrs={"size": 8})
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Make the form with the organisations that can be whistled for."""
        super().__init__(*args, **kwargs)
        self.fields["departments"].choices = units  # type: ignore[attr-defined]


class TextForm(CommandForm):
    """A few words."""

    text = forms.CharField(
        label=_("In a few words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LogForm(TextForm):
    """A line on the joint handling: words, a photo, and whose work it was."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    organisation_id = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Make the form with the departments that were called."""
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = [("", "–"), *units]  # type: ignore[attr-defined]


class DepartmentForm(CommandForm):
    """What a department says: it comes, with a name; or it does not, with a reason."""

    organisation_id = forms.ChoiceField(label=_("Department"))
    by = forms.CharField(label=_("Who comes"), max_length=80, required=False)
    why = forms.CharField(label=_("Why not"), max_length=200, required=False)

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Make the form with the departments that were called."""
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = units  # type: ignore[attr-defined]


class CloseForm(TextForm):
    """The raiser's mark."""

    mark = forms.ChoiceField(
        label=_("Mark"),
        choices=[(str(n), str(n)) for n in (5, 4, 3, 2, 1)],
        help_text=_("5 is very good, 1 is poor."),
    )


class TeamForm(PlacedForm):
    """A team to form, or a standing one to convert."""

    fields_of = {"organisation_id": "name", "team_id": "name"}

    name = forms.CharField(label=_("Name of the team"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(k, v) for k, v in choices(words.TEAM_KINDS) if k != "converted"],
    )
    purpose = forms.CharField(label=_("What for"), max_length=300, required=False)
    charter = forms.CharField(
        label=_("Charter"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What each member accepts."),
    )
    first_day = forms.DateField(label=_("From"), widget=day_input())
    last_day = forms.DateField(label=_("To"), widget=day_input(), required=False)
    motorcycles = forms.IntegerField(label=_("Motorcycles"), min_value=0, initial=0)
    vehicles = forms.IntegerField(label=_("Cars and vans"), min_value=0, initial=0)
    horses = forms.IntegerField(label=_("Horses"), min_value=0, initial=0)

    def equipment(self) -> list[dict[str, Any]]:
        """Return what the team has, as the command takes it."""
        kinds = (("motorcycle", "motorcycles"), ("vehicle", "vehicles"), ("horse", "horses"))
        return [
            {"kind": kind, "count": self.cleaned_data[field]}
            for kind, field in kinds
            if self.cleaned_data.get(field)
        ]


class ConvertForm(PlacedForm):
    """A standing team that turns to response work where it is."""

    team_id = forms.ChoiceField(label=_("Standing team"))
    purpose = forms.CharField(label=_("What for"), max_length=300, required=False)
    parked = forms.CharField(
        label=_("Work that is parked meanwhile"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line. It is kept, and resumed later."),
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Make the form with the organisations to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = units  # type: ignore[attr-defined]


class LeadForm(CommandForm):
    """Who leads a team, from its members."""

    lead = forms.ChoiceField(label=_("Lead"), required=False)
    deputy = forms.ChoiceField(label=_("Deputy"), required=False)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """Make the form with the members, as district:person."""
        super().__init__(*args, **kwargs)
        for name in ("lead", "deputy"):
            self.fields[name].choices = [("", "–"), *people]  # type: ignore[attr-defined]


class PartForm(CommandForm):
    """An organisation that shares a command place, and what it does there."""

    organisation_id = forms.ChoiceField(label=_("Organisation"))
    function = forms.CharField(label=_("What it does here"), max_length=40, required=False)

    def __init__(self, *args: Any, units: Choices, functions: Choices, **kwargs: Any) -> None:
        """Make the form with the organisations, and the functions if the place has named some."""
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = units  # type: ignore[attr-defined]
        if functions:
            label = self.fields["function"].label
            self.fields["function"] = forms.ChoiceField(label=label, choices=functions)


class MergeForm(CommandForm):
    """The team that takes another one in."""

    into_id = forms.ChoiceField(label=_("Into which team"))

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        """Make the form with the teams that work."""
        super().__init__(*args, **kwargs)
        self.fields["into_id"].choices = teams  # type: ignore[attr-defined]


class EndForm(CommandForm):
    """The end of a team."""

    why = forms.CharField(label=_("Reason"), max_length=200, required=False)


class RecallForm(PlacedForm):
    """A recall to duty."""

    name = forms.CharField(label=_("Name"), max_length=120)
    organisation_id = forms.ChoiceField(label=_("Organisation, with all units below it"))
    text = forms.CharField(
        label=_("What members are told"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    deadline = forms.DateTimeField(label=_("Back by"), widget=moment_input())

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Make the form with the organisations to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = units  # type: ignore[attr-defined]


class AnswerForm(CommandForm):
    """What a member answers to a recall."""

    answer = forms.ChoiceField(
        label=_("Where are you"),
        choices=[(k, v) for k, v in choices(words.ANSWERS) if k != Answer.SILENT],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_("Reason, if you can't come"), max_length=200, required=False)


class PlanForm(PlacedForm):
    """A deployment in the short way: every community below the area wants so many."""

    name = forms.CharField(label=_("Name"), max_length=120)
    first_day = forms.DateField(label=_("First day"), widget=day_input())
    days = forms.IntegerField(label=_("Number of days"), min_value=1, max_value=31, initial=7)
    by_day = forms.IntegerField(
        label=_("People by day"), min_value=0, max_value=100, initial=2, help_text=_("8 to 20 h")
    )
    by_night = forms.IntegerField(
        label=_("People by night"), min_value=0, max_value=100, initial=1, help_text=_("20 to 8 h")
    )
    shifts = forms.IntegerField(
        label=_("Most shifts of one person"), min_value=1, max_value=31, initial=5
    )
    nights = forms.IntegerField(
        label=_("Most nights of one person"), min_value=0, max_value=31, initial=2
    )


class SolveForm(CommandForm):
    """Whose members are sent."""

    units = forms.MultipleChoiceField(
        label=_("Organisations"), widget=forms.SelectMultiple(attrs={"size": 8})
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Make the form with the organisations to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = units  # type: ignore[attr-defined]


class GiveUpForm(CommandForm):
    """A shift that somebody gives up."""

    why = forms.CharField(label=_("Reason"), max_length=200)


class SubstituteForm(CommandForm):
    """Who takes a shift over."""

    fields_of = {"person_id": "by"}

    by = forms.ChoiceField(label=_("Who takes it"), widget=forms.RadioSelect)
    why = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """Make the form with those who are proposed, as district:person."""
        super().__init__(*args, **kwargs)
        self.fields["by"].choices = people  # type: ignore[attr-defined]


class SwapForm(CommandForm):
    """With whom a shift is swapped."""

    fields_of = {"person_id": "other_id"}

    other_id = forms.ChoiceField(label=_("With whose shift"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, shifts: Choices, **kwargs: Any) -> None:
        """Make the form with the shifts that fit."""
        super().__init__(*args, **kwargs)
        self.fields["other_id"].choices = shifts  # type: ignore[attr-defined]


class ReplanForm(CommandForm):
    """Who falls out for the rest of the plan; `digest` says which changes were looked at."""

    gone = forms.MultipleChoiceField(
        label=_("Who falls out for the rest of the plan"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("Shifts that were given up are counted by themselves."),
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """Make the form with people of the plan, as district:person."""
        super().__init__(*args, **kwargs)
        self.fields["gone"].choices = people  # type: ignore[attr-defined]

    def people(self) -> list[tuple[str, UUID]]:
        """Return the keys of those who fall out."""
        return [(d, UUID(p)) for d, _, p in (v.partition(":") for v in self.cleaned_data["gone"])]


class ReliefForm(CommandForm):
    """Who takes over from a tired helper."""

    by_id = forms.ChoiceField(label=_("Who takes over"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """Make the form with those who are proposed."""
        super().__init__(*args, **kwargs)
        self.fields["by_id"].choices = people  # type: ignore[attr-defined]
