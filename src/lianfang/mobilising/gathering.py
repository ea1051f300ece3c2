"""What takes several records: forming a team, opening a recall in all its districts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from lianfang.kernel.actors import Actor
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import derive_id, new_id
from lianfang.kernel.receipts import Receipt
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.mobilising.models import Recall
from lianfang.people.models import Membership, Organisation


def form_team(
    actor: Actor,
    name: str,
    payload: dict[str, Any],
    *,
    parent_id: UUID | None = None,
    entry_id: UUID | None = None,
) -> list[Receipt]:
    """Make the organisation, attach it to its area and form the team, in one list.

    Safe to send again with the same `entry_id`. The last receipt tells whether the team stands.
    """
    return form_teams(actor, [(name, payload)], parent_id=parent_id, entry_ids=[entry_id])


def form_teams(
    actor: Actor,
    teams: Sequence[tuple[str, dict[str, Any]]],
    *,
    parent_id: UUID | None = None,
    entry_ids: Sequence[UUID | None] = (),
) -> list[Receipt]:
    """Form many teams, (name, payload of `team.form`) each, in one list: a city's thousands.

    The receipts are those of all organisations, then of their areas, then of the teams.
    """
    moment = now()
    below = {"parent_id": str(parent_id)} if parent_id else {}
    made, attached, formed = [], [], []
    for number, (name, payload) in enumerate(teams):
        origin = (entry_ids[number] if number < len(entry_ids) else None) or new_id()
        team = {"organisation_id": str(payload["team_id"])}
        unit = {**team, "name": name, "kind": "team", **below}
        place = {**team, "area_id": str(payload["area_id"])}
        made.append(Entry(derive_id(origin, "organisation"), "organisation.create", unit, moment))
        attached.append(Entry(derive_id(origin, "attach"), "organisation.attach", place, moment))
        formed.append(Entry(origin, "team.form", payload, moment))
    return submit(actor, [*made, *attached, *formed])


def open_recall(
    actor: Actor, payload: dict[str, Any], entry_id: UUID | None = None
) -> list[Receipt]:
    """Open a recall and let each district with members take part; the first receipt opens it."""
    origin = entry_id or new_id()
    receipts = submit(actor, [Entry(origin, "recall.open", payload, now())])
    if receipts[0].stands:
        receipts += in_districts(actor, UUID(str(payload["recall_id"])), "recall.join", origin)
    return receipts


def close_recall(actor: Actor, recall_id: UUID, entry_id: UUID | None = None) -> list[Receipt]:
    """Close a recall in all its districts, then as a whole; the last receipt is the whole's."""
    origin = entry_id or new_id()
    receipts = in_districts(actor, recall_id, "recall.close_district", origin)
    content = {"recall_id": str(recall_id)}
    return receipts + submit(actor, [Entry(origin, "recall.close", content, now())])


def in_districts(actor: Actor, recall_id: UUID, command: str, origin: UUID) -> list[Receipt]:
    """Send a command on a recall to every district in which a member lives."""
    content = {"recall_id": str(recall_id)}
    return [
        submit(actor, [Entry(derive_id(origin, command, d), command, content, now(), d)])[0]
        for d in districts(recall_id)
    ]


def districts(recall_id: UUID) -> list[str]:
    """Return the districts in which members of a recall's organisations live, sorted."""
    recall = Recall.objects.select_related("organisation").get(id=recall_id)
    units = Organisation.objects.filter(path__startswith=recall.organisation.path, valid_to=None)
    found = Membership.objects.filter(organisation_id__in=units.values("id"), until=None)
    return sorted(set(found.values_list("district", flat=True)))
