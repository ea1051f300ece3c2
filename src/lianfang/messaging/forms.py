"""The forms of channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianfang.messaging import words
from lianfang.messaging.rules import ROBOTS, ChannelKind, Topic
from lianfang.web.acts import CommandForm

_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ChannelForm(CommandForm):
    """A channel, its pace, and where it leads."""

    kind = forms.ChoiceField(label=_("By what"))
    name = forms.CharField(label=_("What you call it"), max_length=60)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        required=False,
        help_text=_(
            "The robot's webhook address, an e-mail address, or a number. "
            "Kept encrypted and never shown again."
        ),
    )
    key = forms.CharField(
        label=_("Signing key, if the robot has one"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(render_value=False),
    )
    topics = forms.MultipleChoiceField(
        label=_("About what (none chosen: everything)"),
        choices=list(words.TOPICS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    urgent_only = forms.BooleanField(label=_("Urgent ones only"), required=False)
    interval = forms.IntegerField(
        label=_("Minutes between two messages"), min_value=1, max_value=1440, initial=15
    )
    per_hour = forms.IntegerField(
        label=_("Messages in an hour at most"), min_value=1, max_value=60, initial=4
    )
    digest_at = forms.TimeField(
        label=_("One message a day, at"),
        required=False,
        widget=_TIME,
        help_text=_(
            "Leave it empty for a message whenever there is something. Urgent ones do not wait."
        ),
    )
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=_TIME)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=_TIME)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[
            ("", _("As set for the reader")),
            ("zh-hans", "中文"),  # cjk: each in its own script
            ("en", "English"),
        ],
        required=False,
    )

    def __init__(self, data: Any = None, *, own: bool = True, **kwargs: Any) -> None:
        """Make the form; one's own channel is no robot."""
        super().__init__(data, **kwargs)
        kinds = [k for k in ChannelKind if not (own and k in ROBOTS)]
        self.fields["kind"].choices = [(k, words.CHANNELS[k]) for k in kinds]  # type: ignore[attr-defined]

    def payload(self, channel_id: str) -> dict[str, Any]:
        """Return what the command takes: everything but address and key."""
        data = self.cleaned_data
        kept = {
            name: data[name]
            for name in ("kind", "name", "interval", "per_hour", "urgent_only", "language")
        }
        times = {
            name: f"{data[name]:%H:%M}" if data[name] else None
            for name in ("digest_at", "quiet_from", "quiet_until")
        }
        topics = [str(Topic(t)) for t in data["topics"]]
        return {"channel_id": channel_id, **kept, **times, "topics": topics}
