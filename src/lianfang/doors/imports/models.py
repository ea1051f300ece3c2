"""What the doors keep for operators: imports under way, and what communities have taught them.

None of it is state that the journal makes: an import's records are, and they name no job.
"""

from __future__ import annotations

from django.db import models

from lianfang.areas.models import Area
from lianfang.kernel.fields import PathField, SealedTextField
from lianfang.kernel.ids import new_id


class ImportJob(models.Model):
    """One file on its way in.

    The file lies encrypted in the data folder under `wrapped_key`; both go after some days.
    `position` is the last row of the file whose commands are in the journal: it is written in one
    transaction with them. `samples` (sealed: it names people) is what the check found, as JSON.
    """

    class State(models.TextChoices):
        MAPPING = "mapping"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    area_path = PathField(max_length=160)
    # '' for an operator at a shell.
    account_id = models.UUIDField(null=True)
    language = models.CharField(max_length=10)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    wrapped_key = models.BinaryField(null=True)
    # Set when the file holds rows that an earlier import gave back.
    batch = models.CharField(max_length=64, default="", blank=True)
    sheet = models.CharField(max_length=120, default="", blank=True)
    header_row = models.IntegerField(null=True)
    # Column (from 0) -> field, as the sender confirmed it.
    columns = models.JSONField(default=dict)
    complete = models.BooleanField(default=False)
    close_missing = models.BooleanField(default=False)
    # "grid:<word>" or "building:<label>" -> area id, as the sender chose.
    places = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAPPING)
    problem = models.CharField(max_length=300, default="", blank=True)
    counts = models.JSONField(default=dict)
    samples = SealedTextField(default="", blank=True)
    expected_rows = models.IntegerField(null=True)
    position = models.IntegerField(default=0)
    returned_rows = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    files_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area_path", "made_at"], name="import_area")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.filename}"


class ImportMemory(models.Model):
    """What an area's files call things: titles of columns, and words for grids and buildings."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    titles = models.JSONField(default=dict)
    places = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "kind"], name="import_memory_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.area_id}"
