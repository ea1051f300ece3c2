"""Watches, their checks, referrals, and what a district chose for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.kernel.fields import (
    DistrictLink,
    DistrictModel,
    PathField,
    SealedTextField,
    StateModel,
)
from lianfang.people.models import Household, Person
from lianfang.watching.rules import LIVE_WATCHES, PURGE_DAYS, ReferralState, WatchState


class WatchChoice(StateModel):
    """What a district chose: step clocks of referrals (minutes by state), days until the purge."""

    district = models.CharField(max_length=12, primary_key=True)
    step_minutes = models.JSONField(default=dict)
    purge_days = models.SmallIntegerField(default=PURGE_DAYS)
    self_check = models.BooleanField(default=True)


class Watch(DistrictModel):
    """One person under watch. It says nothing of the case that somebody was in contact with.

    Checks are owed on the days from `from_day` up to the day before `until_day`, the day of
    release. `next_day`, `next_slot` with `opens_at`, `due_at`, `closes_at` are the earliest check
    not answered; they are empty while nothing is owed. After the purge `person_id` and what the
    checks found are gone, and the row counts on.
    """

    person_id = models.UUIDField(null=True)
    person = DistrictLink(Person, "person_id")
    household_id = models.UUIDField(null=True)
    household = DistrictLink(Household, "household_id")
    post_id = models.UUIDField(null=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default=WatchState.LIVE)
    reasons = models.JSONField(default=list)
    place = models.CharField(max_length=10)
    from_day = models.DateField()
    until_day = models.DateField()
    checks_a_day = models.SmallIntegerField(default=2)
    self_check = models.BooleanField(default=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    next_day = models.DateField(null=True)
    next_slot = models.SmallIntegerField(null=True)
    opens_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    # At the clinic: nothing is owed here until the result.
    away = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)
    release_asked = models.BooleanField(default=False)
    unwell = models.BooleanField(default=False)
    missed = models.SmallIntegerField(default=0)
    extended = models.SmallIntegerField(default=0)
    # The other side of a transfer: where it is offered to, or came from.
    to_district = models.CharField(max_length=12, default="", blank=True)
    to_path = PathField(max_length=160, default="", blank=True)
    from_district = models.CharField(max_length=12, default="", blank=True)
    from_watch_id = models.UUIDField(null=True)
    note = SealedTextField(default="", blank=True)
    purge_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person_id"],
                condition=Q(state__in=sorted(LIVE_WATCHES)) & Q(person_id__isnull=False),
                name="watch_person",
            ),
            models.UniqueConstraint(
                fields=["district", "from_watch_id"],
                condition=Q(from_watch_id__isnull=False),
                name="watch_from",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "opens_at"], name="watch_opens"),
            models.Index(fields=["district", "closes_at"], name="watch_closes"),
            models.Index(fields=["district", "state", "until_day"], name="watch_until"),
            models.Index(fields=["district", "household_id"], name="watch_household"),
            models.Index(fields=["district", "post_id", "state"], name="watch_post"),
            models.Index(fields=["district", "purge_at"], name="watch_purge"),
            models.Index(fields=["to_district", "state"], name="watch_incoming"),
        ]


class Check(DistrictModel):
    """One check: an owed one (`slot` from 1, once a day and slot) or an extra one (slot 0).

    A missed one has no reading; a reading that arrives for it later takes its place.
    """

    watch_id = models.UUIDField()
    watch = DistrictLink(Watch, "watch_id")
    day = models.DateField()
    slot = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8)
    tenths = models.SmallIntegerField(null=True)
    symptoms = models.JSONField(default=list)
    unwell = models.BooleanField(default=False)
    own = models.BooleanField(default=False)
    at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=48, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "watch_id", "day", "slot"],
                condition=Q(slot__gt=0),
                name="check_once",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "watch_id", "day"], name="check_watch"),
            models.Index(fields=["district", "day", "state"], name="check_day"),
        ]


class Referral(DistrictModel):
    """Somebody sent to a clinic, from the first fever to the result, a clock on each step.

    `due_at` is when the step from the present state is due; `steps` holds when each state began.
    """

    person_id = models.UUIDField(null=True)
    person = DistrictLink(Person, "person_id")
    household_id = models.UUIDField(null=True)
    household = DistrictLink(Household, "household_id")
    watch_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=8)
    state = models.CharField(max_length=12, default=ReferralState.OPENED)
    # Whom the duties of this referral are about: the person, or a traveller nobody knows yet.
    subject_id = models.UUIDField()
    clinic_id = models.UUIDField(null=True)
    clinic = models.CharField(max_length=120, default="", blank=True)
    transport = models.CharField(max_length=20, default="", blank=True)
    result = models.CharField(max_length=16, default="", blank=True)
    tenths = models.SmallIntegerField(null=True)
    symptoms = models.JSONField(default=list)
    note = SealedTextField(default="", blank=True)
    steps = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    purge_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "subject_id"],
                condition=Q(ended_at=None),
                name="referral_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "state", "due_at"], name="referral_board"),
            models.Index(fields=["district", "person_id"], name="referral_person"),
            models.Index(fields=["district", "purge_at"], name="referral_purge"),
        ]
