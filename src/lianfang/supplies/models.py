"""Items, stock and requests; production orders; key places and what inspections found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lianfang.kernel.fields import (
    DistrictLink,
    DistrictModel,
    PathField,
    ReferenceModel,
    SealedTextField,
    StateModel,
)
from lianfang.supplies.rules import FindingState, RequestState


class SupplyItem(ReferenceModel):
    """A thing that is kept in stock: masks by the piece, disinfectant by the litre."""

    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=20)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_at=None), name="supply_item_name"
            ),
        ]


class Stock(StateModel):
    """How much of a lot of an item lies at a post."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "post_id", "item_id", "lot")

    pk = models.CompositePrimaryKey("district", "post_id", "item_id", "lot")
    district = models.CharField(max_length=12)
    post_id = models.UUIDField()
    item_id = models.UUIDField()
    lot = models.CharField(max_length=40, default="", blank=True)
    expires = models.DateField(null=True)
    quantity = models.IntegerField(default=0)


class StockLevel(StateModel):
    """The sum of an item at a post, and below which number somebody has to see to it."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "post_id", "item_id")

    pk = models.CompositePrimaryKey("district", "post_id", "item_id")
    district = models.CharField(max_length=12)
    post_id = models.UUIDField()
    item_id = models.UUIDField()
    path = PathField(max_length=200)
    quantity = models.IntegerField(default=0)
    low_at = models.IntegerField(null=True)
    low_open = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["district", "path"], name="stock_level_path")]


class StockMove(DistrictModel):
    """One change of the stock of a lot. To whom it was issued is kept by id alone."""

    post_id = models.UUIDField()
    item_id = models.UUIDField()
    lot = models.CharField(max_length=40, default="", blank=True)
    kind = models.CharField(max_length=8)
    change = models.IntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=48)
    why = models.CharField(max_length=120, default="", blank=True)
    receiver_kind = models.CharField(max_length=12, default="", blank=True)
    receiver_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "post_id", "item_id", "at"], name="stock_move_list"),
            models.Index(fields=["district", "receiver_id"], name="stock_move_receiver"),
        ]


class SupplyRequest(DistrictModel):
    """What a post asks for, and how far it has come. `giver_id` is the post that sends it."""

    area_id = models.UUIDField()
    path = PathField(max_length=200)
    post_id = models.UUIDField()
    giver_id = models.UUIDField(null=True)
    text = SealedTextField(default="", blank=True)
    state = models.CharField(max_length=10, default=RequestState.REQUESTED)
    wanted_by = models.DateTimeField()
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=48)
    decided_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "requested_at"], name="supply_request_list")
        ]


class RequestLine(DistrictModel):
    """One item of a request: asked for, approved, sent, received."""

    request_id = models.UUIDField()
    request = DistrictLink(SupplyRequest, "request_id")
    item_id = models.UUIDField()
    wanted = models.IntegerField()
    approved = models.IntegerField(null=True)
    sent = models.IntegerField(null=True)
    received = models.IntegerField(null=True)
    lots = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "request_id", "item_id"], name="request_line_item"
            )
        ]


class Production(DistrictModel):
    """An order that is worked off in stages. `stages` are their names, in the order of the line.

    `daily_target` is set where a factory makes as much as it can each day (S19).
    """

    area_id = models.UUIDField()
    path = PathField(max_length=200)
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=20)
    quantity = models.IntegerField(null=True)
    daily_target = models.IntegerField(null=True)
    stages = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    deadline = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "opened_at"], name="production_list")]


class StageCount(DistrictModel):
    """What a stage let out between two times, and with how many people."""

    production_id = models.UUIDField()
    production = DistrictLink(Production, "production_id")
    stage = models.SmallIntegerField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    out = models.IntegerField()
    spoilt = models.IntegerField(default=0)
    people = models.SmallIntegerField(default=0)
    actor = models.CharField(max_length=48)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "production_id", "stage", "from_at"], name="stage_count_list"
            )
        ]


class KeyPlace(DistrictModel):
    """An enterprise, a school, a market: a place that is inspected in a rhythm."""

    area_id = models.UUIDField()
    path = PathField(max_length=200)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=120, default="", blank=True)
    organisation_id = models.UUIDField(null=True)
    every_days = models.SmallIntegerField()
    checklist = models.JSONField(default=list)
    registered_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    due_open = models.BooleanField(default=False)
    findings = models.SmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "area_id", "name"],
                condition=Q(closed_at=None),
                name="key_place_name",
            )
        ]
        indexes = [models.Index(fields=["district", "next_at"], name="key_place_next")]


class Inspection(DistrictModel):
    """One inspection of a place: how many checks, how many of them were in order."""

    place_id = models.UUIDField()
    place = DistrictLink(KeyPlace, "place_id")
    at = models.DateTimeField()
    actor = models.CharField(max_length=48)
    checks = models.SmallIntegerField()
    good = models.SmallIntegerField()
    note = SealedTextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "place_id", "at"], name="inspection_place")]


class Finding(DistrictModel):
    """A check that was not in order, with the day by which it is to be mended, and the proof."""

    place_id = models.UUIDField()
    place = DistrictLink(KeyPlace, "place_id")
    inspection_id = models.UUIDField()
    check_name = models.CharField(max_length=80)
    note = SealedTextField(default="", blank=True)
    state = models.CharField(max_length=8, default=FindingState.OPEN)
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()
    proof = SealedTextField(default="", blank=True)
    mended_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "place_id", "state"], name="finding_place")]
