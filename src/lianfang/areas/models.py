"""The area tree, named sets of areas, and grants. All of it is reference data."""

from __future__ import annotations

from django.db import models

from lianfang.areas.rules import Level, Role
from lianfang.kernel.fields import PathField, ReferenceModel

_BEGINS = "varchar_pattern_ops"


class Area(ReferenceModel):
    """A node of the tree. `path` is the codes from the root, each ended by a slash.

    A grid that was redrawn keeps its row, with an end date: what was recorded there stays there.
    `named` counts the grid workers whose grant is on this very area: 0 on a grid is a gap.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    level = models.SmallIntegerField(choices=[(level.value, level.name) for level in Level])
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children", db_constraint=False
    )
    path = PathField(max_length=160)
    district = models.CharField(max_length=12, default="", blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    named = models.IntegerField(default=0)
    boundary = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(valid_to=None), name="area_code"
            ),
        ]
        indexes = [
            # The few districts of a wide area are found among many thousand grids, and a name that
            # holds a text without reading whole rows.
            models.Index(fields=["level", "name"], name="area_level_name"),
            # The operator class finds beginnings and whole values alike: one index where Django's
            # own would be two, and the country is imported in less time.
            models.Index(fields=["code"], name="area_code_begins", opclasses=[_BEGINS]),
            models.Index(fields=["name"], name="area_name_begins", opclasses=[_BEGINS]),
            models.Index(fields=["path"], name="area_path_begins", opclasses=[_BEGINS]),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class AreaSet(ReferenceModel):
    """A functional area, such as a development zone: a named set of areas."""

    name = models.CharField(max_length=120, unique=True)
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class AreaSetMember(ReferenceModel):
    """One area of a set, with all that lies below it."""

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="members")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area_set", "area"], name="area_set_member")]


class Grant(ReferenceModel):
    """The standing permission of an account: a role in an area, for an organisation.

    `area` is null for the whole tree. A grant is ended, never deleted.
    """

    account_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.name) for role in Role])
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="grants")
    organisation_id = models.UUIDField(null=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=48)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=48, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "role", "area"],
                condition=models.Q(ended_at=None),
                name="grant_once",
            ),
        ]
