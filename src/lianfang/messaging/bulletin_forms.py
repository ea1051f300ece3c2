"""The forms of what is told, and of answers to questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.times import now
from lianfang.kernel.words import DUTY_KINDS
from lianfang.messaging import words
from lianfang.messaging.rules import Audience, Verdict
from lianfang.web.acts import CommandForm, choices

Choices = Sequence[tuple[str, Any]]
_TEXT = forms.Textarea(attrs={"rows": 6})


class WordsForm(CommandForm):
    """Title, text and source."""

    title = forms.CharField(
        label=_("Title: the question, the claim, or what it is"), max_length=120
    )
    text = forms.CharField(label=_("Text, or the answer"), max_length=4_000, widget=_TEXT)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    verdict = forms.ChoiceField(
        label=_("What there is to the rumour"),
        choices=[("", "–"), *((str(v), w) for v, w in words.VERDICTS.items() if v)],
        required=False,
    )

    def said(self) -> dict[str, Any]:
        """Return the words for a payload."""
        return {n: self.cleaned_data[n] for n in ("title", "text", "source", "verdict")}


class BulletinForm(WordsForm):
    """Something new to tell."""

    kind = forms.ChoiceField(label=_("What it is"), choices=choices(words.BULLETINS))
    area_id = forms.ChoiceField(label=_("Where"))
    audience = forms.ChoiceField(label=_("To whom"), choices=choices(words.AUDIENCES))
    organisation_id = forms.ChoiceField(label=_("The organisation"), required=False)
    duty_kind = forms.ChoiceField(label=_("The kind of duty"), required=False)
    severity = forms.ChoiceField(
        label=_("How much it matters"), choices=choices(words.SEVERITIES), initial="minor"
    )
    acknowledge = forms.BooleanField(
        label=_("Every household shall confirm that it has understood"), required=False
    )
    knock_hours = forms.IntegerField(
        label=_("After how many hours to knock where nobody confirmed"),
        min_value=1,
        max_value=720,
        required=False,
        help_text=_("Each grid gets a duty with the list of its doors. Empty: nobody knocks."),
    )
    expires_days = forms.IntegerField(
        label=_("Holds for so many days"), min_value=1, max_value=730, required=False
    )
    field_order = ("kind", "title", "text", "source", "verdict", "area_id", "audience")

    def __init__(
        self, data: Any = None, *, areas: Choices = (), units: Choices = (), **kwargs: Any
    ) -> None:
        """Make the form with the areas and organisations that can be chosen."""
        super().__init__(data, **kwargs)
        self.fields["area_id"].choices = areas  # type: ignore[attr-defined]
        self.fields["organisation_id"].choices = [("", "–"), *units]  # type: ignore[attr-defined]
        kinds = sorted((k, str(w)) for k, w in DUTY_KINDS.items())
        self.fields["duty_kind"].choices = [("", "–"), *kinds]  # type: ignore[attr-defined]

    def payload(self, bulletin_id: str, area_id: str) -> dict[str, Any]:
        """Return the payload for one area; times count from the entry's arrival."""
        data = self.cleaned_data
        moment = now().replace(microsecond=0)
        audience = data["audience"]
        content: dict[str, Any] = {
            "bulletin_id": bulletin_id,
            "area_id": area_id,
            **self.said(),
            **{n: data[n] for n in ("kind", "audience", "severity", "acknowledge")},
        }
        if audience == Audience.ORGANISATION:
            content["organisation_id"] = data["organisation_id"] or None
        if audience == Audience.DUTY:
            content["duty_kind"] = data["duty_kind"]
        if data["knock_hours"]:
            content["knock_at"] = (moment + timedelta(hours=data["knock_hours"])).isoformat()
        if data["expires_days"]:
            content["expires_at"] = (moment + timedelta(days=data["expires_days"])).isoformat()
        content["verdict"] = data["verdict"] or str(Verdict.NONE)
        return content


class WhyForm(CommandForm):
    """A reason."""

    why = forms.CharField(label=_("Why"), max_length=200, required=False)


class AnswerForm(CommandForm):
    """An answer that is known already, or a new one that may be put where all read it."""

    known = forms.ChoiceField(label=_("An answer that is there already"), required=False)
    text = forms.CharField(label=_("Or a new answer"), max_length=500, widget=_TEXT, required=False)
    share = forms.BooleanField(label=_("Put it among questions and answers"), required=False)
    title = forms.CharField(
        label=_("The question as others would ask it, without names"),
        max_length=120,
        required=False,
    )
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, known: Choices = (), **kwargs: Any) -> None:
        """Make the form with the answers that fit."""
        super().__init__(data, **kwargs)
        self.fields["known"].choices = [("", "–"), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, and for a title where it is shared."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("known") and not data.get("text"):
            self.add_error("text", _("Choose an answer or write one."))
        if data.get("share") and not data.get("title"):
            self.add_error("title", _("Write the question without names, so that others find it."))
        return data
