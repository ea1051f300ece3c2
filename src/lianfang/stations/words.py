"""The words for the values of this room, in the reader's language."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words
from lianfang.stations.rules import Direction, PostKind, PostState

KINDS: dict[PostKind, Words] = {
    PostKind.GATE: pgettext_lazy("post", "Gate"),
    PostKind.CHECKPOINT: pgettext_lazy("post", "Checkpoint"),
    PostKind.STATION: pgettext_lazy("post", "Station"),
    PostKind.CLINIC: pgettext_lazy("post", "Fever clinic"),
    PostKind.HOSPITAL: pgettext_lazy("post", "Hospital"),
    PostKind.OBSERVATION_SITE: pgettext_lazy("post", "Observation site"),
    PostKind.HOTEL: pgettext_lazy("post", "Hotel"),
    PostKind.DEPOT: pgettext_lazy("post", "Depot"),
    PostKind.FACTORY: pgettext_lazy("post", "Factory"),
}
STATES: dict[PostState, Words] = {
    PostState.OPEN: pgettext_lazy("post", "Staffed"),
    PostState.CLOSED: pgettext_lazy("post", "Closed"),
}
DIRECTIONS: dict[Direction, Words] = {
    Direction.IN: pgettext_lazy("passage", "In"),
    Direction.OUT: pgettext_lazy("passage", "Out"),
}
