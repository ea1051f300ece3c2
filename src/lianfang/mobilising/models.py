"""Teams, recalls, calls, whistles, attendance and planned shifts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lianfang.areas.models import Area
from lianfang.kernel.fields import (
    DistrictLink,
    DistrictModel,
    PathField,
    ReferenceModel,
    SealedTextField,
    StateModel,
)
from lianfang.mobilising.rules import (
    Answer,
    CallState,
    DepartmentState,
    ShiftState,
    SignUpState,
    TeamState,
    WhistleState,
)
from lianfang.people.models import Organisation, Person


class Placed(DistrictModel):
    """A row at an area; `path` begins with the area's and may go on with the row's own id."""

    area_id = models.UUIDField()
    path = PathField(max_length=200)

    class Meta:
        abstract = True


class Team(ReferenceModel):
    """A temporary organisation at a place, or a standing one at another work; its id is the
    organisation's. `lead` and `deputy` are {district, person_id, name shown}."""

    kind = models.CharField(max_length=16)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300, default="", blank=True)
    charter = models.CharField(max_length=2_000, default="", blank=True)
    lead = models.JSONField(default=dict, blank=True)
    deputy = models.JSONField(default=dict, blank=True)
    equipment = models.JSONField(default=list, blank=True)
    functions = models.JSONField(default=list, blank=True)
    parked = models.JSONField(default=list, blank=True)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    state = models.CharField(max_length=10, default=TeamState.ACTIVE)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    formed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, default="", blank=True)


class TeamPart(ReferenceModel):
    """An organisation that shares a command place, and the function it fills there."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="parts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    function = models.CharField(max_length=40, default="", blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "organisation"], name="team_part_once")
        ]


class TeamMember(DistrictModel):
    """Somebody in a team, in the person's district; the home membership stays as it was."""

    team_id = models.UUIDField()
    person_id = models.UUIDField()
    person = DistrictLink(Person, "person_id")
    function = models.CharField(max_length=60, default="", blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "team_id", "person_id"],
                condition=Q(until=None),
                name="team_member_once",
            )
        ]


class Recall(ReferenceModel):
    """All members of an organisation tree back to their posts by a deadline."""

    name = models.CharField(max_length=120)
    text = models.CharField(max_length=500, default="", blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    deadline = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=48)
    closed_at = models.DateTimeField(null=True)


class Recalled(DistrictModel):
    """A member to whom a recall goes, and what was answered."""

    recall_id = models.UUIDField()
    person_id = models.UUIDField()
    person = DistrictLink(Person, "person_id")
    organisation_id = models.UUIDField()
    answer = models.CharField(max_length=10, default=Answer.SILENT)
    why = models.CharField(max_length=200, default="", blank=True)
    answered_at = models.DateTimeField(null=True)
    reminders = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "recall_id", "person_id"], name="recalled_once"
            )
        ]
        indexes = [models.Index(fields=["district", "recall_id", "answer"], name="recalled_list")]


class RecallTally(StateModel):
    """How many members of a unit stand where in a recall."""

    key_fields: ClassVar[tuple[str, ...]] = ("district", "recall_id", "organisation_id")
    counters: ClassVar[tuple[str, ...]] = ("silent", "on_the_way", "back", "excused")

    pk = models.CompositePrimaryKey("district", "recall_id", "organisation_id")
    district = models.CharField(max_length=12)
    recall_id = models.UUIDField()
    organisation_id = models.UUIDField()
    silent = models.IntegerField(default=0)
    on_the_way = models.IntegerField(default=0)
    back = models.IntegerField(default=0)
    excused = models.IntegerField(default=0)


class Call(Placed):
    """A call for helpers: what for, where, when, in groups."""

    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, default="", blank=True)
    place = models.CharField(max_length=120, default="", blank=True)
    rest_minutes = models.IntegerField(default=0)
    state = models.CharField(max_length=6, default=CallState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=48)
    closed_at = models.DateTimeField(null=True)
    shares = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "state", "opened_at"], name="call_list")]


class CallGroup(DistrictModel):
    """A group or shift of a call. The database itself holds that it is never overbooked."""

    call_id = models.UUIDField()
    number = models.SmallIntegerField()
    name = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.IntegerField()
    taken = models.IntegerField(default=0)
    skills = models.JSONField(default=list, blank=True)
    target = models.IntegerField(default=0)
    output = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")), name="call_group_capacity"
            ),
            models.UniqueConstraint(
                fields=["district", "call_id", "number"], name="call_group_number"
            ),
        ]


class CallCount(DistrictModel):
    """How many pieces a group has put out since its last count; a correction may be below zero."""

    call_id = models.UUIDField()
    group_id = models.UUIDField()
    made = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=48)

    class Meta:
        indexes = [models.Index(fields=["district", "call_id", "at"], name="call_count")]


