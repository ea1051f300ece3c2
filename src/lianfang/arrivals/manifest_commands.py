"""Manifests: opened, counted, closed; their passengers listed, seen, missed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.areas.rules import Level
from lianfang.areas.tree import by_area
from lianfang.arrivals import payloads
from lianfang.arrivals.locate import by_listed, by_manifest, by_passenger
from lianfang.arrivals.models import Manifest, Passenger
from lianfang.arrivals.rules import ManifestState, PassengerAct, PassengerState, next_state
from lianfang.kernel import bulk, crypto, problems
from lianfang.kernel.batch import Batch, Item, NewDuty
from lianfang.kernel.kinds import duty_kind
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.rules import DutyAction
from lianfang.kernel.verbs import Verb
from lianfang.screening.rules import tenths

MISSING = duty_kind("missing_passenger", _("Missing passenger"), verb=Verb.PLACE)
MISSING_HOURS = 2

KNOWN = problem(
    "manifest.known",
    _("This manifest was opened already."),
    _("Open its page and go on there."),
    status=409,
)
TOO_HIGH = problem(
    "manifest.no_community",
    _("People are received at a community or a grid."),
    _("Choose the community in which the airport, station or port lies."),
)
CLOSED = problem(
    "manifest.closed",
    _("The manifest “{vehicle}” was closed."),
    _("Open it again before you change it."),
    status=409,
)
NOT_CLOSED = problem(
    "manifest.not_closed",
    _("The manifest “{vehicle}” is open."),
    _("Nothing needs to be done."),
    status=409,
)
UNSETTLED = problem(
    "manifest.unsettled",
    _("{count} people of this manifest are without a place or still expected."),
    _("Place them, or mark them missing, before you close it."),
    status=409,
)
LISTED = problem(
    "passenger.listed",
    _("This document stands on the manifest already, at seat {seat}."),
    _("Mark the line as a double of that one."),
    status=409,
)
STATE = problem(
    "passenger.state",
    _("This does not fit where the passenger stands now."),
    _("Look at the line again; somebody else may have changed it."),
    status=409,
)
PLACED = problem(
    "passenger.placed",
    _("This passenger has a place already."),
    _("Move the passenger, or let the bed be given up first."),
    status=409,
)


@command(
    "manifest.open",
    payloads.OpenManifest,
    verb=Verb.PLACE,
    locate=by_area(),
    title=_("Open a manifest"),
)
def open_manifest(batch: Batch[payloads.OpenManifest], item: Item[payloads.OpenManifest]) -> None:
    """Expect the passengers of a vehicle at a community."""
    wanted, place = item.payload, item.place
    if place is None or place.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "area_id")
    if place.level < Level.COMMUNITY:
        raise Refuse(TOO_HIGH, "area_id")
    if Manifest.objects.filter(district=batch.district, id=wanted.manifest_id).exists():
        raise Refuse(KNOWN, "manifest_id")
    item.subject_id = wanted.manifest_id
    Manifest.objects.create(
        district=batch.district,
        id=wanted.manifest_id,
        area_id=wanted.area_id,
        vehicle=wanted.vehicle,
        mode=wanted.mode,
        origin=wanted.origin,
        arrives_at=wanted.arrives_at,
        opened_at=batch.received_at,
    )
    item.result = {"manifest_id": str(wanted.manifest_id)}


def load(batch: Batch[Any], manifest_id: UUID) -> Manifest:
    """Return an open manifest; refuses a closed one."""
    row = Manifest.objects.get(district=batch.district, id=manifest_id)
    if row.state != ManifestState.OPEN:
        raise Refuse(CLOSED, "manifest_id", vehicle=row.vehicle)
    return row


@command(
    "manifest.count",
    payloads.CountHeads,
    verb=Verb.PLACE,
    locate=by_manifest,
    title=_("Count heads at the gate"),
)
def count_heads(batch: Batch[payloads.CountHeads], item: Item[payloads.CountHeads]) -> None:
    """Keep the head count at the gate: what the lists must come to."""
    row = load(batch, item.payload.manifest_id)
    row.heads, row.heads_at = item.payload.heads, item.at
    row.save()


@command(
    "manifest.close",
    payloads.OnManifest,
    verb=Verb.PLACE,
    locate=by_manifest,
    title=_("Close a manifest"),
)
def close_manifest(batch: Batch[payloads.OnManifest], item: Item[payloads.OnManifest]) -> None:
    """Close a manifest when everybody who came has a place and nobody is expected any more."""
    row = load(batch, item.payload.manifest_id)
    lines = Passenger.objects.filter(district=batch.district, manifest_id=row.id)
    waiting = lines.filter(state=PassengerState.EXPECTED).count()
    waiting += lines.filter(state=PassengerState.PRESENT, placed_at=None).count()
    if waiting:
        raise Refuse(UNSETTLED, "manifest_id", count=waiting)
    row.state, row.closed_at = ManifestState.CLOSED, batch.received_at
    row.save()


@command(
    "manifest.reopen",
    payloads.OnManifest,
    verb=Verb.PLACE,
    locate=by_manifest,
    title=_("Open a manifest again"),
)
def reopen_manifest(batch: Batch[payloads.OnManifest], item: Item[payloads.OnManifest]) -> None:
    """Open a closed manifest again: somebody has turned up."""
    row = Manifest.objects.get(district=batch.district, id=item.payload.manifest_id)
    if row.state == ManifestState.OPEN:
        raise Refuse(NOT_CLOSED, "manifest_id", vehicle=row.vehicle)
    row.state, row.closed_at = ManifestState.OPEN, None
    row.save()


# --- lines -------------------------------------------------------------------------------------


def seat_key(seat: str) -> str:
    """Return a seat so that 2A sorts before 10A: 002A, 010A."""
    return re.sub(r"\d+", lambda m: m[0].zfill(3), seat)[:16]


def _closed(batch: Batch[Any], manifest_ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = Manifest.objects.filter(district=batch.district, id__in=set(manifest_ids))
    closed = rows.filter(state=ManifestState.CLOSED)
    return dict(closed.values_list("id", "vehicle"))


@list_command(
    "passenger.list",
    payloads.ListPassenger,
    verb=Verb.PLACE,
    locate=by_listed,
    title=_("List a passenger"),
    hidden=True,
)
def list_passengers(batch: Batch[payloads.ListPassenger]) -> None:
    """Put lines on manifests, or bring known lines up to date; a whole file comes at once."""
    closed = _closed(batch, (i.payload.manifest_id for i in batch))
    ids = {i.payload.passenger_id for i in batch}
    known = {p.id: p for p in Passenger.objects.filter(district=batch.district, id__in=ids)}
    documents = _documents(batch)
    fresh: list[Passenger] = []
    for item in batch:
        wanted = item.payload
        if wanted.manifest_id in closed:
            item.refuse(CLOSED, "manifest_id", vehicle=closed[wanted.manifest_id])
            continue
        row = known.get(wanted.passenger_id)
        if row is not None and row.manifest_id != wanted.manifest_id:
            item.refuse(problems.NOT_FOUND, "passenger_id")
            continue
        index = document_index(wanted.id_kind, wanted.id_number)
        twin = documents.get((wanted.manifest_id, index)) if index else None
        if twin and twin[0] != wanted.passenger_id and wanted.double_of is None:
            item.refuse(LISTED, "id_number", seat=twin[1] or "—")
            continue
        if row is None:
            row = known[wanted.passenger_id] = _new(batch, wanted)
            fresh.append(row)
            if wanted.extra:
                item.count("arrivals_extra", timezone.localdate(item.at).isoformat())
        _fill(row, wanted, index, batch)
        if index and wanted.double_of is None:
            documents[wanted.manifest_id, index] = (row.id, row.seat)
        if row not in fresh:
            row.save()
        item.result = {"passenger_id": str(row.id)}
    bulk.insert(fresh)


def document_index(kind: str, number: str) -> str:
    """Return the blind index under which a document is found, '' without one."""
    return crypto.blind_index(f"{kind}:{number}") if number else ""


def _documents(batch: Batch[payloads.ListPassenger]) -> dict[tuple[UUID, str], tuple[UUID, str]]:
    """Return the documents on the manifests at hand: (manifest, index) -> (line, seat)."""
    rows = Passenger.objects.filter(
        district=batch.district, manifest_id__in={i.payload.manifest_id for i in batch}
    ).exclude(id_index="")
    listed = rows.filter(double_of_id=None).values_list("manifest_id", "id_index", "id", "seat")
    return {(manifest, index): (id_, seat) for manifest, index, id_, seat in listed}


def _new(batch: Batch[Any], wanted: payloads.ListPassenger) -> Passenger:
    row = Passenger(
        district=batch.district,
        id=wanted.passenger_id,
        manifest_id=wanted.manifest_id,
        person_id=wanted.person_id,
        extra=wanted.extra,
    )
    if wanted.double_of:
        row.state, row.double_of_id = PassengerState.DOUBLE, wanted.double_of
    elif wanted.extra:
        # Whoever is not on the list is known because he stands there.
        row.state, row.seen_at = PassengerState.PRESENT, batch.received_at
    return row


def _fill(row: Passenger, wanted: payloads.ListPassenger, index: str, batch: Batch[Any]) -> None:
    row.name, row.name_latin = wanted.name, wanted.name_latin
    row.sex, row.age, row.phone = wanted.sex, wanted.age, wanted.phone
    row.id_kind, row.id_number, row.id_index = wanted.id_kind, wanted.id_number, index
    row.nationality, row.place_from = wanted.nationality, wanted.place_from
    row.onward, row.family, row.accessible = wanted.onward, wanted.family, wanted.accessible
    row.seat, row.seat_key = wanted.seat, seat_key(wanted.seat)
    # A file without these says nothing of what was measured at the gate.
    if wanted.temperature is not None:
        row.temperature = tenths(wanted.temperature)
    if wanted.symptoms:
        row.symptoms = sorted(wanted.symptoms)
    row.changed_at = batch.received_at


def _lines(batch: Batch[Any]) -> dict[UUID, Passenger]:
    """Return the passengers of a list; those of closed manifests are refused."""
    ids = {i.payload.passenger_id for i in batch}
    rows = {p.id: p for p in Passenger.objects.filter(district=batch.district, id__in=ids)}
    closed = _closed(batch, (p.manifest_id for p in rows.values()))
    for item in batch:
        row = rows[item.payload.passenger_id]
        if row.manifest_id in closed:
            item.refuse(CLOSED, "passenger_id", vehicle=closed[row.manifest_id])
    return rows


def _step(item: Item[Any], row: Passenger, act: PassengerAct) -> bool:
    """Bring a line to its next state; False (and refused) where that does not fit."""
    after = next_state(row.state, act)
    if after is None:
        item.refuse(STATE, "passenger_id")
        return False
    if row.placed_at is not None:
        item.refuse(PLACED, "passenger_id")
        return False
    row.state = after
    return True


_CHANGING = (
    "state",
    "temperature",
    "symptoms",
    "seen_at",
    "double_of_id",
    "destination",
    "decided",
    "changed_at",
)


def write(batch: Batch[Any], rows: Iterable[Passenger], fields: Iterable[str] = _CHANGING) -> None:
    """Write changed fields of passengers."""
    for row in rows:
        values = {name: getattr(row, name) for name in fields}
        values["changed_at"] = batch.received_at
        Passenger.objects.filter(district=batch.district, id=row.id).update(**values)


@list_command(
    "passenger.present",
    payloads.SeePassenger,
    verb=Verb.PLACE,
    locate=by_passenger,
    title=_("A passenger has come"),
)
def present(batch: Batch[payloads.SeePassenger]) -> None:
    """Note that passengers have come, with what was measured; a late one is missed no more.

    Measuring somebody again who is present already is no error.
    """
    rows, changed = _lines(batch), []
    for item in batch:
        row, seen = rows[item.payload.passenger_id], item.payload
        late = row.state == PassengerState.MISSING
        again = row.state == PassengerState.PRESENT
        if not again and not _step(item, row, PassengerAct.PRESENT):
            continue
        if seen.temperature is not None:
            row.temperature = tenths(seen.temperature)
        if seen.symptoms is not None:
            row.symptoms = sorted(seen.symptoms)
        row.seen_at = row.seen_at if again else item.at
        if late:
            item.settle(MISSING, row.id, None, DutyAction.DONE, "passenger.came")
        if not again:
            item.count("arrivals", timezone.localdate(item.at).isoformat())
        item.result = {"late": late}
        changed.append(row)
    write(batch, changed)


@list_command(
    "passenger.missing",
    payloads.OnPassenger,
    verb=Verb.PLACE,
    locate=by_passenger,
    title=_("A passenger is missing"),
)
def missing(batch: Batch[payloads.OnPassenger]) -> None:
    """Note that passengers did not come; somebody has to find out where each of them is."""
    rows, changed = _lines(batch), []
    for item in batch:
        row = rows[item.payload.passenger_id]
        was_here = row.state == PassengerState.PRESENT
        if not _step(item, row, PassengerAct.MISSING):
            continue
        row.seen_at = None
        assert item.place
        if was_here:
            item.count("arrivals", timezone.localdate(item.at).isoformat(), -1)
        item.open_duty(
            NewDuty(
                MISSING,
                "missing",
                item.place,
                due_at=batch.after(hours=MISSING_HOURS),
                subject_kind="passenger",
                subject_id=row.id,
                context_id=row.manifest_id,
                priority=7,
                details={"seat": row.seat},
            )
        )
        changed.append(row)
    write(batch, changed)


@command(
    "passenger.double",
    payloads.DoublePassenger,
    verb=Verb.PLACE,
    locate=by_passenger,
    title=_("Mark a double line"),
)
def double(batch: Batch[payloads.DoublePassenger], item: Item[payloads.DoublePassenger]) -> None:
    """Say that a line is about the same person as another one of the manifest."""
    row = Passenger.objects.get(district=batch.district, id=item.payload.passenger_id)
    load(batch, row.manifest_id)
    other = Passenger.objects.filter(
        district=batch.district, id=item.payload.double_of, manifest_id=row.manifest_id
    ).exclude(state=PassengerState.DOUBLE)
    if row.id == item.payload.double_of or not other.exists():
        raise Refuse(problems.NOT_FOUND, "double_of")
    was_here = row.state == PassengerState.PRESENT
    was_missing = row.state == PassengerState.MISSING
    if not _step(item, row, PassengerAct.DOUBLE):
        return
    row.double_of_id, row.destination, row.decided = item.payload.double_of, "", ""
    if was_here:
        item.count("arrivals", timezone.localdate(item.at).isoformat(), -1)
    if was_missing:
        item.settle(MISSING, row.id, None, DutyAction.DONE, "passenger.double")
    write(batch, [row])


@command(
    "passenger.single",
    payloads.OnPassenger,
    verb=Verb.PLACE,
    locate=by_passenger,
    title=_("Take back that a line is double"),
)
def single(batch: Batch[payloads.OnPassenger], item: Item[payloads.OnPassenger]) -> None:
    """Say that a line is somebody else after all; the person is expected again."""
    row = Passenger.objects.get(district=batch.district, id=item.payload.passenger_id)
    load(batch, row.manifest_id)
    if _step(item, row, PassengerAct.SINGLE):
        row.double_of_id = None
        write(batch, [row])
