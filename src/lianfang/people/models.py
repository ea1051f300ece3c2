"""Households, persons, organisations, memberships, accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.kernel.fields import (
    DistrictLink,
    DistrictModel,
    ReferenceModel,
    SealedTextField,
)
from lianfang.people.rules import HouseholdState, PersonState, Sex


class Household(DistrictModel):
    """A door: building, unit, floor and room inside a grid (or in a community not yet divided)."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    community_id = models.UUIDField()
    area_code = models.CharField(max_length=40)
    building = models.CharField(max_length=40, default="", blank=True)
    unit = models.CharField(max_length=20, default="", blank=True)
    floor = models.SmallIntegerField(null=True)
    room = models.CharField(max_length=40)
    address_key = models.CharField(max_length=104)
    sort_key = models.CharField(max_length=200)
    state = models.CharField(max_length=8, default=HouseholdState.LIVE)
    persons = models.SmallIntegerField(default=0)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=200, default="", blank=True)
    merged_into_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "community_id", "address_key"],
                condition=Q(state=HouseholdState.LIVE),
                name="household_door",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "area", "state", "sort_key"], name="household_list"),
        ]

    @property
    def label(self) -> str:
        """Return the door as people say it, such as '3-2-501' or '15'."""
        return "-".join(part for part in (self.building, self.unit, self.room) if part)

    @property
    def path(self) -> str:
        """Return the scope path of this door (needs `area` loaded)."""
        return f"{self.area.path}{self.id.hex}/"


class Person(DistrictModel):
    """A human being, resident or helper or both; one row, in the district of residence."""

    household_id = models.UUIDField(null=True)
    household = DistrictLink(Household, "household_id")
    community_id = models.UUIDField()
    name = models.CharField(max_length=80, default="", blank=True)
    sex = models.CharField(max_length=8, default=Sex.UNKNOWN, blank=True)
    born = models.DateField(null=True)
    relation = models.CharField(max_length=20, default="", blank=True)
    phone = SealedTextField(default="", blank=True)
    phone_index = models.CharField(max_length=32, default="", blank=True)
    id_kind = models.CharField(max_length=10, default="", blank=True)
    id_number = SealedTextField(default="", blank=True)
    id_index = models.CharField(max_length=32, default="", blank=True)
    care = models.JSONField(default=list, blank=True)
    skills = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, default=PersonState.LIVE)
    registered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "id_index"],
                condition=~Q(id_index="") & Q(state=PersonState.LIVE),
                name="person_identity",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "household_id"], name="person_household"),
            models.Index(fields=["district", "community_id", "name"], name="person_name"),
            models.Index(fields=["district", "phone_index"], name="person_phone"),
        ]


class Organisation(ReferenceModel):
    """A unit, permanent or temporary. `path` is the ids from the root, each ended by a slash."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, default="", blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="units")
    path = models.CharField(max_length=400)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "parent"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="organisation_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationArea(ReferenceModel):
    """An area that an organisation serves."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="served")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "area"], condition=Q(until=None), name="organisation_area"
            ),
        ]


class Membership(DistrictModel):
    """A person in an organisation over time, in the district of the person."""

    person_id = models.UUIDField()
    person = DistrictLink(Person, "person_id")
    organisation_id = models.UUIDField()
    title = models.CharField(max_length=60, default="", blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person_id", "organisation_id"],
                condition=Q(until=None),
                name="membership_once",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "organisation_id"], name="membership_organisation")
        ]


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by their login name."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account of that login name, whatever the case of its letters."""
        return self.get(username__iexact=username)


class Account(AbstractBaseUser, ReferenceModel):
    """Somebody who can log in. Made by a command; its credentials are no part of the journal."""

    not_replayed: ClassVar[frozenset[str]] = frozenset({"password", "last_login", "language"})

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    person_district = models.CharField(max_length=12, default="", blank=True)
    person_id = models.UUIDField(null=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="", blank=True)

    objects: ClassVar[Any] = Accounts()

    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name


class AccessLink(models.Model):
    """A one-time link by which a helper logs in; a credential, so outside the journal."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=48)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A token for the API; only its hash is kept."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class LoginTry(models.Model):
    """Wrong log-ins of one account name or address, by which the next ones are slowed."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.IntegerField(default=0)
    last_at = models.DateTimeField()
