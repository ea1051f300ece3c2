"""What can be read of stock and requests: scope says which posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.stations import queries as stations
from lianfang.supplies.models import (
    RequestLine,
    Stock,
    StockLevel,
    StockMove,
    SupplyItem,
    SupplyRequest,
)


def items() -> QuerySet[SupplyItem]:
    """Return the items in use, by name."""
    return SupplyItem.objects.filter(ended_at=None).order_by("name")


def item_names(ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return name and unit of items, ended ones too."""
    rows = SupplyItem.objects.filter(id__in=set(ids)).values_list("id", "name", "unit")
    return {id_: (name, unit) for id_, name, unit in rows}


def post_names(rows: Iterable[Stock | StockLevel | SupplyRequest]) -> dict[UUID, str]:
    """Return the names of the posts of rows of the caller's scope."""
    return {id_: post.name for id_, post in stations.of_rows(rows).items()}


def levels(actor: Actor, verb: Verb = Verb.READ) -> QuerySet[StockLevel]:
    """Return the sums of items at the posts where the actor has the verb."""
    return StockLevel.objects.filter(
        within(actor.paths(verb), "path"), district__in=area_queries.districts(actor)
    )


def lots(district: str, post_id: UUID) -> list[Stock]:
    """Return the lots at a post (which the caller has found in scope), what expires first first."""
    rows = Stock.objects.filter(district=district, post_id=post_id, quantity__gt=0)
    return sorted(rows, key=lambda s: (str(s.item_id), s.expires or date.max, s.lot))


def moves(district: str, post_id: UUID) -> QuerySet[StockMove]:
    """Return the changes of a post's stock (which the caller has found in scope), latest first."""
    found = StockMove.objects.filter(district=district, post_id=post_id)
    return found.order_by("-at", "-id")


def expiring(actor: Actor, by: datetime) -> list[Stock]:
    """Return the lots in the actor's scope that expire by a day, the first first; 500 at most."""
    posts = levels(actor).filter(quantity__gt=0).values_list("district", "post_id").distinct()
    by_district: dict[str, list[UUID]] = {}
    for district, post_id in posts:
        by_district.setdefault(district, []).append(post_id)
    result: list[Stock] = []
    for district, ids in sorted(by_district.items()):
        rows = Stock.objects.filter(
            district=district, post_id__in=ids, quantity__gt=0, expires__lte=by.date()
        )
        result += rows.order_by("expires", "lot")[:500]
    return sorted(result, key=lambda s: (s.expires or date.max, s.lot))[:500]


def requests(actor: Actor) -> QuerySet[SupplyRequest]:
    """Return the requests of the posts in the actor's scope."""
    return SupplyRequest.objects.filter(
        within(actor.paths(Verb.READ), "path"), district__in=area_queries.districts(actor)
    )


def request(actor: Actor, district: str, request_id: UUID) -> SupplyRequest | None:
    """Return one request; also to whom the giving post belongs. None when absent or forbidden."""
    row = SupplyRequest.objects.filter(district=district, id=request_id).first()
    if row is None or actor.may(Verb.READ, row.path):
        return row
    giver = stations.find(district, row.giver_id) if row.giver_id else None
    return row if giver and actor.may(Verb.SUPPLY, giver.path) else None


def request_lines(row: SupplyRequest) -> list[RequestLine]:
    """Return the lines of a request (which the caller has found in scope)."""
    found = RequestLine.objects.filter(district=row.district, request_id=row.id)
    return list(found.order_by("item_id"))


def lines_of(rows: Iterable[SupplyRequest]) -> dict[UUID, list[RequestLine]]:
    """Return the lines of several requests of the caller's scope, by request."""
    wanted = list(rows)
    result: dict[UUID, list[RequestLine]] = {row.id: [] for row in wanted}
    found = RequestLine.objects.filter(
        district__in={r.district for r in wanted}, request_id__in=[r.id for r in wanted]
    )
    for line in found.order_by("item_id"):
        result[line.request_id].append(line)
    return result


def holding(found: QuerySet[StockLevel], text: str) -> QuerySet[StockLevel]:
    """Narrow sums to the items whose names hold a text."""
    ids = SupplyItem.objects.filter(name__icontains=text).values("id")
    return found.filter(item_id__in=ids)
