"""Credentials of devices. No journal state: a replay does not make them."""

from __future__ import annotations

from django.db import models

from lianfang.doors.imports.models import ImportJob, ImportMemory
from lianfang.kernel.ids import new_id
from lianfang.people.models import Account

__all__ = ["Device", "ImportJob", "ImportMemory"]


class Device(models.Model):
    """A phone on which somebody has logged in.

    It holds two secrets, of which only hashes are kept here. With `up_hash`'s it may hand in its
    outbox, even while it is locked; with `read_hash`'s too it may read, until `lost_at` is set.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    name = models.CharField(max_length=80, default="", blank=True)
    up_hash = models.CharField(max_length=64)
    read_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True)
    lost_by = models.CharField(max_length=48, default="", blank=True)
    # How far its clock was off (device minus server), and what it said it still had to send.
    clock_seconds = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    version = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "made_at"], name="device_account")]
