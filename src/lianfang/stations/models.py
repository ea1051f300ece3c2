"""Posts: the places where people stand duty."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.kernel.fields import DistrictModel
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
