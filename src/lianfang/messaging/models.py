"""Notices and the channels that carry them; what a community tells, and who has taken it in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from lianfang.areas.models import Area
from lianfang.kernel.fields import (
    DistrictLink,
    DistrictModel,
    PathField,
    ReferenceModel,
    SealedTextField,
    StateModel,
)
from lianfang.messaging.rules import (
    Audience,
    BulletinKind,
    LetterState,
    MessageState,
    Reached,
    Severity,
    Verdict,
)
from lianfang.people.models import Household, Organisation


class Notice(DistrictModel):
    """Something that one account, or the groups that follow a place, should know.

    `kind` gives the words, `about` (a name without personal data) and `count` fill them;
    `subject_id` and `subject_district` say where it opens. What was read, and what was handed to
    channels, is no fact of the response: the journal does not hold it.
    """

    not_replayed: ClassVar[frozenset[str]] = frozenset({"read_at", "routed_at"})

    account_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40)
    topic = models.CharField(max_length=12)
    urgent = models.BooleanField(default=False)
    about = models.CharField(max_length=120, default="", blank=True)
    text = models.CharField(max_length=600, default="", blank=True)
    count = models.IntegerField(default=1)
    area_id = models.UUIDField(null=True)
    path = PathField(max_length=200, default="", blank=True)
    organisation_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    routed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "account_id", "-at"], name="notice_account"),
            models.Index(
                fields=["district", "account_id"],
                name="notice_unread",
                condition=Q(read_at=None),
            ),
            models.Index(
                fields=["district", "at"], name="notice_unrouted", condition=Q(routed_at=None)
            ),
        ]


class Channel(ReferenceModel):
    """A way to an account, or to a group that follows an area or an organisation.

    Its address and key lie apart in `ChannelSecret`: a credential is no part of the journal.
    """

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    account_id = models.UUIDField(null=True)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    topics = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default="", blank=True)
    interval = models.SmallIntegerField(default=15)
    per_hour = models.SmallIntegerField(default=4)
    digest_at = models.TimeField(null=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    urgent_only = models.BooleanField(default=False)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=48)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id"], name="channel_account")]


class ChannelSecret(models.Model):
    """Where a channel leads (a robot's key, an address, a number) and what signs; encrypted."""

    channel_id = models.UUIDField(primary_key=True)
    address = SealedTextField(default="", blank=True)
    key = SealedTextField(default="", blank=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=48)


class ChannelPace(models.Model):
    """The turn of a channel: a worker that packs a message moves it on, and another can't."""

    channel_id = models.UUIDField(primary_key=True)
    turn = models.BigIntegerField(default=0)


class Message(models.Model):
    """One message to one channel; its words are made when it is sent, and not kept."""

    id = models.UUIDField(primary_key=True)
    channel_id = models.UUIDField()
    state = models.CharField(max_length=8, default=MessageState.READY)
    urgent = models.BooleanField(default=False)
    notices = models.IntegerField(default=0)
    again = models.BooleanField(default=False)
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=20, default="", blank=True)
    detail = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["channel_id", "made_at"], name="message_channel"),
            models.Index(
                fields=["next_at"],
                name="message_open",
                condition=Q(state__in=[MessageState.READY, MessageState.SENDING]),
            ),
        ]


class Letter(models.Model):
    """A notice in the queue of one channel."""

    pk = models.CompositePrimaryKey("channel_id", "district", "notice_id")
    channel_id = models.UUIDField()
    district = models.CharField(max_length=12)
    notice_id = models.UUIDField()
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, default=LetterState.WAITING)
    message_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["channel_id", "at"],
                name="letter_waiting",
                condition=Q(state=LetterState.WAITING),
            ),
            models.Index(fields=["message_id"], name="letter_message"),
        ]


class Bulletin(DistrictModel):
    """Something that is told: an announcement, a tip, an answer to a question or a rumour.

    `path` is the area's; whoever lives or works below it is told. `doors` names single households
    instead. What is told above the districts has a row of the same id in each of them.
    """

    kind = models.CharField(max_length=8, default=BulletinKind.NOTICE)
    title = models.CharField(max_length=120)
    text = models.TextField(default="", blank=True)
    source = models.CharField(max_length=300, default="", blank=True)
    verdict = models.CharField(max_length=10, default=Verdict.NONE, blank=True)
    audience = models.CharField(max_length=12, default=Audience.HOUSEHOLDS)
    severity = models.CharField(max_length=8, default=Severity.MINOR)
    area_id = models.UUIDField()
    path = PathField(max_length=160)
    organisation_id = models.UUIDField(null=True)
    duty_kind = models.CharField(max_length=40, default="", blank=True)
    doors = models.JSONField(default=list, blank=True)
    acknowledge = models.BooleanField(default=False)
    knock_at = models.DateTimeField(null=True)
    knocked_at = models.DateTimeField(null=True)
    asked = models.IntegerField(default=0)
    version = models.SmallIntegerField(default=1)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=48)
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "-published_at"], name="bulletin_list"),
            models.Index(fields=["district", "path"], name="bulletin_path"),
            models.Index(
                fields=["district", "knock_at"],
                name="bulletin_knock",
                condition=Q(knocked_at=None, withdrawn_at=None, knock_at__isnull=False),
            ),
        ]


class Reach(StateModel):
    """How far a bulletin has come to a household; a household without a row was not reached."""

    pk = models.CompositePrimaryKey("district", "bulletin_id", "household_id")
    district = models.CharField(max_length=12)
    bulletin_id = models.UUIDField()
    household_id = models.UUIDField()
    household = DistrictLink(Household, "household_id")
    state = models.CharField(max_length=12, default=Reached.NO)
    reached = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=48, default="", blank=True)


class Gram(StateModel):
    """By what a bulletin is found: pairs of characters and words. The same on both databases."""

    pk = models.CompositePrimaryKey("district", "gram", "bulletin_id")
    district = models.CharField(max_length=12)
    gram = PathField(max_length=24)
    bulletin_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["district", "bulletin_id"], name="gram_bulletin")]


class Asked(StateModel):
    """A household's question and the answer that it has in common with others."""

    pk = models.CompositePrimaryKey("district", "ask_id")
    district = models.CharField(max_length=12)
    ask_id = models.UUIDField()
    bulletin_id = models.UUIDField()
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["district", "bulletin_id"], name="asked_bulletin")]
