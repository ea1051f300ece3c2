"""What happens to organisations and memberships."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianfang.areas.models import Area
from lianfang.areas.tree import by_area
from lianfang.kernel import bulk, problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import problem
from lianfang.kernel.registry import anywhere, command, list_command
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import by_person
from lianfang.people.models import Membership, Organisation, OrganisationArea, Person

ORGANISATION_EXISTS = problem(
    "organisation.exists",
    _("An organisation named {name} exists there already."),
    _("Use that one, or choose another name."),
    status=409,
)


class CreateOrganisation(Payload):
    """A unit, below another one or at the top."""

    organisation_id: UUID
    name: str = Field(min_length=1, max_length=120)
    kind: str = Field("", max_length=20)
    parent_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Attach(Payload):
    """An area that an organisation serves."""

    organisation_id: UUID
    area_id: UUID


class Join(Payload):
    """A person who becomes a member."""

    person_id: UUID
    organisation_id: UUID
    title: str = Field("", max_length=60)


class Quit(Payload):
    """A membership that ends."""

    person_id: UUID
    organisation_id: UUID


@list_command(
    "organisation.create",
    CreateOrganisation,
    verb=Verb.ORGANISE,
    locate=anywhere,
    title=_("Create an organisation"),
    reference=True,
)
def create(batch: Batch[CreateOrganisation]) -> None:
    """Add organisations to the tree; a list may hold a unit and then those below it."""
    wanted = [item.payload for item in batch]
    above = {
        o.id: o
        for o in Organisation.objects.filter(id__in={p.parent_id for p in wanted if p.parent_id})
    }
    ids = set(
        Organisation.objects.filter(id__in=[p.organisation_id for p in wanted]).values_list(
            "id", flat=True
        )
    )
    same = Organisation.objects.filter(name__in={p.name for p in wanted}, valid_to=None)
    names: set[tuple[str, UUID | None]] = set(same.values_list("name", "parent_id"))
    fresh = []
    for item in batch:
        payload = item.payload
        parent = above.get(payload.parent_id) if payload.parent_id else None
        if payload.parent_id and parent is None:
            item.refuse(problems.NOT_FOUND, "parent_id")
            continue
        if (payload.name, payload.parent_id) in names or payload.organisation_id in ids:
            item.refuse(ORGANISATION_EXISTS, "name", name=payload.name)
            continue
        row = Organisation(
            id=payload.organisation_id,
            name=payload.name,
            kind=payload.kind,
            parent=parent,
            path=f"{parent.path if parent else ''}{payload.organisation_id.hex}/",
            valid_from=payload.valid_from,
            valid_to=payload.valid_to,
        )
        fresh.append(row)
        above[row.id] = row
        ids.add(row.id)
        if row.valid_to is None:
            names.add((row.name, payload.parent_id))
        item.subject_id = row.id
        item.result = {"organisation_id": str(row.id)}
    bulk.insert(fresh)


@list_command(
    "organisation.attach",
    Attach,
    verb=Verb.ORGANISE,
    locate=by_area(),
    title=_("Attach an organisation to an area"),
    reference=True,
)
def attach(batch: Batch[Attach]) -> None:
    """Let organisations serve areas; the same again changes nothing."""
    wanted = [item.payload for item in batch]
    units = set(
        Organisation.objects.filter(
            id__in={p.organisation_id for p in wanted}, valid_to=None
        ).values_list("id", flat=True)
    )
    areas = set(
        Area.objects.filter(id__in={p.area_id for p in wanted}, valid_to=None).values_list(
            "id", flat=True
        )
    )
    served = set(
        OrganisationArea.objects.filter(organisation_id__in=units, until=None).values_list(
            "organisation_id", "area_id"
        )
    )
    fresh = []
    for item in batch:
        payload = item.payload
        pair = (payload.organisation_id, payload.area_id)
        if payload.organisation_id not in units:
            item.refuse(problems.NOT_FOUND, "organisation_id")
        elif payload.area_id not in areas:
            item.refuse(problems.NOT_FOUND, "area_id")
        else:
            item.subject_id = payload.organisation_id
            if pair not in served:
                served.add(pair)
                fresh.append(
                    OrganisationArea(
                        id=item.derive("served"),
                        organisation_id=payload.organisation_id,
                        area_id=payload.area_id,
                        since=batch.received_at,
                    )
                )
    bulk.insert(fresh)


@command(
    "organisation.detach",
    Attach,
    verb=Verb.ORGANISE,
    locate=by_area(),
    title=_("Detach an organisation from an area"),
    reference=True,
)
def detach(batch: Batch[Attach], item: Item[Attach]) -> None:
    """End an organisation's service for an area."""
    OrganisationArea.objects.filter(
        organisation_id=item.payload.organisation_id, area_id=item.payload.area_id, until=None
    ).update(until=batch.received_at)
    item.subject_id = item.payload.organisation_id


@list_command(
    "membership.join", Join, verb=Verb.ORGANISE, locate=by_person, title=_("Join an organisation")
)
def join(batch: Batch[Join]) -> None:
    """Make persons members; the same again changes the title only."""
    units = set(
        Organisation.objects.filter(
            id__in={i.payload.organisation_id for i in batch}, valid_to=None
        ).values_list("id", flat=True)
    )
    ids = {i.payload.person_id for i in batch}
    known = set(
        Person.objects.filter(district=batch.district, id__in=ids).values_list("id", flat=True)
    )
    open_rows = {
        (m.person_id, m.organisation_id): m
        for m in Membership.objects.filter(
            district=batch.district, person_id__in=ids, organisation_id__in=units, until=None
        )
    }
    fresh: list[Membership] = []
    titled: dict[UUID, Membership] = {}
    for item in batch:
        payload = item.payload
        key = (payload.person_id, payload.organisation_id)
        if payload.organisation_id not in units:
            item.refuse(problems.NOT_FOUND, "organisation_id")
        elif payload.person_id not in known:
            item.refuse(problems.NOT_FOUND, "person_id")
        elif key in open_rows:
            row = open_rows[key]
            row.title = payload.title
            if not row._state.adding:
                titled[row.id] = row
        else:
            open_rows[key] = row = Membership(
                district=batch.district,
                id=item.derive("membership"),
                person_id=payload.person_id,
                organisation_id=payload.organisation_id,
                title=payload.title,
                since=batch.received_at,
            )
            fresh.append(row)
    bulk.insert(fresh)
    bulk.upsert(list(titled.values()), ("district", "id"), ("title",))


@command(
    "membership.quit", Quit, verb=Verb.ORGANISE, locate=by_person, title=_("Leave an organisation")
)
def quit_(batch: Batch[Quit], item: Item[Quit]) -> None:
    """End a membership; its time stays in the person's record."""
    Membership.objects.filter(
        district=batch.district,
        person_id=item.payload.person_id,
        organisation_id=item.payload.organisation_id,
        until=None,
    ).update(until=batch.received_at)
