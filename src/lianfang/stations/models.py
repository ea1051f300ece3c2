"""Posts, who passed them, and what was counted there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.kernel.fields import DistrictLink, DistrictModel, SealedTextField, StateModel
from lianfang.stations.rules import FEVER, PostState


class Post(DistrictModel):
    """A place where people stand duty: a gate, a checkpoint, a clinic, an observation site.

    `team_id` is the organisation that runs it (a joint command shares several posts); `fever` is
    the temperature, in tenths of °C, from which a reading here is one.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=120, default="", blank=True)
    team_id = models.UUIDField(null=True)
    fever = models.SmallIntegerField(default=FEVER)
    state = models.CharField(max_length=8, default=PostState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "area", "name"],
                condition=Q(state=PostState.OPEN),
                name="post_name",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "kind"], name="post_list"),
            models.Index(fields=["district", "team_id"], name="post_team"),
        ]

    @property
    def path(self) -> str:
        """Return the scope path of this post (needs `area` loaded)."""
        return str(self.area.path)


class Vehicle(DistrictModel):
    """A vehicle as one post remembers it. Its key seals its plate in the journal."""

    post_id = models.UUIDField()
    plate = SealedTextField(default="", blank=True)
    plate_index = models.CharField(max_length=32)
    passages = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    last_passage_id = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["district", "post_id", "plate_index"], name="vehicle_plate"),
            models.Index(fields=["district", "last_at"], name="vehicle_forget"),
        ]


class Traveller(DistrictModel):
    """Somebody as one post remembers him. Its key seals name, number and document in the journal.

    `person_id` leads to the person of this district, where the number or document tells him.
    """

    post_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    household_id = models.UUIDField(null=True)
    name = SealedTextField(default="", blank=True)
    phone = SealedTextField(default="", blank=True)
    phone_index = models.CharField(max_length=32, default="", blank=True)
    id_kind = models.CharField(max_length=10, default="", blank=True)
    id_number = SealedTextField(default="", blank=True)
    id_index = models.CharField(max_length=32, default="", blank=True)
    passages = models.IntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["district", "post_id", "phone_index"], name="traveller_phone"),
            models.Index(fields=["district", "post_id", "id_index"], name="traveller_document"),
            models.Index(fields=["district", "person_id"], name="traveller_person"),
            models.Index(fields=["district", "last_at"], name="traveller_forget"),
        ]


class Passage(DistrictModel):
    """A vehicle or a walker that passed a post; its id is the id of the record.

    `fevers` counts those of its people whose reading was one; `people` counts all.
    """

    post_id = models.UUIDField()
    area_id = models.UUIDField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=48)
    direction = models.CharField(max_length=3)
    vehicle_id = models.UUIDField(null=True)
    vehicle = DistrictLink(Vehicle, "vehicle_id")
    from_place = models.CharField(max_length=80, default="", blank=True)
    to_place = models.CharField(max_length=80, default="", blank=True)
    people = models.SmallIntegerField()
    fevers = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["district", "post_id", "at"], name="passage_post"),
            models.Index(fields=["district", "vehicle_id"], name="passage_vehicle"),
        ]


class PassageLine(DistrictModel):
    """One traveller of a passage, with the temperature in tenths of °C."""

    passage_id = models.UUIDField()
    passage = DistrictLink(Passage, "passage_id")
    number = models.SmallIntegerField()
    at = models.DateTimeField()
    traveller_id = models.UUIDField(null=True)
    traveller = DistrictLink(Traveller, "traveller_id")
    person_id = models.UUIDField(null=True)
    tenths = models.SmallIntegerField(null=True)
    fever = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["district", "passage_id"], name="line_passage"),
            models.Index(fields=["district", "traveller_id", "at"], name="line_traveller"),
            models.Index(fields=["district", "person_id", "at"], name="line_person"),
        ]


class CrowdCount(DistrictModel):
    """What somebody counted at a post since the last count; `waiting` is how many stand there."""

    post_id = models.UUIDField()
    at = models.DateTimeField()
    entered = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    waiting = models.IntegerField(null=True)
    actor = models.CharField(max_length=48)

    class Meta:
        indexes = [models.Index(fields=["district", "post_id", "at"], name="crowd_post")]


class PostHour(StateModel):
    """The counters of a post in one hour (UTC)."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "post_id", "hour")
    counters: ClassVar[tuple[str, ...]] = (
        "passages",
        "people",
        "fevers",
        "people_in",
        "people_out",
        "crowd_in",
        "crowd_out",
    )

    pk = models.CompositePrimaryKey("district", "post_id", "hour")
    district = models.CharField(max_length=12)
    post_id = models.UUIDField()
    hour = models.DateTimeField()
    passages = models.IntegerField(default=0)
    people = models.IntegerField(default=0)
    fevers = models.IntegerField(default=0)
    people_in = models.IntegerField(default=0)
    people_out = models.IntegerField(default=0)
    crowd_in = models.IntegerField(default=0)
    crowd_out = models.IntegerField(default=0)
