"""The editor of triage rules: a table of fields that works without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from lianfang.arrivals import words
from lianfang.arrivals.rules import CHECKS, DAYS, Fact, How
from lianfang.screening.rules import Symptom
from lianfang.web.acts import CommandForm, choices

_COMMA = re.compile("[,，、;；]")  # cjk: commas
# Empty rules offered below those that are there, and conditions in each.
_MORE, CONDITIONS, _MOST = 2, 3, 40


class RulesForm(CommandForm):
    """Rules in order. A rule without a name is left out; `order` moves it."""

    fields_of: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        data: Any = None,
        *,
        rules: Sequence[Mapping[str, Any]] = (),
        manifests: Sequence[tuple[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        """Make the form with the rules that hold now, and manifests to try them on."""
        super().__init__(data, **kwargs)
        self.count = min(len(rules) + _MORE, _MOST)
        if data is not None and str(data.get("count", "")).isdigit():
            self.count = min(int(data["count"]), _MOST)
        self.fields["try_on"] = forms.ChoiceField(
            label=_("Try it on"), choices=[("", "—"), *manifests], required=False
        )
        for number in range(self.count):
            self._rule(number, rules[number] if number < len(rules) else {})

    def _rule(self, number: int, rule: Mapping[str, Any]) -> None:
        when = rule.get("when", ())
        fields: dict[str, forms.Field] = {
            "order": forms.IntegerField(
                label=_("Order"), min_value=1, max_value=99, initial=number + 1, required=False
            ),
            "name": forms.CharField(
                label=_("Rule"), max_length=60, required=False, initial=rule.get("name", "")
            ),
            "destination": forms.ChoiceField(
                label=_("Goes to"),
                choices=choices(words.DESTINATIONS),
                required=False,
                initial=rule.get("destination", ""),
            ),
            "reason": forms.ChoiceField(
                label=_("Watched as"),
                choices=choices(words.REASONS),
                required=False,
                initial=rule.get("reason", "arrival"),
            ),
            "days": forms.IntegerField(
                label=_("Days of watch"), min_value=1, max_value=60, initial=rule.get("days", DAYS)
            ),
            "checks": forms.IntegerField(
                label=_("Checks a day"),
                min_value=1,
                max_value=6,
                initial=rule.get("checks", CHECKS),
            ),
            "group": forms.CharField(
                label=_("Risk group"), max_length=20, required=False, initial=rule.get("group", "")
            ),
        }
        for place in range(CONDITIONS):
            one = when[place] if place < len(when) else {}
            fields |= {
                f"fact{place}": forms.ChoiceField(
                    label=_("If"),
                    choices=choices(words.FACTS, "—"),
                    required=False,
                    initial=one.get("fact", ""),
                ),
                f"how{place}": forms.ChoiceField(
                    label=_("is"),
                    choices=choices(words.HOWS, "—"),
                    required=False,
                    initial=one.get("test", ""),
                ),
                f"value{place}": forms.CharField(
                    label=_("Number or words"),
                    max_length=200,
                    required=False,
                    initial=_shown(one),
                ),
            }
        for name, field in fields.items():
            field.required = False
            self.fields[f"r{number}_{name}"] = field

    def rules(self) -> Iterator[dict[str, Any]]:
        """Yield the bound fields of each rule for the template."""
        for number in range(self.count):
            at = f"r{number}_"
            yield {
                "head": [self[at + n] for n in ("order", "name", "destination")],
                "more": [self[at + n] for n in ("reason", "days", "checks", "group")],
                "when": self._shown(at),
                "blank": not self[at + "name"].value(),
            }

    def _shown(self, at: str) -> list[list[Any]]:
        """Return the conditions that are filled in, and one empty one."""
        rows = [
            [self[f"{at}{n}{place}"] for n in ("fact", "how", "value")]
            for place in range(CONDITIONS)
        ]
        filled = [row for row in rows if row[0].value()]
        return filled + [row for row in rows if not row[0].value()][:1]

    def clean(self) -> dict[str, Any]:
        """Read the rules, in the order that was typed."""
        cleaned = super().clean() or {}
        found: list[tuple[int, int, dict[str, Any]]] = []
        for number in range(self.count):
            at = f"r{number}_"
            if not cleaned.get(at + "name"):
                continue
            rule: dict[str, Any] = {
                "name": cleaned[at + "name"],
                "destination": cleaned.get(at + "destination") or "site",
                "reason": cleaned.get(at + "reason") or "arrival",
                "days": cleaned.get(at + "days") or DAYS,
                "checks": cleaned.get(at + "checks") or CHECKS,
                "group": cleaned.get(at + "group", ""),
                "when": [c for p in range(CONDITIONS) if (c := self._condition(at, p, cleaned))],
            }
            found.append((cleaned.get(at + "order") or 99, number, rule))
        cleaned["rules"] = [rule for _order, _number, rule in sorted(found, key=lambda r: r[:2])]
        if not cleaned["rules"] and not self.errors:
            self.add_error(None, _("Write at least one rule."))
        return cleaned

    def _condition(self, at: str, place: int, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        fact, how = cleaned.get(f"{at}fact{place}"), cleaned.get(f"{at}how{place}")
        text = str(cleaned.get(f"{at}value{place}") or "").strip()
        if not fact:
            return None
        condition: dict[str, Any] = {"fact": fact, "test": how or str(How.HAS)}
        if fact in (Fact.TEMPERATURE, Fact.AGE):
            try:
                number = Decimal(text.replace(",", "."))
                if not number.is_finite():
                    raise InvalidOperation
            except InvalidOperation:
                self.add_error(f"{at}value{place}", _("Write a number, such as 37.3."))
                return None
            condition["number"] = int(number * 10) if fact == Fact.TEMPERATURE else int(number)
            condition["test"] = how or str(How.AT_LEAST)
        elif how != How.ANY:
            condition["words"] = _words(fact, text)
        return condition


def _words(fact: str, text: str) -> list[str]:
    found = [part.strip() for part in _COMMA.split(text) if part.strip()]
    if fact != Fact.SYMPTOMS:
        return found
    by_word = {str(label): str(code) for code, label in words.SYMPTOMS.items()}
    return [by_word.get(part, part) for part in found]


def _shown(one: Mapping[str, Any]) -> str:
    """Return the value of a condition as it is typed."""
    if "number" in one:
        number = one["number"]
        return f"{number / 10:.1f}" if one["fact"] == Fact.TEMPERATURE else str(number)
    said = one.get("words", ())
    if one.get("fact") == Fact.SYMPTOMS:
        known = {str(s): str(words.SYMPTOMS[s]) for s in Symptom}
        said = [known.get(word, word) for word in said]
    return ", ".join(said)
