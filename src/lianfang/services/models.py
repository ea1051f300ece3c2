"""Catalogue, shops, orders, money, and standing care."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianfang.kernel.fields import DistrictLink, DistrictModel, SealedTextField, StateModel
from lianfang.people.models import Household
from lianfang.services.rules import OrderState, Payer


class Desk(StateModel):
    """What a community chose for its services; without a row the defaults hold."""

    pk = models.CompositePrimaryKey("district", "community_id")
    district = models.CharField(max_length=12)
    community_id = models.UUIDField()
    bind_first = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, default="", blank=True)


class ServiceKind(StateModel):
    """A kind of service as a community keeps it; it takes the place of the built-in one."""

    pk = models.CompositePrimaryKey("district", "community_id", "code")
    district = models.CharField(max_length=12)
    community_id = models.UUIDField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    buys = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    due_hours = models.SmallIntegerField(default=24)
    claim_minutes = models.SmallIntegerField(default=120)
    most = models.SmallIntegerField(default=20)
    per_day = models.SmallIntegerField(default=3)
    offered = models.BooleanField(default=True)


class Shop(DistrictModel):
    """Where helpers buy for a community; a point where it is known (degrees, WGS 84)."""

    community_id = models.UUIDField()
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=200, default="", blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    opens = models.SmallIntegerField(default=480)
    closes = models.SmallIntegerField(default=1200)
    used = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["district", "community_id"], name="shop_community")]


class Order(DistrictModel):
    """An order of a household; its id is the id of the record that placed it.

    Amounts are in fen. What says who wants what is encrypted: items (JSON), note, contact, reason.
    `carrier` is the owner of the duty `duty_id`; `reason` the last word of the desk or household.
    """

    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    area_id = models.UUIDField()
    community_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=OrderState.ORDERED)
    items = SealedTextField(default="", blank=True)
    note = SealedTextField(default="", blank=True)
    contact = SealedTextField(default="", blank=True)
    phone = SealedTextField(default="", blank=True)
    reason = SealedTextField(default="", blank=True)
    units = models.SmallIntegerField(default=1)
    wanted_from = models.DateTimeField(null=True)
    wanted_until = models.DateTimeField(null=True)
    ceiling_fen = models.IntegerField(null=True)
    payer = models.CharField(max_length=10, default=Payer.HOUSEHOLD)
    priority = models.SmallIntegerField(default=0)
    why = models.JSONField(default=list, blank=True)
    shop_id = models.UUIDField(null=True)
    duty_id = models.UUIDField(null=True)
    carrier = models.CharField(max_length=48, default="", blank=True)
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=48)
    due_at = models.DateTimeField(null=True)
    price_fen = models.IntegerField(null=True)
    paid_fen = models.IntegerField(default=0)
    refund_fen = models.IntegerField(default=0)
    receipt_id = models.UUIDField(null=True)
    door_photo_id = models.UUIDField(null=True)
    bought_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    reopened = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "community_id", "state", "ordered_at"], name="order_board"
            ),
            models.Index(fields=["district", "household_id", "ordered_at"], name="order_door"),
            models.Index(fields=["district", "duty_id"], name="order_duty"),
            models.Index(fields=["district", "carrier", "state"], name="order_carrier"),
        ]


class MoneyEntry(DistrictModel):
    """One movement of money, never changed. `holder` is a helper's ref, or '' for the desk."""

    community_id = models.UUIDField()
    kind = models.CharField(max_length=8)
    holder = models.CharField(max_length=48, default="", blank=True)
    order_id = models.UUIDField(null=True)
    fen = models.IntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=48)
    note = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "community_id", "day"], name="money_day"),
            models.Index(fields=["district", "holder"], name="money_holder"),
        ]


class Care(StateModel):
    """Standing care of one household: isolation, the rhythm of visits, when it was last seen.

    `due_duty_id` and `alarm_duty_id` are the duties that the clock has opened and that are live.
    """

    pk = models.CompositePrimaryKey("district", "household_id")
    district = models.CharField(max_length=12)
    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    area_id = models.UUIDField()
    isolated_until = models.DateField(null=True)
    asked_at = models.DateTimeField(null=True)
    every_days = models.SmallIntegerField(null=True)
    unseen_days = models.SmallIntegerField(null=True)
    note = SealedTextField(default="", blank=True)
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    next_visit_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)
    visit_open = models.BooleanField(default=False)
    alarm_open = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["district", "next_visit_at"], name="care_next"),
            models.Index(fields=["district", "alarm_at"], name="care_alarm"),
            models.Index(fields=["district", "area_id"], name="care_area"),
        ]


class Need(DistrictModel):
    """What a household needs: once, or standing until it is ended."""

    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    area_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    standing = models.BooleanField(default=False)
    note = SealedTextField(default="", blank=True)
    recorded_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "household_id"], name="need_open", condition=Q(ended_at=None)
            ),
        ]


class Run(DistrictModel):
    """What one helper shall carry, as it was planned; replaced by the next plan unless begun."""

    community_id = models.UUIDField()
    helper = models.CharField(max_length=48)
    planned_at = models.DateTimeField()
    metres = models.IntegerField(default=0)
    replaced = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["district", "community_id", "replaced"], name="run_community"),
            models.Index(fields=["district", "helper", "replaced"], name="run_helper"),
        ]


class RunStop(DistrictModel):
    """One stop of a run: at a shop (with all that is fetched there), or at a door."""

    run_id = models.UUIDField()
    number = models.SmallIntegerField()
    shop_id = models.UUIDField(null=True)
    orders = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["district", "run_id", "number"], name="run_stop")]


class DoorCard(StateModel):
    """What became of a door's card: its number, and whether no card opens the door at all.

    A door without a row has card number 0, which works.
    """

    pk = models.CompositePrimaryKey("district", "household_id")
    district = models.CharField(max_length=12)
    household_id = models.UUIDField()
    serial = models.SmallIntegerField(default=0)
    stopped = models.BooleanField(default=False)
    bound_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()


class Ask(DistrictModel):
    """Something that a household asks the community, with the answer; both encrypted."""

    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    area_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    text = SealedTextField(default="", blank=True)
    answer = SealedTextField(default="", blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=48, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "household_id", "asked_at"], name="ask_door"),
            models.Index(fields=["district", "answered_at", "asked_at"], name="ask_open"),
        ]
