"""Words for the closed lists of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.areas.rules import Level
from lianfang.directives.rules import (
    DirectiveKind,
    DirectiveState,
    LineState,
    MeasureKind,
    NodeState,
    Passing,
    Proof,
    TaskKind,
)
from lianfang.kernel.problems import Words
from lianfang.web.components import Tone

KINDS: dict[DirectiveKind, Words] = {
    DirectiveKind.NOTICE: _("Notice"),
    DirectiveKind.CONFERENCE: _("Teleconference"),
    DirectiveKind.REQUIREMENT: _("Work requirement"),
    DirectiveKind.DECISION: _("Decision"),
    DirectiveKind.REPLY: _("Reply"),
}
STATES: dict[DirectiveState, Words] = {
    DirectiveState.ISSUED: _("In force"),
    DirectiveState.WITHDRAWN: _("Withdrawn"),
    DirectiveState.SUPERSEDED: _("Has a newer version"),
}
NODES: dict[NodeState, Words] = {
    NodeState.WAITING: _("Not passed on yet"),
    NodeState.RECEIVED: _("Not opened"),
    NodeState.READ: _("Has read it"),
    NodeState.ACKNOWLEDGED: _("Signed for"),
    NodeState.ACTED: _("Acted"),
}
NODE_TONES: dict[NodeState, Tone] = {
    NodeState.WAITING: "plain",
    NodeState.RECEIVED: "warn",
    NodeState.READ: "info",
    NodeState.ACKNOWLEDGED: "info",
    NodeState.ACTED: "good",
}
MEASURES: dict[MeasureKind, Words] = {
    MeasureKind.NOTICES: _("Notices on the role of grass-roots organisations"),
    MeasureKind.REQUIREMENTS: _("Requirements on offices and cadres"),
    MeasureKind.RECALL: _("Recall of staff"),
    MeasureKind.APPEALS: _("Open letters and appeals"),
    MeasureKind.CARE: _("Care for front-line staff"),
}
SHORT_MEASURES: dict[MeasureKind, Words] = {
    MeasureKind.NOTICES: _("Notices"),
    MeasureKind.REQUIREMENTS: _("Requirements"),
    MeasureKind.RECALL: _("Staff recalled"),
    MeasureKind.APPEALS: _("Appeals"),
    MeasureKind.CARE: _("Care"),
}
PASSING: dict[Passing, Words] = {
    Passing.STRAIGHT: _("To all levels at once"),
    Passing.STEPWISE: _("From level to level"),
}
TASKS: dict[TaskKind, Words] = {
    TaskKind.MONITORING: _("Monitoring and tracing"),
    TaskKind.SCIENCE: _("Public science"),
    TaskKind.HEALTH_TIPS: _("Health tips"),
    TaskKind.ANSWERS: _("Answers to doubts"),
    TaskKind.HYGIENE: _("Hygiene campaign"),
    TaskKind.OTHER: _("Other"),
}
PROOFS: dict[Proof, Words] = {
    Proof.NONE: _("Nothing"),
    Proof.NOTE: _("note"),
    Proof.COUNT: _("number"),
    Proof.PHOTO: _("photo"),
}
LINES: dict[LineState, Words] = {
    LineState.OPEN: _("Open"),
    LineState.DONE: _("Done"),
    LineState.EXCUSED: pgettext_lazy("task", "Excused"),
}
LEVELS: dict[int, Words] = {
    Level.COUNTRY: _("Organisations"),
    Level.PROVINCE: _("Provinces"),
    Level.CITY: _("Cities"),
    Level.COUNTY: _("Districts and counties"),
    Level.STREET: _("Streets"),
    Level.COMMUNITY: _("Communities"),
    Level.GRID: _("Grids"),
}
