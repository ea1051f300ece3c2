"""What the room keeps: the figures of past days, and how a command post arranged its brief."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from lianfang.areas.models import Area
from lianfang.kernel.fields import ReferenceModel, StateModel


class DayFigures(StateModel):
    """The figures of an area as they stood when a day ended: {code of the figure: number}.

    Kept for the district, its streets and its communities. A figure that is not in it was 0; a
    day without a row was not kept (no clock ran that night).
    """

    key_fields: ClassVar[tuple[str, ...]] = ("district", "day", "area_id")

    pk = models.CompositePrimaryKey("district", "day", "area_id")
    district = models.CharField(max_length=12)
    day = models.DateField()
    area_id = models.UUIDField()
    level = models.SmallIntegerField()
    figures = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["district", "area_id", "day"], name="day_figures_area")]


class BriefLayout(ReferenceModel):
    """The groups that the brief of an area shows, in their order; the last word counts."""

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="+")
    groups = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=48)
