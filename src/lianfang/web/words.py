"""Small functions behind the template tags: words for time, masks, what a form field needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect, Select
from django.forms.widgets import CheckboxSelectMultiple
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

COVERAGE: dict[str, str | Promise] = {
    "done": gettext_lazy("Done"),
    "excused": gettext_lazy("Excused"),
    "open": gettext_lazy("Open, in someone's list"),
    "silent": gettext_lazy("Silent, in nobody's list"),
}

IMPORT: dict[str, str | Promise] = {
    "upload": gettext_lazy("Choose the file"),
    "map": gettext_lazy("Match the columns"),
    "check": gettext_lazy("Check the rows"),
    "done": gettext_lazy("Taken in"),
}


def render(name: str, **context: Any) -> SafeString:
    """Render a template of this package."""
    return mark_safe(render_to_string(name, context))  # escaped by the template engine


def due(at: datetime, now: datetime | None = None) -> tuple[str, str]:
    """Return how far off a deadline is, in words, and its tone: plain, warn (< 1 h), bad (past)."""
    seconds = (at - (now or timezone.now())).total_seconds()
    span = _span(abs(seconds))
    if seconds < 0:
        return _("Overdue by %(span)s") % {"span": span}, "bad"
    return _("Due in %(span)s") % {"span": span}, "warn" if seconds <= 3600 else "plain"


def _span(seconds: float) -> str:
    minutes = max(1, int(seconds // 60))
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        if rest and hours < 6:
            return _("%(h)d h %(m)d min") % {"h": hours, "m": rest}
        return _("%(n)d h") % {"n": hours}
    return _("%(n)d d") % {"n": hours // 24}


def mask_phone(value: str) -> str:
    """Return the number by its ends: 13812345678 is 138****5678; short ones are hidden wholly."""
    digits = "".join(ch for ch in value or "" if ch.isdigit() or ch == "+")
    if len(digits) < 7:
        return "*" * len(digits)
    head = len(digits) - 8 if len(digits) > 8 else 2
    return f"{digits[:head]}****{digits[head + 4 :]}"


def number(value: object) -> str:
    """Return a whole number with its thousands parted; anything else as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", "\u2009") if abs(value) >= 10000 else str(value)
    return str(value)


def field_context(bound: BoundField, hint: str, attrs: dict[str, Any]) -> dict[str, Any]:
    """Return what `web/c/field.html` shows for a bound field."""
    widget = bound.field.widget
    name = bound.id_for_label or bound.auto_id or bound.html_name
    hint = hint or str(bound.help_text or "")
    described = [f"{name}-hint"] if hint else []
    if bound.errors:
        described.append(f"{name}-error")
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    if not group and not isinstance(widget, CheckboxInput):
        css = "select" if isinstance(widget, Select) else "input"
        attrs.setdefault("class", css)
    attrs = {key.replace("_", "-"): value for key, value in attrs.items()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "id": name,
        "hint": hint,
        "group": group,
        "check": isinstance(widget, CheckboxInput) and not group,
        "hidden": bound.is_hidden,
    }


def error_summary(form: BaseForm) -> dict[str, Any]:
    """Return the (field id, label, message) of each error, and the messages on the whole form."""
    fields = [
        (bound.id_for_label or bound.auto_id, bound.label, message)
        for bound in form
        for message in bound.errors
    ]
    return {"fields": fields, "general": list(form.non_field_errors())}
