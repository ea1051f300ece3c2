"""The kernel's tables: the journal, what was set aside, keys, duties, counters."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from lianfang.kernel.fields import DistrictModel, PathField, StateModel
from lianfang.kernel.rules import DutyState


class Stream(models.Model):
    """The last sequence number of each district's journal; '' is the stream of reference data."""

    district = models.CharField(max_length=12, primary_key=True)
    seq = models.BigIntegerField(default=0)


class Record(models.Model):
    """One accepted command. Append-only: no code path updates or deletes a row.

    `seq` counts without holes in the order of commits of the district; `ref_seq` is how far the
    reference stream stood, so that (ref_seq, district, seq) is an order in which a replay meets
    everything that the handler saw. `payload` is canonical JSON without the sealed parts, which
    lie in `sealed` as {subject: base64}.
    """

    pk = models.CompositePrimaryKey("district", "id")
    district = models.CharField(max_length=12)
    id = models.UUIDField()
    seq = models.BigIntegerField()
    ref_seq = models.BigIntegerField()
    command = models.CharField(max_length=64)
    version = models.SmallIntegerField()
    actor = models.CharField(max_length=48)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    area_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    payload = models.TextField()
    sealed = models.TextField(default="", blank=True)
    digest = models.BinaryField(max_length=16)
    result = models.TextField(default="", blank=True)
    mends_id = models.UUIDField(null=True)
    approved_by = models.CharField(max_length=48, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "seq"], name="record_order"),
        ]
        indexes = [
            models.Index(fields=["district", "subject_id", "seq"], name="record_subject"),
        ]


class SetAside(models.Model):
    """An entry that is not in the journal: refused, or held for the community lead to decide.

    Its whole content lies encrypted in `content`, since nobody vouched for what is in it.
    """

    class State(models.TextChoices):
        REFUSED = "refused"
        HELD = "held"
        ACCEPTED = "accepted"
        REJECTED = "rejected"
        MENDED = "mended"

    pk = models.CompositePrimaryKey("district", "id")
    district = models.CharField(max_length=12)
    id = models.UUIDField()
    state = models.CharField(max_length=8, choices=State.choices)
    command = models.CharField(max_length=64)
    actor = models.CharField(max_length=48)
    path = PathField(max_length=160, default="", blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    code = models.CharField(max_length=64)
    field = models.CharField(max_length=120, default="", blank=True)
    params = models.JSONField(default=dict)
    content = models.TextField()
    digest = models.BinaryField(max_length=16)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=48, default="", blank=True)
    why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "received_at"], name="set_aside_state"),
            models.Index(fields=["district", "actor", "received_at"], name="set_aside_actor"),
        ]


class SubjectKey(models.Model):
    """The wrapped key of one person or household; a row that is gone is content that is gone."""

    pk = models.CompositePrimaryKey("district", "subject_id")
    district = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    wrapped = models.BinaryField()


class Duty(DistrictModel):
    """Work that somebody owes by a time.

    It lies at a place (`path`), and is answered for at `held_path`, which begins there and climbs
    a level each time that the duty is overdue. `owner` is the actor who claimed it or to whom it
    was assigned; `context_id` is what it came out of (a round, a watch, an order).
    """

    kind = models.CharField(max_length=40)
    area_id = models.UUIDField()
    path = PathField(max_length=160)
    held_path = PathField(max_length=160)
    subject_kind = models.CharField(max_length=20, default="", blank=True)
    subject_id = models.UUIDField(null=True)
    context_id = models.UUIDField(null=True)
    priority = models.SmallIntegerField(default=0)
    details = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=DutyState.OPEN)
    owner = models.CharField(max_length=48, default="", blank=True)
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField()
    due_at = models.DateTimeField(null=True)
    climb_at = models.DateTimeField(null=True)
    climbs = models.SmallIntegerField(default=0)
    claim_minutes = models.IntegerField(default=120)
    claimed_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "held_path"], name="duty_held"),
            models.Index(fields=["district", "owner", "state"], name="duty_owner"),
            models.Index(fields=["district", "subject_id", "kind"], name="duty_subject"),
            models.Index(fields=["district", "state", "climb_at"], name="duty_climb"),
        ]


class DutyEvent(DistrictModel):
    """One step of a duty: what, who, when and why. Never rewritten."""

    duty_id = models.UUIDField()
    action = models.CharField(max_length=10)
    actor = models.CharField(max_length=48)
    owner = models.CharField(max_length=48, default="", blank=True)
    at = models.DateTimeField()
    why = models.CharField(max_length=200, default="", blank=True)
    record_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["district", "duty_id", "at"], name="duty_event_duty")]


class Tally(StateModel):
    """A counter: so many of `metric` in the area in the period (a day, or the id of a round)."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "period", "metric", "area_id")
    counters: ClassVar[tuple[str, ...]] = ("value",)

    pk = models.CompositePrimaryKey("district", "period", "metric", "area_id")
    district = models.CharField(max_length=12)
    period = models.CharField(max_length=36)
    metric = models.CharField(max_length=40)
    area_id = models.UUIDField()
    level = models.SmallIntegerField()
    value = models.BigIntegerField(default=0)
