"""Sites where people stay, and their rooms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import by_area
from lianfang.arrivals import payloads
from lianfang.arrivals.locate import by_site
from lianfang.arrivals.models import Room, Site, Stay
from lianfang.arrivals.rules import BEDDED, SiteState
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.verbs import Verb

KNOWN = problem(
    "site.known",
    _("This site was opened already."),
    _("Open its page and go on there."),
    status=409,
)
NO_BEDS_THERE = problem(
    "site.no_beds",
    _("At home nobody needs a site."),
    _("Choose hospital, hotel or observation site."),
)
CLOSED = problem(
    "site.closed",
    _("The site “{name}” was closed."),
    _("Choose another site, or open this one again."),
    status=409,
)
OCCUPIED = problem(
    "site.occupied",
    _("{count} people still stay at “{name}”."),
    _("Move or release them before you close the site."),
    status=409,
)
ROOM_TAKEN = problem(
    "room.label_taken",
    _("There is a room “{label}” in this building of the site already."),
    _("Change that one, or give this one another number."),
    status=409,
)
ROOM_FULL = problem(
    "room.occupied",
    _("{count} people stay in room “{label}”; it cannot have fewer beds than that."),
    _("Move somebody to another room first."),
    status=409,
)


@command(
    "site.open",
    payloads.OpenSite,
    verb=Verb.ORGANISE,
    locate=by_area(),
    title=_("Open a site"),
)
def open_site(batch: Batch[payloads.OpenSite], item: Item[payloads.OpenSite]) -> None:
    """Let a post take people in; one that was closed opens again with its rooms."""
    wanted, place = item.payload, item.place
    if place is None or place.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "area_id")
    if wanted.takes not in BEDDED:
        raise Refuse(NO_BEDS_THERE, "takes")
    row = Site.objects.filter(district=batch.district, id=wanted.post_id).first()
    if row is not None and row.state == SiteState.OPEN:
        raise Refuse(KNOWN, "post_id")
    item.subject_id = wanted.post_id
    Site.objects.filter(district=batch.district, id=wanted.post_id).delete()
    Site.objects.create(
        district=batch.district,
        id=wanted.post_id,
        area_id=wanted.area_id,
        name=wanted.name,
        takes=wanted.takes,
        team_id=wanted.team_id,
        staff=wanted.staff,
        opened_at=batch.received_at,
    )
    item.result = {"post_id": str(wanted.post_id)}


@command(
    "site.staff",
    payloads.StaffSite,
    verb=Verb.ORGANISE,
    locate=by_site,
    title=_("Say who works at a site"),
)
def staff(batch: Batch[payloads.StaffSite], item: Item[payloads.StaffSite]) -> None:
    """Keep how many work at a site, and as which team."""
    row = Site.objects.get(district=batch.district, id=item.payload.post_id)
    if row.state != SiteState.OPEN:
        raise Refuse(CLOSED, "post_id", name=row.name)
    row.staff = item.payload.staff
    row.team_id = item.payload.team_id or row.team_id
    row.save()


@command(
    "site.close",
    payloads.CloseSite,
    verb=Verb.ORGANISE,
    locate=by_site,
    title=_("Close a site"),
)
def close_site(batch: Batch[payloads.CloseSite], item: Item[payloads.CloseSite]) -> None:
    """Close a site in which nobody stays any more."""
    row = Site.objects.get(district=batch.district, id=item.payload.post_id)
    if row.state != SiteState.OPEN:
        raise Refuse(CLOSED, "post_id", name=row.name)
    staying = Stay.objects.filter(district=batch.district, site_id=row.id, until=None).count()
    if staying:
        raise Refuse(OCCUPIED, "post_id", count=staying, name=row.name)
    row.state, row.closed_at = SiteState.CLOSED, item.at
    row.closed_why = item.payload.why
    row.save()


@list_command(
    "room.set",
    payloads.SetRoom,
    verb=Verb.PLACE,
    locate=by_site,
    title=_("Set up a room"),
)
def set_room(batch: Batch[payloads.SetRoom]) -> None:
    """Put rooms up or change them; a hospital's hundreds come in one list."""
    sites = {i.payload.post_id for i in batch}
    names = dict(
        Site.objects.filter(
            district=batch.district, id__in=sites, state=SiteState.CLOSED
        ).values_list("id", "name")
    )
    rooms = {
        r.id: r
        for r in Room.objects.filter(
            district=batch.district, id__in={i.payload.room_id for i in batch}
        )
    }
    taken = {
        (site, building, label): id_
        for site, building, label, id_ in Room.objects.filter(
            district=batch.district, site_id__in=sites
        ).values_list("site_id", "building", "label", "id")
    }
    fresh: list[Room] = []
    new: set[object] = set()
    for item in batch:
        wanted = item.payload
        row = rooms.get(wanted.room_id)
        key = (wanted.post_id, wanted.building, wanted.label)
        if wanted.post_id in names:
            item.refuse(CLOSED, "post_id", name=names[wanted.post_id])
        elif row is not None and row.site_id != wanted.post_id:
            item.refuse(problems.NOT_FOUND, "room_id")
        elif taken.get(key, wanted.room_id) != wanted.room_id:
            item.refuse(ROOM_TAKEN, "label", label=wanted.label)
        elif row is not None and (staying := _over(batch.district, row, wanted.beds)):
            item.refuse(ROOM_FULL, "beds", label=row.label, count=staying)
        else:
            if row is None:
                row = Room(district=batch.district, id=wanted.room_id, site_id=wanted.post_id)
                rooms[row.id] = row
                fresh.append(row)
                new.add(row.id)
            else:
                taken.pop((row.site_id, row.building, row.label), None)
            taken[key] = row.id
            row.building, row.floor, row.label = wanted.building, wanted.floor, wanted.label
            row.beds, row.accessible, row.used = wanted.beds, wanted.accessible, wanted.used
            row.note = wanted.note
            if row.id not in new:
                row.save()
            item.result = {"room_id": str(row.id)}
    Room.objects.bulk_create(fresh)


def _over(district: str, room: Room, beds: int) -> int:
    """Return how many stay in a room, if one of them lies in a bed beyond the first `beds`."""
    if beds >= room.beds:
        return 0
    live = Stay.objects.filter(district=district, room_id=room.id, until=None)
    return live.count() if live.filter(bed__gt=beds).exists() else 0
