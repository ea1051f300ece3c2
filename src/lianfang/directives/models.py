"""Directives with their receivers, measures and reminders; task rounds of grids."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.directives.rules import DirectiveState, LineState, NodeState, node_state
from lianfang.kernel.fields import (
    DistrictModel,
    PathField,
    ReferenceModel,
    SealedTextField,
    StateModel,
)
from lianfang.people.models import Organisation


class Directive(ReferenceModel):
    """A paper that goes down the tree from `from_area` (null: above all provinces).

    `expected` counts the receivers of each level, as the tree stood when it was issued. Versions
    of one paper share `chain_id`; `part_of_id` is the directive from above that this one carries
    out. Attachments are {id, name, type}; the files lie sealed in uploads/.
    """

    number = models.CharField(max_length=60, default="", blank=True)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    attachments = models.JSONField(default=list, blank=True)
    from_area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    from_organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    path = PathField(max_length=160, default="", blank=True)
    passing = models.CharField(max_length=8)
    to_level = models.SmallIntegerField()
    act_level = models.SmallIntegerField(null=True)
    ack_due = models.DateTimeField(null=True)
    act_due = models.DateTimeField(null=True)
    expected = models.JSONField(default=dict, blank=True)
    version = models.SmallIntegerField(default=1)
    chain_id = models.UUIDField()
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    part_of_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default=DirectiveState.ISSUED)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=48)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=48, default="", blank=True)
    ended_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["issued_at", "id"], name="directive_list"),
            models.Index(fields=["chain_id"], name="directive_chain"),
        ]

    def __str__(self) -> str:
        return self.title


class DirectiveTarget(ReferenceModel):
    """An area or an organisation to which a directive goes first. `below` counts by level."""

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="targets")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    path = PathField(max_length=160, default="", blank=True)
    below = models.JSONField(default=dict, blank=True)


class Copy(models.Model):
    """What became of a receiver's copy, when, and by whom."""

    level = models.SmallIntegerField()
    path = PathField(max_length=160, default="", blank=True)
    received_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=48, default="", blank=True)
    acked_at = models.DateTimeField(null=True)
    acked_by = models.CharField(max_length=48, default="", blank=True)
    passed_at = models.DateTimeField(null=True)
    passed_by = models.CharField(max_length=48, default="", blank=True)
    acted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def state(self) -> NodeState:
        """Return the one state in which the receiver is."""
        return node_state(self.received_at, self.read_at, self.acked_at, self.acted_at)


class UpperNode(Copy, ReferenceModel):
    """A receiver above the districts, or an organisation: made when the directive is issued."""

    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="upper")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    below = models.JSONField(default=dict, blank=True)
    reminders = models.SmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["directive", "area"], name="upper_node_area"),
            models.UniqueConstraint(fields=["directive", "organisation"], name="upper_node_unit"),
        ]
        indexes = [models.Index(fields=["directive", "path"], name="upper_node_path")]


class DirectiveDistrict(DistrictModel):
    """A directive in a district where somebody works; its `id` is the directive's."""

    state = models.CharField(max_length=10, default=DirectiveState.ISSUED)
    received_at = models.DateTimeField()
    arrived_at = models.DateTimeField()


class LocalNode(Copy, StateModel):
    """A receiver in a district, from the first time that it does something with its copy."""

    pk = models.CompositePrimaryKey("district", "directive_id", "area_id")
    district = models.CharField(max_length=12)
    directive_id = models.UUIDField()
    area_id = models.UUIDField()


class Answer(models.Model):
    """A measure by which a receiver answers; `links` are {district, record_id, command}."""

    directive_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=500, default="", blank=True)
    links = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=48)

    class Meta:
        abstract = True


class UpperMeasure(Answer, ReferenceModel):
    """A measure of a receiver above the districts or of an organisation."""

    node = models.ForeignKey(UpperNode, on_delete=models.PROTECT, related_name="measures")

    class Meta:
        indexes = [models.Index(fields=["directive_id", "kind"], name="upper_measure_kind")]


class LocalMeasure(Answer, DistrictModel):
    """A measure of a receiver in a district."""

    area_id = models.UUIDField()
    path = PathField(max_length=160)

    class Meta:
        indexes = [
            models.Index(fields=["district", "directive_id", "area_id"], name="local_measure")
        ]


