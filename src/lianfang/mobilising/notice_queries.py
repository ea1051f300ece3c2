"""What messaging reads here to know whom a record concerns; no scope, since nothing is shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from lianfang.mobilising import links
from lianfang.mobilising.models import (
    Call,
    CallGroup,
    Deployment,
    PlannedShift,
    Recall,
    Recalled,
    SignUp,
    Whistle,
    WhistleDepartment,
)
from lianfang.mobilising.rules import HOLDING, Answer, ShiftState


def call_of(district: str, call_id: UUID) -> Call | None:
    """Return a call."""
    return Call.objects.filter(district=district, id=call_id).first()


def signed_up(district: str, call_id: UUID) -> list[UUID]:
    """Return the persons who hold a place in a call."""
    found = SignUp.objects.filter(district=district, call_id=call_id, state__in=HOLDING)
    return list(found.order_by("signed_at", "id").values_list("person_id", flat=True))


def sign_up_of(district: str, sign_up_id: UUID) -> tuple[UUID, str] | None:
    """Return the person of a sign-up and the name of its group."""
    row = SignUp.objects.filter(district=district, id=sign_up_id).first()
    if row is None:
        return None
    group = CallGroup.objects.filter(district=district, id=row.group_id).first()
    return row.person_id, group.name if group else ""


def whistle_of(district: str, whistle_id: UUID) -> Whistle | None:
    """Return a matter."""
    return Whistle.objects.filter(district=district, id=whistle_id).first()


def departments_of(district: str, whistle_id: UUID) -> list[UUID]:
    """Return the organisations that a matter calls."""
    found = WhistleDepartment.objects.filter(district=district, whistle_id=whistle_id)
    return list(found.order_by("id").values_list("organisation_id", flat=True))


def recall_of(recall_id: UUID) -> Recall | None:
    """Return a recall."""
    return Recall.objects.filter(id=recall_id).first()


def recalled(district: str, recall_id: UUID) -> list[UUID]:
    """Return the members in a district who have not answered a recall."""
    found = Recalled.objects.filter(district=district, recall_id=recall_id, answer=Answer.SILENT)
    return list(found.order_by("id").values_list("person_id", flat=True))


def published_since(moment: datetime) -> list[Deployment]:
    """Return the plans that were published since a moment, the earliest first."""
    return list(Deployment.objects.filter(published_at__gte=moment).order_by("published_at", "id"))


def deployment_of(deployment_id: UUID) -> Deployment | None:
    """Return a plan."""
    return Deployment.objects.filter(id=deployment_id).first()


def planned_districts(deployment_id: UUID, districts: list[str]) -> list[str]:
    """Return those of the districts in which a plan has shifts."""
    found = PlannedShift.objects.filter(district__in=districts, deployment_id=deployment_id)
    return sorted(set(found.values_list("district", flat=True)))


def planned(district: str, deployment_id: UUID) -> dict[tuple[str, UUID], int]:
    """Return the people of a plan at the places of a district, with the number of their shifts."""
    found = PlannedShift.objects.filter(district=district, deployment_id=deployment_id)
    result: dict[tuple[str, UUID], int] = {}
    rows = found.exclude(state=ShiftState.DROPPED).values_list("person_district", "person_id")
    for key in rows.iterator():
        result[key] = result.get(key, 0) + 1
    return dict(sorted(result.items(), key=lambda pair: (pair[0][0], str(pair[0][1]))))


def shift_of(district: str, shift_id: UUID) -> PlannedShift | None:
    """Return one planned shift."""
    return PlannedShift.objects.filter(district=district, id=shift_id).first()


def recall_link(district: str, recall_id: UUID, person_id: UUID) -> str:
    """Return the address where a member answers a recall, without an account."""
    token = links.token(links.Purpose.RECALL, district, recall_id, person_id)
    return reverse("recall_answer", args=[token])


def shifts_link(person_district: str, person_id: UUID) -> str:
    """Return the address where somebody sees the own shifts."""
    return reverse("shifts", args=[links.token(links.Purpose.SHIFTS, person_district, person_id)])
