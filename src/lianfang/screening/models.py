"""Rounds, visits, readings, and the ledger of coverage."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from lianfang.areas.models import Area
from lianfang.kernel.fields import DistrictLink, DistrictModel, ReferenceModel, StateModel
from lianfang.people.models import Household
from lianfang.screening.rules import RoundState


class Round(ReferenceModel):
    """One pass over all households of its areas with one question set.

    `continues` names an earlier round: then only the doors that it left open are owed.
    Temperatures are kept in tenths of a degree; hours are counted from the server's clock.

    A daily round is a series of rounds, one for each local day: `series_id` is the id of the first,
    `until` the last day. The clock closes a day at midnight and opens the next.
    """

    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, default="", blank=True)
    first_day = models.DateField()
    last_day = models.DateField()
    questions = models.JSONField(default=list, blank=True)
    fever_tenths = models.SmallIntegerField(default=373)
    self_report = models.BooleanField(default=True)
    watched_origins = models.JSONField(default=list, blank=True)
    revisit_hours = models.SmallIntegerField(default=12)
    referral_hours = models.SmallIntegerField(default=2)
    continues = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    series_id = models.UUIDField(null=True, db_index=True)
    until = models.DateField(null=True)
    state = models.CharField(max_length=6, default=RoundState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=48)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class RoundArea(ReferenceModel):
    """An area that a round covers, with all that lies below it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="areas")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "area"], name="round_area")]


class RoundDistrict(DistrictModel):
    """A district's part in a round; its `id` is the round's."""

    state = models.CharField(max_length=6, default=RoundState.OPEN)
    joined_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=48, default="", blank=True)


class Visit(DistrictModel):
    """One visit to a door (its id is the record's). A corrected one is kept, superseded."""

    round_id = models.UUIDField()
    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    area_id = models.UUIDField()
    outcome = models.CharField(max_length=14)
    all_normal = models.BooleanField(default=False)
    fever = models.BooleanField(default=False)
    outsiders = models.JSONField(default=list, blank=True)
    stays = models.JSONField(default=list, blank=True)
    actor = models.CharField(max_length=48)
    occurred_at = models.DateTimeField()
    corrects_id = models.UUIDField(null=True)
    superseded_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "household_id", "occurred_at"], name="visit_door"),
        ]


class Reading(DistrictModel):
    """One person's check during a visit: temperature in tenths of a degree, and symptoms."""

    visit_id = models.UUIDField()
    person_id = models.UUIDField()
    tenths = models.SmallIntegerField(null=True)
    symptoms = models.JSONField(default=list, blank=True)
    fever = models.BooleanField(default=False)
    absent = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["district", "visit_id"], name="reading_visit")]


class Coverage(StateModel):
    """What counts of a door in a round: one line of the ledger.

    A door without a line is unvisited. When the round closes every door gets its line, with the
    owner of what is still open.
    """

    pk = models.CompositePrimaryKey("district", "round_id", "household_id")
    district = models.CharField(max_length=12)
    round_id = models.UUIDField()
    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    area_id = models.UUIDField()
    outcome = models.CharField(max_length=14)
    fever = models.BooleanField(default=False)
    outsiders = models.SmallIntegerField(default=0)
    visit_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=48, default="", blank=True)


class RoundTally(StateModel):
    """Coverage counters of an area in a round, kept on each level up to the district."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "round_id", "area_id")
    counters: ClassVar[tuple[str, ...]] = (
        "households",
        "met",
        "by_phone",
        "self_reported",
        "vacant",
        "moved_away",
        "nobody_home",
        "refused",
        "fever",
        "outsiders",
        "visits",
    )

    pk = models.CompositePrimaryKey("district", "round_id", "area_id")
    district = models.CharField(max_length=12)
    round_id = models.UUIDField()
    area_id = models.UUIDField()
    level = models.SmallIntegerField()
    households = models.IntegerField(default=0)
    met = models.IntegerField(default=0)
    by_phone = models.IntegerField(default=0)
    self_reported = models.IntegerField(default=0)
    vacant = models.IntegerField(default=0)
    moved_away = models.IntegerField(default=0)
    nobody_home = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    fever = models.IntegerField(default=0)
    outsiders = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["district", "round_id", "level"], name="round_tally_level"),
        ]