class NodeTally(StateModel):
    """How many receivers of a level below an area have come how far.

    Kept for each area from the receiver's own up to the district. `province` and `city` are the
    paths of the first two levels, so that above the districts the database adds up few rows.
    """

    key_fields: ClassVar[tuple[str, ...]] = ("district", "directive_id", "area_id", "level")
    plain: ClassVar[tuple[str, ...]] = ("rung", "province", "city")
    counters: ClassVar[tuple[str, ...]] = (
        "reached",
        "read",
        "acked",
        "acked_late",
        "passed",
        "acted",
        "acted_late",
        "ack_seconds",
        "pass_seconds",
        "notices",
        "requirements",
        "recall",
        "appeals",
        "care",
    )

    pk = models.CompositePrimaryKey("district", "directive_id", "area_id", "level")
    district = models.CharField(max_length=12)
    directive_id = models.UUIDField()
    area_id = models.UUIDField()
    level = models.SmallIntegerField()
    rung = models.SmallIntegerField()
    province = models.CharField(max_length=40, default="", blank=True)
    city = models.CharField(max_length=80, default="", blank=True)
    reached = models.IntegerField(default=0)
    read = models.IntegerField(default=0)
    acked = models.IntegerField(default=0)
    acked_late = models.IntegerField(default=0)
    passed = models.IntegerField(default=0)
    acted = models.IntegerField(default=0)
    acted_late = models.IntegerField(default=0)
    ack_seconds = models.BigIntegerField(default=0)
    pass_seconds = models.BigIntegerField(default=0)
    notices = models.IntegerField(default=0)
    requirements = models.IntegerField(default=0)
    recall = models.IntegerField(default=0)
    appeals = models.IntegerField(default=0)
    care = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["directive_id", "rung", "province", "city"], name="node_tally_up")
        ]


class Reminder(DistrictModel):
    """One reminder to one receiver, about all that waits for it."""

    area_id = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=48)
    waiting = models.SmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["district", "area_id", "at"], name="directive_reminder")]


class TaskRound(ReferenceModel):
    """One duty for each grid of some areas, with coverage like a round's.

    With `households` a grid is done when each of its live doors is done or excused.
    """

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=2_000, default="", blank=True)
    proof = models.CharField(max_length=6)
    households = models.BooleanField(default=False)
    unit = models.CharField(max_length=20, default="", blank=True)
    directive_id = models.UUIDField(null=True)
    first_day = models.DateField()
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=48)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["opened_at", "id"], name="task_list")]

    def __str__(self) -> str:
        return self.name


class TaskArea(ReferenceModel):
    """An area that a task round covers, with all that lies below it."""

    task = models.ForeignKey(TaskRound, on_delete=models.PROTECT, related_name="areas")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "area"], name="task_area")]


class TaskDistrict(DistrictModel):
    """A district's part in a task round; its `id` is the task's."""

    joined_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class TaskLine(StateModel):
    """Where a grid stands: one line of the ledger. `note` is free text, so it lies encrypted."""

    pk = models.CompositePrimaryKey("district", "task_id", "area_id")
    district = models.CharField(max_length=12)
    task_id = models.UUIDField()
    area_id = models.UUIDField()
    path = PathField(max_length=160)
    state = models.CharField(max_length=8, default=LineState.OPEN)
    note = SealedTextField(default="", blank=True)
    number = models.IntegerField(default=0)
    photo_id = models.UUIDField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)
    doors = models.IntegerField(default=0)
    doors_done = models.IntegerField(default=0)
    doors_excused = models.IntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=48, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "task_id", "state", "path"], name="task_line_list")
        ]


class TaskDoor(StateModel):
    """A door that is done or excused in a task round; a live door without a row is open."""

    pk = models.CompositePrimaryKey("district", "task_id", "household_id")
    district = models.CharField(max_length=12)
    task_id = models.UUIDField()
    household_id = models.UUIDField()
    area_id = models.UUIDField()
    excused = models.BooleanField(default=False)
    why = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=48)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(excused=False) | ~Q(why=""), name="task_door_reason")
        ]
        indexes = [models.Index(fields=["district", "task_id", "area_id"], name="task_door_grid")]


class TaskTally(StateModel):
    """Coverage of a task round in an area, kept on each level up to the district."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "task_id", "area_id")
    plain: ClassVar[tuple[str, ...]] = ("level", "path")
    counters: ClassVar[tuple[str, ...]] = (
        "grids",
        "done",
        "excused",
        "number",
        "doors",
        "doors_done",
        "doors_excused",
    )

    pk = models.CompositePrimaryKey("district", "task_id", "area_id")
    district = models.CharField(max_length=12)
    task_id = models.UUIDField()
    area_id = models.UUIDField()
    level = models.SmallIntegerField()
    path = PathField(max_length=160)
    grids = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    excused = models.IntegerField(default=0)
    number = models.BigIntegerField(default=0)
    doors = models.IntegerField(default=0)
    doors_done = models.IntegerField(default=0)
    doors_excused = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["task_id", "level"], name="task_tally_level")]
