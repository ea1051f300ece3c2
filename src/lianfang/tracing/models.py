"""Cases, presences, contacts, and the lists of the communities where contacts live."""

from __future__ import annotations

from django.db import models

from lianfang.kernel.fields import DistrictModel, PathField, SealedTextField
from lianfang.tracing.rules import (
    OBSERVATION_DAYS,
    CaseState,
    ContactState,
    Degree,
    ListingState,
    WindowRule,
)


class Case(DistrictModel):
    """A case, in the district of the area that follows it up.

    `person_id` is the registered person, if it is one; else `who` says who it is. `who` and
    `interview` are JSON, encrypted. `number` counts the district's cases.
    """

    number = models.IntegerField()
    area_id = models.UUIDField()
    path = PathField(max_length=200)
    person_id = models.UUIDField(null=True)
    household_id = models.UUIDField(null=True)
    who = SealedTextField(default="", blank=True)
    who_index = models.CharField(max_length=32, default="", blank=True)
    state = models.CharField(max_length=10, default=CaseState.SUSPECTED)
    asymptomatic = models.BooleanField(default=False)
    onset = models.DateField(null=True)
    sample = models.DateField(null=True)
    result = models.DateField(null=True)
    isolated = models.DateField(null=True)
    rule = models.CharField(max_length=6, default=WindowRule.NHC_5)
    first_day = models.DateField(null=True)
    setting = models.CharField(max_length=12, default="", blank=True)
    cluster = models.CharField(max_length=60, default="", blank=True)
    infected_by_id = models.UUIDField(null=True)
    interview = SealedTextField(default="", blank=True)
    import_key = models.CharField(max_length=32, default="", blank=True)
    opened_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "state", "opened_at"], name="case_state"),
            models.Index(fields=["district", "number"], name="case_number"),
            models.Index(fields=["district", "person_id"], name="case_person"),
            models.Index(fields=["district", "infected_by_id"], name="case_infected_by"),
            models.Index(fields=["district", "cluster"], name="case_cluster"),
            models.Index(fields=["district", "import_key"], name="case_import"),
        ]


class Spot(DistrictModel):
    """A place that an interview names, or a vehicle: the same name in an area is the same place."""

    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    area_id = models.UUIDField(null=True)


class Presence(DistrictModel):
    """A person at a place for a part of one day; a longer stay has a row for each day.

    `person_id` is a registered person, a case that is not one, or a stand-in for a traveller of
    whom only `who` (JSON, encrypted) is known. Both indexes hold all that the search for contacts
    reads, so that it never goes to the table itself.
    """

    person_id = models.UUIDField()
    place_kind = models.CharField(max_length=10)
    place_id = models.UUIDField()
    day = models.DateField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    seat_row = models.SmallIntegerField(null=True)
    source = models.CharField(max_length=10)
    source_id = models.UUIDField()
    who = SealedTextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "person_id", "day", "place_id", "from_at", "to_at"],
                name="presence_person",
            ),
            models.Index(
                fields=["district", "place_id", "day", "from_at", "to_at", "person_id"],
                name="presence_place",
            ),
        ]


class Contact(DistrictModel):
    """A contact of a case, once for each person; it stays in the district of the case.

    `key` tells one person from another. `hop` counts the lists it was sent to; `list_district`
    is where the current one is. `away` says that another district still has to be told or to
    answer. `who` is JSON, encrypted: name, phone, address, as the interview gave them.
    """

    case_id = models.UUIDField()
    key = models.CharField(max_length=34)
    person_id = models.UUIDField(null=True)
    who = SealedTextField(default="", blank=True)
    degree = models.CharField(max_length=8, default=Degree.CLOSE)
    basis = models.CharField(max_length=10)
    last_day = models.DateField(null=True)
    community_id = models.UUIDField(null=True)
    list_district = models.CharField(max_length=12, default="", blank=True)
    state = models.CharField(max_length=8, default=ContactState.TO_SEND)
    hop = models.SmallIntegerField(default=0)
    away = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=6, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    found_person_id = models.UUIDField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "case_id", "key"], name="contact_once"),
        ]
        indexes = [
            models.Index(fields=["district", "state", "named_at"], name="contact_state"),
            models.Index(fields=["district", "away"], name="contact_away"),
            models.Index(fields=["district", "person_id"], name="contact_person"),
            models.Index(fields=["district", "found_person_id"], name="contact_found"),
        ]


class Listing(DistrictModel):
    """A contact on the list of a community; its id is the contact's.

    It says nothing of the case: not which, not where, not in what way they met.
    """

    origin = models.CharField(max_length=12)
    hop = models.SmallIntegerField(default=1)
    community_id = models.UUIDField()
    area_id = models.UUIDField()
    path = PathField(max_length=200)
    household_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    who = SealedTextField(default="", blank=True)
    degree = models.CharField(max_length=8)
    last_day = models.DateField(null=True)
    days = models.SmallIntegerField(default=OBSERVATION_DAYS)
    state = models.CharField(max_length=10, default=ListingState.OPEN)
    outcome = models.CharField(max_length=6, default="", blank=True)
    note = SealedTextField(default="", blank=True)
    next_community_id = models.UUIDField(null=True)
    watched = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=48, default="", blank=True)
    reported = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["district", "community_id", "state", "due_at"], name="listing_of"),
            models.Index(fields=["district", "state", "reported"], name="listing_report"),
            models.Index(fields=["district", "path"], name="listing_path"),
            models.Index(fields=["district", "person_id"], name="listing_person"),
        ]
