"""`POST /sync/filter`: a phone at a post takes the shift's filter of people in isolation.

What it is and what it can leak stands in docs/decisions/passage-filter.md; the phone asks with its
own secrets, since it has no token of the API.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import AwareDatetime

from lianfang.doors.sync import devices, errors, protocol
from lianfang.doors.sync.protocol import Part
from lianfang.doors.sync.replies import answered, refused
from lianfang.kernel import problems
from lianfang.kernel.batch import Entry
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import Refuse
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.kernel.verbs import Verb
from lianfang.stations import isolation, queries

SHIFT = timedelta(hours=8)
LONGEST = timedelta(hours=12)


class FilterWanted(Part):
    """The post, and when the shift ends by the phone's clock (eight hours when left out)."""

    district: str
    post_id: UUID
    device_clock: AwareDatetime
    until: AwareDatetime | None = None


@csrf_exempt
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Answer with a filter for the post until the end of the shift; who took it is on record."""
    try:
        known = protocol.credentials(request)
        device = devices.find(known[0], known[1]) if known else None
        if known is None or device is None or not devices.may_read(device, known[2]):
            raise Refuse(errors.UNKNOWN_DEVICE)
        wanted: FilterWanted = protocol.read(FilterWanted, protocol.body_of(request))
        actor = devices.actor_on(device)
        post = queries.find(wanted.district, wanted.post_id)
        if post is None or not actor.may(Verb.PASSAGE, post.path):
            raise Refuse(problems.NOT_FOUND, "post_id")
        moment = now()
        lasts = wanted.until - wanted.device_clock if wanted.until else SHIFT
        until = moment + max(min(lasts, LONGEST), timedelta(minutes=1))
        payload = {"post_id": str(post.id), "until": until.isoformat()}
        entry = Entry(new_id(), "passage.filter", payload, moment, wanted.district)
        receipt = submit(actor, [entry], received_at=moment)[0]
        if receipt.refusal:
            return refused(receipt.refusal)
        made = isolation.filter_for(wanted.district, post.path, receipt.id, until)
    except Refuse as refuse:
        return refused(refuse.refusal)
    # The phone's clock may be wrong; it throws the filter away after so many seconds.
    return answered({**made, "lasts": int((until - moment).total_seconds())})
