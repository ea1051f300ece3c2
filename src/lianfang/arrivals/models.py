"""Manifests and passengers, triage rules, sites with rooms, and who lies in which bed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.arrivals.rules import ManifestState, PassengerState, SiteState
from lianfang.kernel.fields import DistrictLink, DistrictModel, SealedTextField


class Manifest(DistrictModel):
    """A flight, train or coach whose passengers are received at a community.

    `heads` is the head count at the gate, by whoever counted last.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    vehicle = models.CharField(max_length=40)
    mode = models.CharField(max_length=10)
    origin = models.CharField(max_length=80, default="", blank=True)
    arrives_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=ManifestState.OPEN)
    heads = models.IntegerField(null=True)
    heads_at = models.DateTimeField(null=True)
    rule_set_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "arrives_at"], name="manifest_list"),
        ]


class Passenger(DistrictModel):
    """One line of a manifest. Names and documents go with the person's purge.

    `temperature` in tenths of °C; `symptoms` are codes of screening. `rule` is the number of the
    rule (from 0) that has sent the passenger to `destination`, `group` that rule's risk group.
    """

    manifest_id = models.UUIDField()
    manifest = DistrictLink(Manifest, "manifest_id")
    person_id = models.UUIDField()
    state = models.CharField(max_length=8, default=PassengerState.EXPECTED)
    extra = models.BooleanField(default=False)
    double_of_id = models.UUIDField(null=True)
    name = models.CharField(max_length=80, default="", blank=True)
    name_latin = models.CharField(max_length=80, default="", blank=True)
    sex = models.CharField(max_length=8, default="", blank=True)
    age = models.SmallIntegerField(null=True)
    phone = SealedTextField(default="", blank=True)
    id_kind = models.CharField(max_length=10, default="", blank=True)
    id_number = SealedTextField(default="", blank=True)
    id_index = models.CharField(max_length=32, default="", blank=True)
    nationality = models.CharField(max_length=40, default="", blank=True)
    place_from = models.CharField(max_length=80, default="", blank=True)
    onward = models.CharField(max_length=80, default="", blank=True)
    seat = models.CharField(max_length=10, default="", blank=True)
    # A seat in an order that people expect: 2A before 10A.
    seat_key = models.CharField(max_length=16, default="", blank=True)
    family = models.CharField(max_length=40, default="", blank=True)
    accessible = models.BooleanField(default=False)
    temperature = models.SmallIntegerField(null=True)
    symptoms = models.JSONField(default=list, blank=True)
    destination = models.CharField(max_length=10, default="", blank=True)
    rule = models.SmallIntegerField(null=True)
    group = models.CharField(max_length=20, default="", blank=True)
    days = models.SmallIntegerField(default=0)
    checks = models.SmallIntegerField(default=0)
    reason = models.CharField(max_length=12, default="", blank=True)
    decided = models.CharField(max_length=10, default="", blank=True)
    placed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["district", "manifest_id", "seat_key"], name="passenger_list"),
            models.Index(fields=["district", "person_id"], name="passenger_person"),
        ]


class RuleSet(DistrictModel):
    """One version of an area's triage rules, never changed; the last one of an area counts.

    `tried` says on which manifest it was tried before it was adopted, and with what counts.
    """

    area_id = models.UUIDField()
    version = models.SmallIntegerField()
    rules = models.JSONField(default=list)
    tried = models.JSONField(default=dict, blank=True)
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=48)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "area_id", "version"], name="rule_set_version"
            ),
        ]


class Site(DistrictModel):
    """A post of `stations` (of the same id) where people stay: hospital, hotel, observation site.

    `team_id` is its own temporary organisation; `staff` how many work there.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    takes = models.CharField(max_length=10)
    team_id = models.UUIDField(null=True)
    staff = models.IntegerField(default=0)
    state = models.CharField(max_length=8, default=SiteState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "state", "takes"], name="site_list")]


class Room(DistrictModel):
    """A room of a site with so many beds; one out of use takes nobody new."""

    site_id = models.UUIDField()
    site = DistrictLink(Site, "site_id")
    building = models.CharField(max_length=20, default="", blank=True)
    floor = models.SmallIntegerField(default=1)
    label = models.CharField(max_length=20)
    beds = models.SmallIntegerField()
    accessible = models.BooleanField(default=False)
    used = models.BooleanField(default=True)
    note = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "site_id", "building", "label"], name="room_label"
            ),
        ]


class Stay(DistrictModel):
    """Somebody in a bed (or at home: no site), from then until then.

    Two live stays never name one bed, nor one person. `party` is the family by which a room is
    shared, `table` where somebody eats.
    """

    person_id = models.UUIDField()
    passenger_id = models.UUIDField(null=True)
    manifest_id = models.UUIDField(null=True)
    area_id = models.UUIDField()
    destination = models.CharField(max_length=10)
    site_id = models.UUIDField(null=True)
    site = DistrictLink(Site, "site_id")
    room_id = models.UUIDField(null=True)
    room = DistrictLink(Room, "room_id")
    bed = models.SmallIntegerField(null=True)
    sex = models.CharField(max_length=8, default="", blank=True)
    group = models.CharField(max_length=20, default="", blank=True)
    party = models.CharField(max_length=80, default="", blank=True)
    table = models.CharField(max_length=20, default="", blank=True)
    diets = models.JSONField(default=list, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "room_id", "bed"],
                condition=Q(until=None) & ~Q(room_id=None),
                name="stay_bed",
            ),
            models.UniqueConstraint(
                fields=["district", "person_id"], condition=Q(until=None), name="stay_person"
            ),
        ]
        indexes = [
            models.Index(fields=["district", "site_id", "until"], name="stay_site"),
            models.Index(fields=["district", "room_id"], name="stay_room"),
            models.Index(fields=["district", "person_id", "since"], name="stay_history"),
        ]


class StayNote(DistrictModel):
    """A word about somebody who stays at a site: comfort, a wish, what was brought."""

    person_id = models.UUIDField()
    site_id = models.UUIDField(null=True)
    text = SealedTextField(default="", blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=48)

    class Meta:
        indexes = [models.Index(fields=["district", "person_id", "at"], name="stay_note")]
