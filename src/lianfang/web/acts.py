"""From a form to a command and back: one id for each form, refusals as errors of its fields.

The form carries the id of the entry that it will become. A double click, a resend after a lost
answer, the back button: the same id comes again and the kernel answers "repeated". After a refusal
the form gets a new id and says which entry it mends, so that what was refused is closed by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, new_id, time_of
from lianfang.kernel.problems import FORBIDDEN, NOT_FOUND, UNAVAILABLE, Refusal, Refuse
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now


class CommandForm(forms.Form):
    """A form that becomes an entry. `fields_of` says which form field shows a payload's field."""

    entry_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    mends = forms.UUIDField(widget=forms.HiddenInput, required=False)

    # Payload field -> form field, where the names differ; a prefix ending in "." stands for all.
    fields_of: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        """Make the form; an unbound one gets a fresh id."""
        super().__init__(data, *args, **kwargs)
        self.refused: Refusal | None = None
        self.status = 200
        self.initial.setdefault("entry_id", new_id())

    @property
    def entry(self) -> UUID:
        """Return the id of the entry that this form becomes (a fresh one where none came)."""
        if not self.is_bound:
            return UUID(str(self.initial["entry_id"]))
        sent = self.cleaned_data.get("entry_id") if hasattr(self, "cleaned_data") else None
        if not isinstance(sent, UUID) or sent.version != 7:
            sent = UUID(str(self.initial["entry_id"]))
            self._put("entry_id", sent)
            self.cleaned_data["entry_id"] = sent
        return sent

    def child(self, *parts: object) -> str:
        """Return the id of something new that this entry makes: the same on a resend."""
        return str(derive_id(self.entry, *parts))

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal at its field, and let the next try be a new entry that mends this one."""
        self.refused, self.status = refusal, refusal.status
        target = self.place_of(refusal.field)
        words = [refusal.message, refusal.hint]
        self.add_error(target, " ".join(w for w in words if w))
        if refusal.code != UNAVAILABLE:
            mended = self.cleaned_data.get("entry_id") or self.entry
            self._put("mends", mended)
            self._put("entry_id", new_id())

    def place_of(self, field: str | None) -> str | None:
        """Return the form field that shows the payload's `field`, None for the whole form."""
        if not field:
            return None
        name = self.fields_of.get(field)
        if name is None:
            prefix = next(
                (p for p in self.fields_of if p.endswith(".") and field.startswith(p)), ""
            )
            name = self.fields_of.get(prefix, field.rpartition(".")[2])
        hidden = name in self.fields and isinstance(self.fields[name].widget, forms.HiddenInput)
        return name if name in self.fields and not hidden else None

    def _put(self, name: str, value: object) -> None:
        """Put a value into what the form shows again (the data that came is read-only)."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix(name)] = str(value)
        self.data = data


class Once(CommandForm):
    """A button without fields: nothing but the id."""


def once() -> tuple[tuple[str, str], ...]:
    """Return the hidden field for `components.Action(fields=…)`: one id for each button shown."""
    return (("entry_id", str(new_id())),)


def entry_of(
    form: CommandForm,
    command: str,
    payload: Mapping[str, Any],
    district: str = "",
    at: datetime | None = None,
) -> Entry:
    """Return the form as an entry that happens now, or happened `at`.

    The device's time is that of the form's id, so that a resend is told by its content alone.
    """
    return Entry(
        form.entry,
        command,
        dict(payload),
        at or now(),
        district,
        mends=form.cleaned_data.get("mends"),
        device_at=time_of(form.entry),
    )


def send(
    actor: Actor,
    form: CommandForm,
    command: str,
    payload: Mapping[str, Any],
    district: str = "",
    *,
    then: Sequence[tuple[str, Mapping[str, Any]]] = (),
    at: datetime | None = None,
) -> Receipt | None:
    """Submit a valid form; None when it was refused, and then the form holds the errors.

    `at` is when it happened, where the form asks. `then` are further commands of the same act (a
    role for the account just made): they go in the same list, with ids derived from the form's,
    and the first refusal among all is shown.
    """
    first = entry_of(form, command, payload, district, at)
    entries = [first]
    for number, (name, content) in enumerate(then):
        id_ = derive_id(first.id, "then", number)
        entries.append(
            Entry(id_, name, dict(content), first.occurred_at, district, device_at=first.device_at)
        )
    try:
        receipts = submit(actor, entries)
    except Refuse as refuse:
        form.refuse(refuse.refusal)
        return None
    for receipt in receipts:
        if refusal := _refused(receipt):
            _whole_page(form, refusal)
            form.refuse(refusal)
            return None
    return receipts[0]


def _refused(receipt: Receipt) -> Refusal | None:
    """Return why an entry does not count; one that is held is kept and does not look refused."""
    if receipt.stands or Status.HELD in (receipt.status, receipt.first):
        return None
    return receipt.refusal


def _whole_page(form: CommandForm, refusal: Refusal) -> None:
    """Raise what is no matter of a field: what is not there, what is not allowed."""
    if refusal.code in (NOT_FOUND, FORBIDDEN) and form.place_of(refusal.field) is None:
        raise Refuse(refusal.code)


def show(
    request: HttpRequest, template: str, form: forms.Form, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Render a page with a form; with its errors it is 422, or what the refusal says."""
    status = 200
    if form.errors:
        status = getattr(form, "status", 200)
        status = status if status >= 400 else 422
    return render(request, template, {"form": form, **(context or {})}, status=status)


def done(request: HttpRequest, receipt: Receipt, words: str, where: str) -> HttpResponse:
    """Say what became of it and go on to `where`."""
    if receipt.stands:
        messages.success(request, words)
    else:
        refusal = receipt.refusal
        messages.warning(request, f"{refusal.message} {refusal.hint}" if refusal else _("Held."))
    return HttpResponseRedirect(where)


def said(request: HttpRequest, words: str, where: str) -> HttpResponse:
    """Say that something outside the journal is done, and go on to `where`."""
    messages.success(request, words)
    return HttpResponseRedirect(where)


def press(
    request: HttpRequest,
    actor: Actor,
    command: str,
    payload: Mapping[str, Any],
    where: str,
    words: str,
    district: str = "",
) -> HttpResponse:
    """Do the act of a button (`Action(post=True, fields=once())`) and go on to `where`.

    A refusal is shown there as a message.
    """
    form = Once(request.POST)
    form.is_valid()
    receipt = send(actor, form, command, payload, district)
    if receipt is None:
        messages.error(request, " ".join(map(str, form.non_field_errors())))
        return HttpResponseRedirect(where)
    return done(request, receipt, words, where)


def day_input() -> forms.DateInput:
    """Return a date field of the browser's own; it wants ISO dates in every language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def moment_input() -> forms.DateTimeInput:
    """Return a field of the browser's own for a day and a time, on the deployment's clock."""
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


def choices(words: Mapping[Any, Any], blank: str = "") -> list[tuple[str, Any]]:
    """Return the choices of a select from a table of words; `blank` labels the empty one."""
    listed = [(str(value), label) for value, label in words.items() if str(value)]
    return [("", blank), *listed] if blank else listed


def cleaned(form: forms.Form, names: Iterable[str]) -> dict[str, Any]:
    """Return the named values of a valid form, without those left empty."""
    values = {name: form.cleaned_data.get(name) for name in names}
    return {name: value for name, value in values.items() if value not in (None, "", [])}
