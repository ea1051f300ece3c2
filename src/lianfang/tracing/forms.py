"""The forms of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.tracing import words
from lianfang.tracing.rules import CaseState
from lianfang.web.acts import CommandForm, choices, day_input, moment_input

Choices = Sequence[tuple[str, Any]]


def _lines(number: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": number})


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=day_input(), **more)


class DatesForm(CommandForm):
    """The days of a case and how it is counted."""

    onset = _day(_("Onset of symptoms"))
    asymptomatic = forms.BooleanField(label=_("Infected without symptoms"), required=False)
    sample = _day(_("Sample taken"))
    result = _day(_("Result"))
    isolated = _day(_("Isolated"))
    rule = forms.ChoiceField(
        label=_("From when on contacts count"), choices=lambda: choices(words.RULES)
    )
    first_day = _day(_("First day set by hand (goes before the rule)"))
    setting = forms.ChoiceField(
        label=_("Where the infection happened"),
        required=False,
        choices=lambda: list(words.SETTINGS.items()),
    )
    cluster = forms.CharField(label=_("Cluster"), max_length=60, required=False)
    infected_by_id = forms.ChoiceField(label=_("Infected by"), required=False)

    def __init__(self, *args: Any, sources: Choices, **kwargs: Any) -> None:
        """Make the form with the cases that may have infected this one."""
        super().__init__(*args, **kwargs)
        listed = [("", _("Not known so far")), *sources]
        self.fields["infected_by_id"].choices = listed  # type: ignore[attr-defined]

    def dates(self) -> dict[str, Any]:
        """Return the days as the commands take them."""
        names = ("onset", "sample", "result", "isolated", "first_day")
        days = {n: d.isoformat() for n in names if (d := self.cleaned_data[n])}
        rest = ("asymptomatic", "rule", "setting", "cluster", "infected_by_id")
        return {**days, **{n: v for n in rest if (v := self.cleaned_data[n])}}


class CaseForm(DatesForm):
    """A new case: somebody registered is opened from the person's page, another is typed here."""

    field_order = ("area_id", "state", "name", "phone", "id_number", "address")
    area_id = forms.ChoiceField(label=_("Followed up for"))
    state = forms.ChoiceField(
        label=_("What is known"),
        choices=lambda: [(k, v) for k, v in words.CASE_STATES.items() if k != CaseState.RULED_OUT],
    )
    name = forms.CharField(label=_("Name of the case"), max_length=80, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    id_number = forms.CharField(label=_("Identity number"), max_length=30, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    def __init__(self, *args: Any, areas: Choices, registered: bool, **kwargs: Any) -> None:
        """Make the form; of a registered person nothing is asked that is known."""
        super().__init__(*args, **kwargs)
        self.fields["area_id"].choices = areas  # type: ignore[attr-defined]
        if registered:
            for name in ("name", "phone", "id_number", "address"):
                del self.fields[name]


class JudgeForm(CommandForm):
    """What a test says."""

    state = forms.ChoiceField(label=_("What is known now"))
    result = _day(_("Day of the result"))

    def __init__(self, *args: Any, states: Choices, **kwargs: Any) -> None:
        """Make the form with what the case may become."""
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class InterviewForm(CommandForm):
    """What a case said."""

    symptoms = forms.CharField(required=False, max_length=500, widget=_lines(3))
    travelled = forms.CharField(required=False, max_length=1_000, widget=_lines(4))
    worked = forms.CharField(required=False, max_length=500, widget=_lines(2))
    lives_with = forms.CharField(required=False, max_length=500, widget=_lines(2))
    protected = forms.CharField(required=False, max_length=500, widget=_lines(2))
    note = forms.CharField(required=False, max_length=2_000, widget=_lines(4))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the form with the words of the interview."""
        super().__init__(*args, **kwargs)
        for name, label in words.INTERVIEW.items():
            self.fields[name].label = str(label)


class PresenceForm(CommandForm):
    """Where a case says that it was."""

    name = forms.CharField(label=_("Place, as the person says it"), max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind of place"),
        choices=lambda: [
            (k, v) for k, v in words.PLACES.items() if str(k) in ("spot", "vehicle", "room")
        ],
    )
    from_at = forms.DateTimeField(label=_("From"), widget=moment_input())
    to_at = forms.DateTimeField(label=_("Until"), widget=moment_input())
    seat = forms.CharField(label=_("Seat, in a vehicle"), max_length=12, required=False)


class ContactForm(CommandForm):
    """Somebody whom the case names."""

    fields_of = {"community_id": "community"}

    name = forms.CharField(label=_("Name of the contact"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    degree = forms.ChoiceField(
        label=_("How near"), choices=lambda: choices(words.DEGREES), initial="close"
    )
    last_day = _day(_("Last met on"))
    community = forms.CharField(
        label=_("Community, by name or code"), max_length=60, required=False
    )


class SendForm(CommandForm):
    """To which community a contact goes, and by when it answers."""

    fields_of = {"community_id": "community"}

    community = forms.CharField(label=_("Community, by name or code"), max_length=60)
    hours = forms.IntegerField(
        label=_("Hours until the answer"), min_value=1, max_value=168, initial=24
    )


class StrikeForm(CommandForm):
    """Why a contact comes off the list."""

    why = forms.CharField(label=_("Why it is struck"), max_length=200)


class AnswerForm(CommandForm):
    """What the community found, and the isolation that begins with it."""

    fields_of = {"community_id": "community", "watch.": "days"}

    outcome = forms.ChoiceField(label=_("What was found"), choices=lambda: choices(words.OUTCOMES))
    person_id = forms.ChoiceField(label=_("Who it is"), required=False)
    isolate = forms.ChoiceField(
        label=_("Isolation"),
        choices=[
            ("", _("None")),
            ("home", _("At home")),
            ("hotel", _("In a hotel")),
            ("site", _("At an observation site")),
        ],
        required=False,
        initial="home",
    )
    from_day = _day(_("Counted from"))
    days = forms.IntegerField(label=_("For so many days"), min_value=1, max_value=60, initial=14)
    community = forms.CharField(
        label=_("Where the person lives now: community by name or code"),
        max_length=60,
        required=False,
    )
    moved_to = forms.CharField(
        label=_("What the community could learn"), max_length=200, required=False
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """Make the form with the registered persons who may be meant."""
        super().__init__(*args, **kwargs)
        listed = [("", _("Not registered")), *people]
        self.fields["person_id"].choices = listed  # type: ignore[attr-defined]
