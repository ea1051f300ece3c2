"""Production in stages: an order, and what each stage let out in each shift."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from lianfang.areas.locate import at_area, by_row
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.submit import CodedError
from lianfang.kernel.verbs import Verb
from lianfang.supplies.models import Production, StageCount
from lianfang.supplies.problems import CLOSED, MORE_THAN_CAME, NO_AIM, STAGE_UNKNOWN, TIME_ODD

_MARGIN = timedelta(minutes=5)


class OpenProduction(Payload):
    """So many pieces through these stages by the deadline, or so many each day."""

    production_id: UUID
    area_id: UUID
    name: str = Field(min_length=1, max_length=120)
    unit: str = Field(min_length=1, max_length=20)
    quantity: int | None = Field(None, ge=1, le=1_000_000_000)
    daily_target: int | None = Field(None, ge=1, le=1_000_000_000)
    stages: tuple[str, ...] = Field(min_length=1, max_length=20)
    starts_at: datetime
    deadline: datetime | None = None

    @model_validator(mode="after")
    def _an_aim(self) -> OpenProduction:
        if (self.quantity is None or self.deadline is None) and self.daily_target is None:
            raise CodedError(NO_AIM)
        return self


class CountStage(Payload):
    """What went out of a stage in a shift; what came in is what the stage before let out."""

    production_id: UUID
    stage: int = Field(ge=0, le=19)
    from_at: datetime
    to_at: datetime
    out: int = Field(ge=0, le=1_000_000_000)
    spoilt: int = Field(0, ge=0, le=1_000_000_000)
    people: int = Field(0, ge=0, le=10_000)


class CloseProduction(Payload):
    """An order that is finished, or given up."""

    production_id: UUID


_at_order = by_row(Production, "production_id")


@command(
    "production.open",
    OpenProduction,
    verb=Verb.SUPPLY,
    locate=at_area(subject="production_id"),
    title=_("Open a production order"),
)
def open_(batch: Batch[OpenProduction], item: Item[OpenProduction]) -> None:
    """Open an order."""
    payload = item.payload
    assert item.place
    if Production.objects.filter(district=batch.district, id=payload.production_id).exists():
        raise Refuse(problems.OTHER_CONTENT, "production_id")
    Production.objects.create(
        district=batch.district,
        id=payload.production_id,
        area_id=item.place.id,
        path=item.place.path,
        name=payload.name,
        unit=payload.unit,
        quantity=payload.quantity,
        daily_target=payload.daily_target,
        stages=list(payload.stages),
        starts_at=payload.starts_at,
        deadline=payload.deadline,
        opened_at=batch.received_at,
    )
    item.result = {"production_id": str(payload.production_id)}


@command(
    "production.count",
    CountStage,
    verb=Verb.WORK,
    locate=_at_order,
    title=_("Count what a stage let out"),
)
def count(batch: Batch[CountStage], item: Item[CountStage]) -> None:
    """Write down what a stage let out; more than came in cannot go out."""
    payload = item.payload
    order = Production.objects.get(district=batch.district, id=payload.production_id)
    if order.closed_at:
        raise Refuse(CLOSED)
    if payload.stage >= len(order.stages):
        raise Refuse(STAGE_UNKNOWN, "stage")
    if not payload.from_at < payload.to_at <= item.at + _MARGIN:
        raise Refuse(TIME_ODD, "to_at")
    if payload.stage:
        came = _sum(order, payload.stage - 1)[0]
        out, spoilt = _sum(order, payload.stage)
        if out + spoilt + payload.out + payload.spoilt > came:
            raise Refuse(
                MORE_THAN_CAME,
                "out",
                out=out + spoilt + payload.out + payload.spoilt,
                came=came,
                stage=order.stages[payload.stage],
            )
    StageCount.objects.create(
        district=batch.district,
        id=item.derive("count"),
        production_id=order.id,
        stage=payload.stage,
        from_at=payload.from_at,
        to_at=payload.to_at,
        out=payload.out,
        spoilt=payload.spoilt,
        people=payload.people,
        actor=batch.actor.ref,
    )


def _sum(order: Production, stage: int) -> tuple[int, int]:
    """Return how many pieces a stage has let out and spoilt so far."""
    sums = StageCount.objects.filter(
        district=order.district, production_id=order.id, stage=stage
    ).aggregate(o=Sum("out"), s=Sum("spoilt"))
    return sums["o"] or 0, sums["s"] or 0


@command(
    "production.close",
    CloseProduction,
    verb=Verb.SUPPLY,
    locate=_at_order,
    title=_("Close a production order"),
)
def close(batch: Batch[CloseProduction], item: Item[CloseProduction]) -> None:
    """Close an order."""
    order = Production.objects.get(district=batch.district, id=item.payload.production_id)
    if order.closed_at:
        raise Refuse(CLOSED)
    order.closed_at = batch.received_at
    order.save(update_fields=["closed_at"])
