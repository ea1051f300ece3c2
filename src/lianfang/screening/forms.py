"""The forms of this room: a round to be opened, a visit written down at the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.times import now
from lianfang.screening.rules import Outcome, QuestionKind, Symptom
from lianfang.screening.words import OUTCOMES, QUESTION_KINDS, SYMPTOMS
from lianfang.web.acts import CommandForm, choices, moment_input

if TYPE_CHECKING:
    from lianfang.people.queries import Visible


def _today() -> Any:
    return timezone.localdate(now())


def _date(**more: Any) -> forms.DateField:
    # The browser takes this form of a date only, whatever the language.
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A line of the editor of questions, as it was typed."""

    words: str = ""
    kind: str = QuestionKind.YES_NO.value
    options: str = ""
    required: str = ""


class OpenForm(CommandForm):
    """A round to be opened. Areas and questions are lists beside the fields."""

    name = forms.CharField(label=_("Name of the round"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    first_day = _date(label=_("Begins on"), initial=_today)
    last_day = _date(label=_("Ends on"), initial=lambda: _today() + timedelta(days=2))
    daily = forms.BooleanField(
        label=_("Every day anew"),
        required=False,
        help_text=_("At midnight the day is closed, and the next day owes every door again."),
    )
    fever = forms.CharField(
        label=_("Fever from (°C)"),
        initial="37.3",
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    self_report = forms.BooleanField(
        label=_("What households report themselves counts"), required=False, initial=True
    )
    watched_origins = forms.CharField(
        label=_("Watched areas of origin"),
        required=False,
        max_length=6000,
        help_text=_("Area codes, such as 4201. A guest from there opens a duty to check."),
    )
    revisit_hours = forms.IntegerField(
        label=_("Nobody home: again within (hours)"), initial=12, min_value=1, max_value=240
    )
    referral_hours = forms.IntegerField(
        label=_("Fever: at the clinic within (hours)"), initial=2, min_value=1, max_value=72
    )
    continues_id = forms.ChoiceField(
        label=_("Continue an earlier round"),
        required=False,
        help_text=_("Then only the doors that it left open are owed."),
    )

    fields_of: ClassVar[Mapping[str, str]] = {"watched_origins.": "watched_origins"}

    def __init__(
        self, earlier: Sequence[tuple[str, str]], data: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        """Make the form; `earlier` are the rounds that can be continued, (id, name)."""
        super().__init__(data, *args, **kwargs)
        self.fields["continues_id"].choices = [("", _("No, every door")), *earlier]  # type: ignore[attr-defined]
        self.areas: list[UUID] = []
        self.questions: list[QuestionRow] = []
        if data is not None:
            self.areas = [UUID(v) for v in data.getlist("area_ids") if _is_uuid(v)]
            columns = [data.getlist(f"question_{part}") for part in QuestionRow.__slots__]
            self.questions = [QuestionRow(*row) for row in zip(*columns, strict=False)][:60]

    def clean_watched_origins(self) -> list[str]:
        """Return the codes, parted by anything that is no code."""
        found = re.split(r"[^0-9A-Za-z._-]+", self.cleaned_data["watched_origins"])
        return [code for code in found if code]

    def asked(self) -> list[dict[str, Any]]:
        """Return the questions with words, each with a key of its own."""
        result: list[dict[str, Any]] = []
        for row in self.questions:
            if not row.words.strip():
                continue
            one: dict[str, Any] = {
                "key": f"q{len(result) + 1}",
                "words": row.words.strip(),
                "kind": row.kind,
                "required": row.required == "yes",
            }
            if row.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
                parts = re.split(r"[,;\n\u3001\uff0c\uff1b/]+", row.options)
                one["options"] = [part.strip() for part in parts if part.strip()]
            result.append(one)
        return result

    def clean(self) -> dict[str, Any]:
        """Hold what a single field cannot: there is an area, and a list has its choices."""
        data = super().clean() or {}
        if not self.areas:
            self.add_error(None, _("Choose at least one area."))
        for one in self.asked():
            if "options" in one and len(one["options"]) < 2:
                self.add_error(
                    None, _("“%(words)s” needs at least two choices.") % {"words": one["words"]}
                )
        return data

    def place_of(self, field: str | None) -> str | None:
        """Show a refusal of the areas or questions for the whole form."""
        return (
            None
            if field and field.startswith(("questions", "area_ids"))
            else super().place_of(field)
        )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


QUESTION_CHOICES = choices(QUESTION_KINDS)
AT_DESK = (
    Outcome.MET,
    Outcome.BY_PHONE,
    Outcome.NOBODY_HOME,
    Outcome.REFUSED,
    Outcome.VACANT,
    Outcome.MOVED_AWAY,
)
_GUESTS = 2


class VisitForm(CommandForm):
    """A visit written down at the desk: the outcome, each person's check, guests, stays, answers.

    The fields depend on who lives there and on the round's questions.
    """

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(o.value, OUTCOMES[o]) for o in AT_DESK],
        initial=Outcome.MET.value,
        widget=forms.RadioSelect,
    )
    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=moment_input(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=_("Leave empty for now."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Lies encrypted; shown only with the visit."),
    )

    fields_of: ClassVar[Mapping[str, str]] = {"outcome": "outcome", "occurred_at": "at"}

    def __init__(
        self,
        members: Sequence[Visible],
        questions: Sequence[Mapping[str, Any]],
        data: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Make the form for the people of one door and the questions of one round."""
        super().__init__(data, *args, **kwargs)
        self.members = list(members)
        self.questions = list(questions)
        self._sent: list[UUID] = []
        for number, who in enumerate(self.members, 1):
            self._person(number, who)
        for number in range(1, _GUESTS + 1):
            self._guest(number)
        for question in self.questions:
            self.fields[f"q_{question['key']}"] = _answer_field(question)

    def _person(self, number: int, who: Visible) -> None:
        key = who.id.hex
        label = {"who": who.name or str(number)}
        self.fields[f"t_{key}"] = forms.CharField(
            label=_("Temperature of %(who)s") % label,
            required=False,
            max_length=12,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        self.fields[f"s_{key}"] = forms.MultipleChoiceField(
            label=_("Complaints of %(who)s") % label,
            required=False,
            choices=[(s.value, SYMPTOMS[s]) for s in Symptom],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields[f"a_{key}"] = forms.BooleanField(
            label=_("%(who)s was not there") % label, required=False
        )
        self.fields[f"w_{key}"] = forms.CharField(
            label=_("Where %(who)s has been (area code)") % label, required=False, max_length=40
        )
        self.fields[f"d_{key}"] = _date(label=_("Since"), required=False)

    def _guest(self, number: int) -> None:
        self.fields[f"g_from_{number}"] = forms.CharField(
            label=_("Guest from (area code)"), required=False, max_length=40
        )
        self.fields[f"g_since_{number}"] = _date(label=_("Here since"), required=False)
        self.fields[f"g_persons_{number}"] = forms.IntegerField(
            label=_("How many"), required=False, min_value=1, max_value=50
        )

    def people(self) -> list[dict[str, Any]]:
        """Return the rows of the form that stand for a person each."""
        return [
            {
                "who": who,
                "number": number,
                "temperature": self[f"t_{who.id.hex}"],
                "symptoms": self[f"s_{who.id.hex}"],
                "absent": self[f"a_{who.id.hex}"],
                "where": self[f"w_{who.id.hex}"],
                "since": self[f"d_{who.id.hex}"],
            }
            for number, who in enumerate(self.members, 1)
        ]

    def guests(self) -> list[list[forms.BoundField]]:
        """Return the rows of the form for people from outside."""
        return [
            [self[f"g_{part}_{number}"] for part in ("from", "since", "persons")]
            for number in range(1, _GUESTS + 1)
        ]

    def asked(self) -> list[forms.BoundField]:
        """Return the fields of the round's own questions."""
        return [self[f"q_{question['key']}"] for question in self.questions]

    def payload(self, household_id: UUID, round_id: UUID, corrects: UUID | None) -> dict[str, Any]:
        """Return the valid form as the content of a visit."""
        data = self.cleaned_data
        content: dict[str, Any] = {
            "household_id": str(household_id),
            "round_id": str(round_id),
            "outcome": data["outcome"],
            "readings": self._readings(),
            "outsiders": self._outsiders(),
            "stays": self._stays(),
            "answers": self._answers(),
            "note": data["note"],
        }
        if corrects:
            content["corrects_id"] = str(corrects)
        return {name: value for name, value in content.items() if value not in ("", [], {}, None)}

    def _readings(self) -> list[dict[str, Any]]:
        rows = []
        self._sent = []
        for who in self.members:
            key = who.id.hex
            temperature = self.cleaned_data[f"t_{key}"]
            symptoms, absent = self.cleaned_data[f"s_{key}"], self.cleaned_data[f"a_{key}"]
            if not (temperature or symptoms or absent):
                continue
            row: dict[str, Any] = {"person_id": str(who.id)}
            if temperature:
                row["temperature"] = temperature
            if symptoms:
                row["symptoms"] = symptoms
            if absent:
                row["absent"] = True
            rows.append(row)
            self._sent.append(who.id)
        return rows

    def _outsiders(self) -> list[dict[str, Any]]:
        rows = []
        for number in range(1, _GUESTS + 1):
            origin, since, persons = (
                self.cleaned_data[f"g_{part}_{number}"] for part in ("from", "since", "persons")
            )
            if not (origin or since or persons):
                continue
            row: dict[str, Any] = {"from_area": origin, "persons": persons or 1}
            if since:
                row["since"] = since.isoformat()
            rows.append(row)
        return rows

    def _stays(self) -> list[dict[str, Any]]:
        rows = []
        for who in self.members:
            area = self.cleaned_data[f"w_{who.id.hex}"]
            since = self.cleaned_data[f"d_{who.id.hex}"]
            if area:
                row = {"person_id": str(who.id), "area": area}
                if since:
                    row["since"] = since.isoformat()
                rows.append(row)
        return rows

    def _answers(self) -> dict[str, Any]:
        answers = {}
        for question in self.questions:
            value = self.cleaned_data[f"q_{question['key']}"]
            kind = QuestionKind(question["kind"])
            if value in (None, "", []):
                continue
            if kind is QuestionKind.YES_NO:
                value = value == "yes"
            elif kind is QuestionKind.DATE:
                value = value.isoformat()
            answers[question["key"]] = value
        return answers

    def place_of(self, field: str | None) -> str | None:
        """Return the field that shows a refusal: a reading's at its person, an answer's at its."""
        steps = (field or "").split(".")
        if steps[0] == "readings" and len(steps) > 2 and int(steps[1]) < len(self._sent):
            return f"t_{self._sent[int(steps[1])].hex}"
        if steps[0] == "answers" and len(steps) > 1:
            name = f"q_{steps[1]}"
            return name if name in self.fields else None
        return super().place_of(field)


def _answer_field(question: Mapping[str, Any]) -> forms.Field:
    """Return the field for one question. What is required is asked by the command itself."""
    kind = QuestionKind(question["kind"])
    same: dict[str, Any] = {"label": question["words"], "required": False}
    options = [(option, option) for option in question.get("options") or ()]
    if kind is QuestionKind.YES_NO:
        return forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **same)
    if kind is QuestionKind.NUMBER:
        return forms.FloatField(**same)
    if kind is QuestionKind.CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *options], **same)
    if kind is QuestionKind.CHOICES:
        return forms.MultipleChoiceField(
            choices=options, widget=forms.CheckboxSelectMultiple, **same
        )
    if kind is QuestionKind.DATE:
        return _date(**same)
    return forms.CharField(max_length=500, **same)


class AllNormalForm(CommandForm):
    """The one act that says that everybody behind a door is well."""