class SignUp(DistrictModel):
    """Somebody who signed up for a group of a call, with or without being on a list before."""

    call_id = models.UUIDField()
    group_id = models.UUIDField()
    person_id = models.UUIDField()
    name = models.CharField(max_length=80, default="", blank=True)
    phone = SealedTextField(default="", blank=True)
    phone_index = models.CharField(max_length=32, default="", blank=True)
    skills = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, default=SignUpState.SIGNED)
    # Chose no group: moves up wherever a place becomes free at that time.
    anywhere = models.BooleanField(default=False)
    signed_at = models.DateTimeField()
    moved_up_at = models.DateTimeField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    checked_out_at = models.DateTimeField(null=True)
    minutes = models.IntegerField(default=0)
    why = models.CharField(max_length=200, default="", blank=True)
    share = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "call_id", "phone_index"],
                condition=~Q(phone_index="") & ~Q(state=SignUpState.DROPPED),
                name="sign_up_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["district", "group_id", "state", "signed_at"], name="sign_up_list"
            ),
            models.Index(fields=["district", "phone_index"], name="sign_up_phone"),
            models.Index(fields=["district", "person_id"], name="sign_up_person"),
        ]


class Whistle(Placed):
    """A matter that a street or community cannot solve alone."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120, default="", blank=True)
    urgency = models.CharField(max_length=10)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=48)
    report_by = models.DateTimeField()
    state = models.CharField(max_length=8, default=WhistleState.OPEN)
    handled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    mark = models.SmallIntegerField(null=True)
    reopened = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["district", "state", "raised_at"], name="whistle_list")]


class WhistleDepartment(DistrictModel):
    """A department that was called, and whether it came. A refusal stays for all to see."""

    whistle_id = models.UUIDField()
    organisation_id = models.UUIDField()
    state = models.CharField(max_length=8, default=DepartmentState.CALLED)
    called_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    in_time = models.BooleanField(null=True)
    by = models.CharField(max_length=80, default="", blank=True)
    why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "whistle_id", "organisation_id"], name="whistle_department"
            )
        ]
        indexes = [models.Index(fields=["district", "organisation_id"], name="whistle_dept_of")]


class WhistleStep(DistrictModel):
    """One line of a matter's log. Never rewritten."""

    whistle_id = models.UUIDField()
    action = models.CharField(max_length=10)
    organisation_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=48)
    at = models.DateTimeField()
    text = models.CharField(max_length=500, default="", blank=True)
    photo_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["district", "whistle_id", "at"], name="whistle_step")]


class Attendance(Placed):
    """One stretch of duty of one person, from check-in to check-out."""

    person_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    context = models.CharField(max_length=20, default="", blank=True)
    context_id = models.UUIDField(null=True)
    place = models.CharField(max_length=120, default="", blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    minutes = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person_id"], condition=Q(ended_at=None), name="on_duty_once"
            )
        ]
        indexes = [
            models.Index(fields=["district", "person_id", "started_at"], name="attendance_person"),
            models.Index(fields=["district", "path"], name="attendance_place"),
        ]


class Deployment(ReferenceModel):
    """A plan of who stands where: its days, shifts and figures. Its shifts lie in districts."""

    name = models.CharField(max_length=120)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    days = models.SmallIntegerField()
    shifts = models.JSONField(default=list)
    rules = models.JSONField(default=dict)
    figures = models.JSONField(default=dict, blank=True)
    # The organisations whose members it sends: who may be a substitute.
    pools = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=48)
    published_at = models.DateTimeField(null=True)


class DeploymentNeed(Placed):
    """So many people wanted at a place on a day in a shift."""

    deployment_id = models.UUIDField()
    place = models.CharField(max_length=120, default="", blank=True)
    day = models.SmallIntegerField()
    shift = models.CharField(max_length=20)
    number = models.SmallIntegerField()
    skill = models.CharField(max_length=40, default="", blank=True)
    sex = models.CharField(max_length=8, default="", blank=True)
    unfilled = models.SmallIntegerField(default=0)
    reason = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["district", "deployment_id", "day"], name="deploy_need")]


class PlannedShift(Placed):
    """Somebody's shift at a place, in the district of the place."""

    deployment_id = models.UUIDField()
    need_id = models.UUIDField()
    person_district = models.CharField(max_length=12)
    person_id = models.UUIDField()
    place = models.CharField(max_length=120, default="", blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=ShiftState.PLANNED)
    changed_at = models.DateTimeField()
    why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "deployment_id", "person_id"], name="planned_shift_person"
            ),
            models.Index(fields=["district", "need_id"], name="planned_shift_need"),
        ]
