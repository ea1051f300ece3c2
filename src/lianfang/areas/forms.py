"""The forms on areas."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.times import local, now
from lianfang.web.acts import CommandForm, day_input


class DrawForm(CommandForm):
    """A new area below another one."""

    name = forms.CharField(label=pgettext_lazy("place", "Name"), max_length=120)
    code = forms.RegexField(
        r"^[0-9A-Za-z._-]+$",
        label=_("Code"),
        max_length=40,
        help_text=_("Suggested: the next free number. It cannot be changed later."),
    )


class RenameForm(CommandForm):
    """A new name for an area."""

    name = forms.CharField(label=pgettext_lazy("place", "Name"), max_length=120)


class RetireForm(CommandForm):
    """The last day of an area."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=day_input(),
        initial=lambda: local(now()).date(),
    )
