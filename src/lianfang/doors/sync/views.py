"""`POST /sync` and `POST /sync/login`: what a phone says to the server."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lianfang.doors.sync import changes, devices, errors, login, protocol, taking
from lianfang.doors.sync.envelope import public_key
from lianfang.doors.sync.replies import answered, refused
from lianfang.kernel.problems import Refusal, Refuse
from lianfang.kernel.times import now
from lianfang.people import phone


@csrf_exempt  # No cookie stands behind it: a secret in a header does.
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Take a phone's outbox, answer each entry, and tell what changed since its cursor.

    Sending the same request again is always safe. Whoever may not read (a locked phone, one that
    was reported lost, an account that was shut out) gets the receipts and no data.
    """
    moment = now()
    try:
        known = protocol.credentials(request)
        device = devices.find(known[0], known[1]) if known else None
        if known is None or device is None:
            raise Refuse(errors.UNKNOWN_DEVICE)
        asked = protocol.read_sync(protocol.body_of(request))
        offset = taking.clock_offset(asked.device_clock, moment)
        actor = devices.actor_on(device)
        # What was recorded on a lost phone is never its owner's own act.
        owner = phone.owner_of(device.account, actor) if device.lost_at is None else None
        receipts = taking.take(actor, asked.entries, offset, moment, owner)
        devices.seen(device, clock=-offset, waiting=asked.waiting, version=asked.version)
        body: dict[str, Any] = {
            "server_clock": moment.isoformat(),
            "receipts": [r.as_dict() for r in receipts],
            "state": "locked",
        }
        if device.lost_at is not None:
            body["state"] = "lost"
        elif not device.account.is_active:
            body["state"] = "shut"
        elif devices.may_read(device, known[2]):
            if asked.entries:
                # What was claimed or handed back just now lends, or no longer lends, its door.
                actor = devices.actor_on(device)
            told = changes.of(device.account, actor, asked.cursor)
            body["state"] = "ok"
            body["lease"] = devices.until(moment).isoformat()
            body["changes"] = told.body
            body["cursor"] = told.cursor.model_dump(mode="json", exclude_defaults=True)
            body["more"] = told.more
    except Refuse as refuse:
        return refused(refuse.refusal)
    return answered(body)


@csrf_exempt
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Log a phone in; answers with its secrets, which are shown once."""
    try:
        wanted = protocol.read_login(protocol.body_of(request))
        account = login.check(request, wanted)
        known = devices.find(wanted.device, wanted.up) if wanted.device else None
        secret = devices.enrol(account, wanted.name, known)
    except login.Wait as wait:
        refusal = Refusal(errors.WAIT, None, {"seconds": wait.seconds})
        return refused(refusal, wait.seconds)
    except Refuse as refuse:
        return refused(refuse.refusal)
    return answered(
        {
            "device": str(secret.device.id),
            "up": secret.up,
            "read": secret.read,
            "share": secret.share,
            "server_key": public_key(),
            "account": {"id": str(account.id), "name": account.name},
            "language": account.language or get_language(),
            "lease": devices.until(now()).isoformat(),
            "server_clock": now().isoformat(),
        }
    )
