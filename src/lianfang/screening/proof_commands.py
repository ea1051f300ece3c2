"""A proof of coverage is handed out: the journal keeps its digest, against which it is checked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.areas.models import Area
from lianfang.areas.tree import by_area
from lianfang.kernel import problems
from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, problem
from lianfang.kernel.registry import command
from lianfang.kernel.verbs import Verb
from lianfang.screening import proof_queries
from lianfang.screening.models import Round
from lianfang.screening.payloads import ProveRound

CHANGED = problem(
    "proof.changed",
    _("The ledger changed while the proof was made."),
    _("Take it again."),
    status=409,
)


@command(
    "round.prove",
    ProveRound,
    verb=Verb.READ_JOURNAL,
    locate=by_area(),
    title=_("Hand out a proof of coverage"),
)
def prove(batch: Batch[ProveRound], item: Item[ProveRound]) -> None:
    """Keep the digest of a proof, after it was computed anew from the ledger."""
    payload = item.payload
    item.subject_id = payload.round_id
    round_ = Round.objects.filter(id=payload.round_id).first()
    area = Area.objects.filter(id=payload.area_id).first()
    if round_ is None or area is None or area.district != batch.district:
        raise Refuse(problems.NOT_FOUND, "round_id")
    if not batch.replaying:
        found = proof_queries.ledger_digest(round_, area)
        if found != (payload.digest, payload.lines):
            raise Refuse(CHANGED, "digest")
    item.result = {"digest": payload.digest}
