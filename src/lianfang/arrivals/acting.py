"""Acts on a whole manifest, in one list each: ids come from the act, so it can be sent again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianfang.arrivals import planning, queries, site_queries
from lianfang.arrivals.models import Manifest, Passenger
from lianfang.arrivals.planning import Proposal
from lianfang.arrivals.rules import PassengerState
from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, time_of
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb

NO_RULES = problem(
    "triage.no_rules",
    gettext_lazy("No triage rules were adopted here."),
    gettext_lazy("Open the rules, try them, adopt them; then sort."),
    status=409,
)
# As many entries as go in one list.
_LIST = 500


def _send(actor: Actor, entries: Sequence[Entry]) -> int:
    """Submit entries list by list; return how many stand, raise the first refusal if none does."""
    stand, first = 0, None
    for start in range(0, len(entries), _LIST):
        for receipt in submit(actor, entries[start : start + _LIST]):
            stand += receipt.stands
            first = first or (None if receipt.stands else receipt.refusal)
    if first is not None and not stand:
        raise Refuse(first.code, first.field, **first.params)
    return stand


def _each(actor: Actor, act: UUID, row: Manifest, command: str) -> int:
    lines = [p for p in planning.live_lines(row) if p.state == PassengerState.EXPECTED]
    entries = [
        Entry(
            derive_id(act, command, p.id),
            command,
            {"passenger_id": str(p.id)},
            now(),
            row.district,
            device_at=time_of(act),
        )
        for p in lines
    ]
    return _send(actor, entries)


def all_present(actor: Actor, act: UUID, row: Manifest) -> str:
    """Mark everybody who is still expected as present."""
    return _("Present: %(n)d more") % {"n": _each(actor, act, row, "passenger.present")}


def rest_missing(actor: Actor, act: UUID, row: Manifest) -> str:
    """Mark everybody who is still expected as missing; each is looked for."""
    return _("Missing: %(n)d. Each is looked for within two hours.") % {
        "n": _each(actor, act, row, "passenger.missing")
    }


def triage(actor: Actor, act: UUID, row: Manifest) -> str:
    """Sort those who have no place by the rules that hold at the manifest's area."""
    found = queries.rule_set(row.area)
    if found is None:
        raise Refuse(NO_RULES)
    sent = _send(actor, planning.triage_entries(act, row, found, now()))
    return _("Sorted by the rules: %(n)d changed") % {"n": sent}


def register(actor: Actor, act: UUID, row: Manifest, lines: Iterable[Passenger]) -> None:
    """Register those whom nobody has registered yet, if the actor may."""
    if actor.may(Verb.REGISTER, row.area.path):
        community = queries.community_of(row)
        submit(actor, planning.register_entries(act, row, lines, community, now()))


def place(actor: Actor, act: UUID, row: Manifest) -> Proposal:
    """Give everybody who waits the bed of the best plan; return the plan that was carried out."""
    sites = site_queries.receiving(row.district)
    proposal = planning.propose(row, sites)
    register(actor, act, row, proposal.rows.values())
    _send(actor, planning.place_entries(act, row, proposal, sites, now()))
    return proposal
