"""Forms on accounts, roles and organisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.areas.rules import Role
from lianfang.areas.words import ROLES
from lianfang.people import words
from lianfang.web.acts import CommandForm


def role_choices(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    """Return the roles that may be given, in the order of the table of words."""
    allowed = set(roles) - {Role.RESIDENT}
    return [(str(role), label) for role, label in ROLES.items() if role in allowed]


class AccountForm(CommandForm):
    """A new account with its first role."""

    fields_of = {"account_id": "username"}

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As colleagues call this person.")
    )
    username = forms.RegexField(
        r"^[\w.@+-]{2,60}$",
        label=_("Login name"),
        max_length=60,
        help_text=_("Letters and digits without blanks; a telephone number will do."),
        error_messages={"invalid": _("Only letters, digits and . @ + - _, at least two.")},
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        """Make the form with the roles that may be given here."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(roles)  # type: ignore[attr-defined]


class GrantForm(CommandForm):
    """A role for an account in an area."""

    fields_of = {"account_id": "account"}

    account = forms.CharField(
        label=_("Name or login name"),
        max_length=60,
        help_text=_("Of an account that exists already."),
        widget=forms.TextInput(attrs={"list": "colleagues"}),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(
        self, *args: Any, roles: Iterable[Role], known: bool = False, **kwargs: Any
    ) -> None:
        """Make the form; with `known` the account stands fixed and is not asked for."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(roles)  # type: ignore[attr-defined]
        if known:
            del self.fields["account"]


class OrganisationForm(CommandForm):
    """A new organisation."""

    fields_of = {"organisation_id": "name", "parent_id": "name"}

    name = forms.CharField(label=pgettext_lazy("place", "Name"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", "—"), *words.ORGANISATION_KINDS.items()],
        required=False,
    )


class AttachForm(CommandForm):
    """An area that an organisation serves, by code."""

    fields_of = {"area_id": "code"}

    code = forms.CharField(
        label=_("Code of the area"),
        max_length=40,
        help_text=_("It stands on the page of each area."),
    )


class JoinForm(CommandForm):
    """A person who joins an organisation."""

    fields_of = {"person_id": "who"}

    who = forms.ChoiceField(label=_("Person"))
    title = forms.CharField(label=_("Title there"), max_length=60, required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Make the form with those who were found."""
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = list(people)  # type: ignore[attr-defined]
