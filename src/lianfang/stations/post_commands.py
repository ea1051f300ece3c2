"""Posts are put up, corrected, closed."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.areas.locate import at_area
from lianfang.areas.tree import places
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.people.models import Organisation
from lianfang.screening.rules import tenths
from lianfang.stations import payloads
from lianfang.stations.locate import by_post
from lianfang.stations.models import Post
from lianfang.stations.rules import FEVER, PostState

NAME_TAKEN = problem(
    "post.name_taken",
    _("There is a post “{name}” in this area already."),
    _("Use that one, or give this one another name."),
    status=409,
)
KNOWN = problem(
    "post.known",
    _("This post was put up already."),
    _("Open it; to change something, correct it."),
    status=409,
)
CLOSED = problem(
    "post.closed",
    _("The post “{name}” was closed."),
    _("Put up a new one, or record this at the post where you stand."),
    status=409,
)
AREA_ENDED = problem(
    "post.area_ended",
    _("This area was closed."),
    _("Choose the one that took its place."),
)


def _check(
    batch: Batch[payloads.OpenPost] | Batch[payloads.CorrectPost],
    fields: payloads.PostFields,
    post_id: UUID,
    area_id: UUID,
) -> None:
    """Refuse a name that another open post of the area has, and a team that does not exist."""
    twins = Post.objects.filter(
        district=batch.district, area_id=area_id, name=fields.name, state=PostState.OPEN
    ).exclude(id=post_id)
    if twins.exists():
        raise Refuse(NAME_TAKEN, "name", name=fields.name)
    if fields.team_id and not Organisation.objects.filter(id=fields.team_id).exists():
        raise Refuse(problems.NOT_FOUND, "team_id")


@command(
    "post.open",
    payloads.OpenPost,
    verb=Verb.ORGANISE,
    locate=at_area(subject="post_id"),
    title=_("Put up a post"),
)
def open_post(batch: Batch[payloads.OpenPost], item: Item[payloads.OpenPost]) -> None:
    """Put up a post in an area."""
    wanted = item.payload
    assert item.place
    if not item.place.live:
        raise Refuse(AREA_ENDED, "area_id")
    if Post.objects.filter(district=batch.district, id=wanted.post_id).exists():
        raise Refuse(KNOWN, "post_id")
    _check(batch, wanted, wanted.post_id, wanted.area_id)
    Post.objects.create(
        district=batch.district,
        id=wanted.post_id,
        kind=wanted.kind,
        name=wanted.name,
        area_id=wanted.area_id,
        address=wanted.address,
        team_id=wanted.team_id,
        fever=tenths(wanted.fever) or FEVER,
        opened_at=item.at,
    )
    item.result = {"post_id": str(wanted.post_id)}


def _load(batch: Batch[payloads.CorrectPost] | Batch[payloads.ClosePost], post_id: UUID) -> Post:
    """Return an open post of the district; an earlier entry of this list may have changed it."""
    post = Post.objects.get(district=batch.district, id=post_id)
    if post.state != PostState.OPEN:
        raise Refuse(CLOSED, "post_id", name=post.name)
    return post


@command(
    "post.correct",
    payloads.CorrectPost,
    verb=Verb.ORGANISE,
    locate=by_post,
    title=_("Correct a post"),
)
def correct_post(batch: Batch[payloads.CorrectPost], item: Item[payloads.CorrectPost]) -> None:
    """Change what is known of a post, or the area in which it stands."""
    wanted = item.payload
    post = _load(batch, wanted.post_id)
    area_id = wanted.area_id or post.area_id
    if area_id != post.area_id:
        place = places({area_id}, batch).get(area_id)
        if (
            place is None
            or place.district != batch.district
            or not batch.actor.may(Verb.ORGANISE, place.path)
        ):
            raise Refuse(problems.NOT_FOUND, "area_id")
        if not place.live:
            raise Refuse(AREA_ENDED, "area_id")
        item.place = place
    _check(batch, wanted, post.id, area_id)
    Post.objects.filter(district=batch.district, id=post.id).update(
        kind=wanted.kind,
        name=wanted.name,
        area_id=area_id,
        address=wanted.address,
        team_id=wanted.team_id,
        fever=tenths(wanted.fever) or FEVER,
    )


@command(
    "post.close",
    payloads.ClosePost,
    verb=Verb.ORGANISE,
    locate=by_post,
    title=_("Close a post"),
)
def close_post(batch: Batch[payloads.ClosePost], item: Item[payloads.ClosePost]) -> None:
    """Close a post; what was recorded there stays."""
    post = _load(batch, item.payload.post_id)
    Post.objects.filter(district=batch.district, id=post.id).update(
        state=PostState.CLOSED, closed_at=item.at, closed_why=item.payload.why
    )
