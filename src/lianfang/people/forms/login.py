"""Forms around log-in. They set credentials, which are no part of the journal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class LoginForm(forms.Form):
    """Name and password."""

    username = forms.CharField(label=_("Login name"), max_length=60)
    password = forms.CharField(label=_("Password"), max_length=200, widget=forms.PasswordInput)


class CodeForm(forms.Form):
    """The six digits of an authenticator."""

    code = forms.CharField(label=_("Code from your authenticator app"), max_length=12)

    def clean_code(self) -> str:
        """Take out the blank that some apps show in the middle."""
        code = "".join(str(self.cleaned_data["code"]).split())
        if not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(_("The code is six digits."))
        return code


class PasswordForm(forms.Form):
    """A new password; the old one too where there is one."""

    old = forms.CharField(label=_("Password until now"), max_length=200, widget=forms.PasswordInput)
    new = forms.CharField(
        label=_("New password"),
        max_length=200,
        widget=forms.PasswordInput,
        help_text=_("At least 8 characters. A short sentence is easy to keep in mind."),
    )
    again = forms.CharField(
        label=_("New password once more"), max_length=200, widget=forms.PasswordInput
    )

    def __init__(self, *args: Any, has_old: bool = True, **kwargs: Any) -> None:
        """Make the form; without `has_old` nothing is asked for but the new one."""
        super().__init__(*args, **kwargs)
        if not has_old:
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data
