"""Made-up data for the style guide. No name, number or place here belongs to a real person."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.web import components as c
from lianfang.web.icons import ICONS
from lianfang.web.navigation import ShownItem
from lianfang.web.states import DoorState

NOW = datetime(2020, 1, 28, 9, 40, tzinfo=UTC)

SUGGESTIONS = [
    c.Link(
        gettext_lazy("Building 3, unit 2, 501"), "#", gettext_lazy("Willow Lane · grid 4"), "door"
    ),
    c.Link(
        gettext_lazy("Building 3, unit 2, 502"), "#", gettext_lazy("Willow Lane · grid 4"), "door"
    ),
    c.Link(gettext_lazy("Grid 4"), "#", gettext_lazy("Willow Lane community"), "grid"),
]


class SampleForm(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As on the roster."))
    temperature = forms.DecimalField(
        label=gettext_lazy("Temperature"), min_value=34, max_value=43, decimal_places=1
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("At the door"),
        choices=[(s.value, s.label) for s in (DoorState.FINE, DoorState.NOBODY, DoorState.REFUSED)],
    )
    symptoms = forms.MultipleChoiceField(
        label=gettext_lazy("Symptoms"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("cough", gettext_lazy("Cough")), ("tired", gettext_lazy("Tired"))],
    )
    outside = forms.BooleanField(label=gettext_lazy("Somebody came from outside"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class LoginForm(forms.Form):
    """The fields of the log-in page."""

    username = forms.CharField(label=gettext_lazy("Account"))
    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput)


def login_context() -> dict[str, Any]:
    """Return what the log-in example shows."""
    return {"form": LoginForm(), "messages": []}


def building(floors: int, units: int, rooms: int, seed: int) -> c.Building:
    """Return a building whose doors are in states as on a second day."""
    dice = random.Random(seed)
    states = list(DoorState)
    weights = [22, 52, 8, 9, 3, 1, 2, 2, 5]
    doors = []
    for floor in [*range(floors, 0, -1), *([-1] if floors < 10 else [])]:
        for unit in range(1, units + 1):
            for room in range(1, rooms + 1):
                if (floor == -1 and room > 1) or (floor == 1 and room == rooms and unit == 1):
                    continue
                state = dice.choices(states, weights)[0]
                name = f"{floor}{room:02d}" if floor > 0 else f"B{-floor}{room:02d}"
                loose = state in {DoorState.UNVISITED, DoorState.NOBODY}
                doors.append(
                    c.Door(
                        unit=_("Unit %(n)d") % {"n": unit},
                        floor=floor,
                        room=name,
                        state=state,
                        href="#elevation",
                        note=_("%(n)d people") % {"n": dice.randint(1, 5)},
                        silent=loose and dice.random() < 0.12,
                        column=f"{room:02d}",
                    )
                )
    return c.Building.of(_("Building %(n)d") % {"n": seed}, doors)


def tiles(count: int) -> list[c.Tile]:
    """Return `count` grids at all stages of a round."""
    dice = random.Random(count)
    result = []
    for number in range(1, count + 1):
        total = dice.randint(180, 320)
        open_ = 0 if dice.random() < 0.3 else dice.randint(1, total)
        silent = dice.randint(1, open_) if open_ and dice.random() < 0.18 else 0
        excused = min(total - open_, dice.randint(0, 12))
        result.append(
            c.Tile(
                label=_("Grid %(n)d") % {"n": number},
                coverage=c.Coverage(total - open_ - excused, excused, open_, silent),
                href="#tiles",
                note=_("Zhou Min") if count <= 60 else "",
                alert=_("2 fevers") if dice.random() < 0.08 else "",
            )
        )
    return result


def table(base: str) -> c.Table:
    """Return the table of doors still open."""
    columns = [
        c.Column(_("Door"), sort=f"{base}?part=table&sort=door", sorted="ascending", primary=True),
        c.Column(_("State")),
        c.Column(_("People"), sort=f"{base}?part=table&sort=people", numeric=True),
        c.Column(_("Owner")),
        c.Column(_("Last visit")),
    ]
    from lianfang.web.templatetags.web import door_badge  # noqa: F401  (the tag renders in a cell)
    from lianfang.web.words import render

    def state(value: DoorState) -> str:
        return render("web/c/door_badge.html", state=value)

    rows = [
        c.Row(["3-2-501", state(DoorState.NOBODY), 3, _("Zhou Min"), "2020-01-28 09:12"], "#table"),
        c.Row(
            ["3-2-502", state(DoorState.REFUSED), 2, _("Zhou Min"), "2020-01-28 09:15"], "#table"
        ),
        c.Row(
            ["3-2-601", state(DoorState.FEVER), 4, _("Dr Qin Lan"), "2020-01-28 09:20"],
            "#table",
            "bad",
        ),
        c.Row(["3-2-602", state(DoorState.UNVISITED), 1, "", ""], "#table", "warn"),
    ]
    return c.Table(
        id="open-doors",
        caption=_("Doors still open"),
        columns=columns,
        rows=rows,
        filters=[
            c.Filter("q", _("Door")),
            c.Filter(
                "state",
                _("State"),
                [("", _("All")), *((s.value, s.label) for s in DoorState)],
            ),
        ],
        action=base,
        export=f"{base}#xlsx",
        previous=f"{base}?part=table&cursor=a",
        next=f"{base}?part=table&cursor=b",
        count=248,
    )


def next_progress(request: HttpRequest) -> dict[str, Any]:
    """Return one step further of the made-up import."""
    raw = request.GET.get("at", "0")
    at = min(3000, (int(raw) if raw.isdecimal() else 0) + 240)
    url = f"{reverse('styleguide')}?part=progress&at={at}" if at < 3000 else ""
    return {"at": at, "url": url}


def context(request: HttpRequest) -> dict[str, Any]:
    """Return everything the style guide shows."""
    here = reverse("styleguide")
    form = SampleForm({"temperature": "375", "outcome": "fine"}, auto_id="bad_%s")
    zhou, qin = _("Zhou Min"), _("Dr Qin Lan")
    return {
        "user": SimpleNamespace(is_authenticated=True, __str__=lambda: zhou),
        "web_nav": [
            ShownItem(_("Now"), here, "home", True, True, 3),
            ShownItem(_("Doors"), "#d", "building", True, False, 0),
            ShownItem(_("Rounds"), "#r", "round", True, False, 0),
            ShownItem(_("Duties"), "#u", "duty", True, False, 12),
            ShownItem(_("People"), "#p", "people", True, False, 0),
            ShownItem(_("Import"), "#i", "upload", False, False, 0),
        ],
        "messages": [Message(constants.SUCCESS, _("2,986 households were taken in."))],
        "here": here,
        "icons": sorted(ICONS),
        "states": list(DoorState),
        "tokens": TOKENS,
        "form": SampleForm(),
        "bad_form": form,
        "crumbs": [
            c.Link(_("Beijing"), "#"),
            c.Link(_("Xicheng"), "#"),
            c.Link(_("Dashilan street"), "#"),
            c.Link(_("Willow Lane community"), "#"),
            c.Link(_("Grid 4")),
        ],
        "coverages": [
            (_("Willow Lane, round 2"), c.Coverage(2410, 96, 494, 12)),
            (_("Half way"), c.Coverage(1200, 60, 1740, 0)),
            (_("Closed"), c.Coverage(2880, 120, 0, 0)),
            (_("Just opened"), c.Coverage(0, 0, 3000, 3000)),
            (_("No households"), c.Coverage()),
        ],
        "coverage_links": dict.fromkeys(("done", "excused", "open", "silent"), "#coverage"),
        "tiles12": tiles(12),
        "tiles400": tiles(400),
        "house": building(6, 3, 2, 3),
        "tower": building(30, 2, 4, 17),
        "moments": [
            c.Moment(
                NOW,
                _("Fever, 38.1 °C"),
                qin,
                _("Cough. To the fever clinic within 2 h."),
                "fever",
                "bad",
                "#",
            ),
            c.Moment(
                NOW - timedelta(minutes=25),
                _("Met, fine"),
                zhou,
                _("3 people, 36.5 to 36.9 °C"),
                "check",
                "good",
            ),
            c.Moment(
                NOW - timedelta(days=1),
                _("Met, 4 people"),
                zhou,
                _("Typed for the wrong door"),
                "check",
                replaced=True,
            ),
            c.Moment(
                NOW - timedelta(days=1, hours=3), _("Nobody home"), zhou, "", "nobody", "warn"
            ),
            c.Moment(
                NOW - timedelta(days=2),
                _("Taken in from the roster"),
                _("System"),
                _("Row 214"),
                "upload",
                "info",
            ),
        ],
        "now": NOW,
        "duties": duties(qin),
        "people": [
            c.Person(
                zhou,
                "#",
                _("Grid worker · grid 4"),
                "13800005678",
                [c.Badge(_("On duty"), "good", "check")],
            ),
            c.Person(
                qin,
                "#",
                _("Health officer"),
                "+8613900001234",
                [c.Badge(_("12 days on duty"), "warn", "clock")],
                [c.Action(_("Relieve"), "#", dialog=False)],
            ),
            c.Person(_("Lu An"), "#", _("Volunteer, building 3"), ""),
        ],
        "table": table(here),
        "table_empty": c.Table(
            id="t-empty",
            caption=_("Fevers today"),
            columns=[c.Column(_("Door"))],
            empty_title=_("No fever today"),
            empty_text=_("1,204 temperatures were taken."),
        ),
        "table_error": c.Table(
            id="t-error",
            caption=_("Fevers today"),
            columns=[c.Column(_("Door"))],
            state="error",
            retry="#",
        ),
        "table_loading": c.Table(
            id="t-load", caption=_("Fevers today"), columns=[c.Column(_("Door"))], state="loading"
        ),
        "suggestions": SUGGESTIONS,
        "segments": [("today", _("Today")), ("week", _("7 days")), ("round", _("This round"))],
        "outcome_segments": [
            ("fine", _("All normal"), "check"),
            ("nobody", _("Nobody home"), "nobody"),
            ("refused", _("Refused"), "refused"),
        ],
        "levels": [("city", _("City")), ("street", _("Street")), ("grid", _("Grid"))],
        "problem": SimpleNamespace(
            code="visit.temperature-range",
            status=422,
            field="temperature",
            message=_("375 °C can't be a temperature."),
            hint=_("Did you mean 37.5?"),
        ),
    }


def duties(qin: str) -> list[c.Duty]:
    """Return duties in time, soon due, and overdue."""
    claim = c.Action(_("Take it"), "#", "check", "primary", post=True)
    done = c.Action(_("Done"), "#", "check", "primary", post=True)
    give = c.Action(_("Return"), "#", "undo")
    return [
        c.Duty(
            _("Revisit"),
            _("Building 3, unit 2, 501"),
            "#",
            "nobody",
            NOW + timedelta(hours=5),
            note=_("Nobody home twice. Tends to be in after 18:00."),
            actions=[claim],
        ),
        c.Duty(
            _("To the fever clinic"),
            _("Building 3, unit 2, 601"),
            "#",
            "fever",
            NOW + timedelta(minutes=38),
            qin,
            _("started"),
            _("38.1 °C, cough"),
            actions=[done, give],
        ),
        c.Duty(
            _("Check on isolation"),
            _("Building 5, unit 1, 202"),
            "#",
            "isolated",
            NOW - timedelta(hours=1, minutes=12),
            _("Lu An"),
            _("overdue"),
            actions=[done, give],
        ),
    ]


TOKENS = [
    "canvas",
    "surface",
    "sunken",
    "line",
    "line-strong",
    "ink",
    "ink-2",
    "ink-3",
    "brand",
    "brand-soft",
    "lamp",
    "good",
    "good-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
]
