"""Triage: rules adopted version by version, passengers sent by them, families decided upon."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from lianfang.areas.tree import by_area
from lianfang.arrivals import payloads
from lianfang.arrivals.locate import by_manifest, by_passenger
from lianfang.arrivals.manifest_commands import CLOSED, PLACED, load, write
from lianfang.arrivals.models import Manifest, Passenger, RuleSet
from lianfang.arrivals.rules import ManifestState, PassengerState, Way
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command, list_command
from lianfang.kernel.verbs import Verb

NO_FAMILY = problem(
    "family.unknown",
    _("Nobody of this family is on the manifest without a place."),
    _("Look at the list again; they may have been placed already."),
    status=409,
)
NO_DESTINATION = problem(
    "family.no_destination",
    _("A family that stays together needs a place to go to."),
    _("Choose one of the places to which the rules send its members."),
)
NOT_HERE = problem(
    "passenger.not_here",
    _("A line that is a double, or missing, is sent nowhere."),
    _("Mark the passenger as present first."),
    status=409,
)


@command(
    "triage.adopt",
    payloads.AdoptRules,
    verb=Verb.DECIDE,
    locate=by_area(),
    title=_("Adopt triage rules"),
)
def adopt(batch: Batch[payloads.AdoptRules], item: Item[payloads.AdoptRules]) -> None:
    """Make rules the area's next version; those before stay, with what they have decided."""
    wanted, place = item.payload, item.place
    if place is None or place.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "area_id")
    mine = RuleSet.objects.filter(district=batch.district, area_id=wanted.area_id)
    last = mine.aggregate(last=Max("version"))["last"] or 0
    if RuleSet.objects.filter(district=batch.district, id=wanted.rule_set_id).exists():
        raise Refuse(problems.NOT_FOUND, "rule_set_id")
    RuleSet.objects.create(
        district=batch.district,
        id=wanted.rule_set_id,
        area_id=wanted.area_id,
        version=last + 1,
        rules=[r.model_dump(mode="json", exclude_defaults=True) for r in wanted.rules],
        tried=(
            {"manifest_id": str(wanted.tried_on), "counts": wanted.counts}
            if wanted.tried_on
            and Manifest.objects.filter(district=batch.district, id=wanted.tried_on).exists()
            else {}
        ),
        adopted_at=batch.received_at,
        adopted_by=batch.actor.ref,
    )
    item.result = {"version": last + 1}


_SENT = (
    "destination",
    "rule",
    "group",
    "days",
    "checks",
    "reason",
    "decided",
)


@list_command(
    "passenger.triage",
    payloads.Triage,
    verb=Verb.PLACE,
    locate=by_passenger,
    title=_("Send a passenger by the rules"),
    hidden=True,
)
def triage(batch: Batch[payloads.Triage]) -> None:
    """Write down where the rules send passengers; what a person decided before falls away."""
    ids = {i.payload.passenger_id for i in batch}
    rows = {p.id: p for p in Passenger.objects.filter(district=batch.district, id__in=ids)}
    manifests = {
        m.id: m
        for m in Manifest.objects.filter(
            district=batch.district, id__in={p.manifest_id for p in rows.values()}
        )
    }
    changed, used = [], {}
    for item in batch:
        wanted, row = item.payload, rows[item.payload.passenger_id]
        manifest = manifests[row.manifest_id]
        if manifest.state != ManifestState.OPEN:
            item.refuse(CLOSED, "passenger_id", vehicle=manifest.vehicle)
        elif row.placed_at is not None:
            item.refuse(PLACED, "passenger_id")
        elif row.state in (PassengerState.DOUBLE, PassengerState.MISSING):
            item.refuse(NOT_HERE, "passenger_id")
        else:
            row.destination, row.rule, row.group = wanted.destination, wanted.rule, wanted.group
            row.days, row.checks, row.reason = wanted.days, wanted.checks, wanted.reason
            row.decided = ""
            changed.append(row)
            used[manifest.id] = wanted.rule_set_id
    write(batch, changed, _SENT)
    for manifest_id, rule_set_id in sorted(used.items()):
        Manifest.objects.filter(district=batch.district, id=manifest_id).update(
            rule_set_id=rule_set_id
        )


@command(
    "family.decide",
    payloads.DecideFamily,
    verb=Verb.PLACE,
    locate=by_manifest,
    title=_("Decide about a split family"),
)
def decide(batch: Batch[payloads.DecideFamily], item: Item[payloads.DecideFamily]) -> None:
    """Let a family that the rules split go apart, or together to one place."""
    wanted = item.payload
    load(batch, wanted.manifest_id)
    members = list(
        Passenger.objects.filter(
            district=batch.district,
            manifest_id=wanted.manifest_id,
            family=wanted.family,
            state__in=[PassengerState.EXPECTED, PassengerState.PRESENT],
            placed_at=None,
        )
        .exclude(destination="")
        .order_by("id")
    )
    if not members:
        raise Refuse(NO_FAMILY, "family")
    if wanted.way is Way.TOGETHER and wanted.destination is None:
        raise Refuse(NO_DESTINATION, "destination")
    for row in members:
        row.decided = wanted.way
        if wanted.way is Way.TOGETHER and wanted.destination:
            row.destination = wanted.destination
    write(batch, members, _SENT)
    item.result = {"members": [str(row.id) for row in members]}
