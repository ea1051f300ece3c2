"""Serves the app under /phone/, and lists the phones on which somebody has logged in."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianfang.doors.phone import files
from lianfang.doors.sync import devices
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.web import problems
from lianfang.web.acting import page

# A clock that is off by more is worth a word with its owner.
WRONG_CLOCK = 300


# The reader of QR codes is WebAssembly, where the phone has none of its own.
@csp_update({"script-src": ["'self'", "'wasm-unsafe-eval'"], "worker-src": ["'self'"]})
@require_safe
def app(request: HttpRequest, name: str = "") -> HttpResponse:
    """Serve a file of the app.

    Files with a hash in their name are kept by the browser for ever; the page and the service
    worker are asked for anew each time, so that an update arrives.
    """
    found = files.find(name)
    if found is None:
        return problems.respond(request, problems.standard(404))
    packed = found.packed and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.content, content_type=found.kind)
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if found.lasting else "no-cache"
    )
    return response


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the phones of those whose roles the actor gives, and the actor's own."""
    found = list(devices.governed(actor)[:500])
    owners = [
        (
            owner,
            [
                {
                    "device": d,
                    "number": devices.number(d),
                    "wrong_clock": abs(d.clock_seconds) > WRONG_CLOCK,
                }
                for d in phones
            ],
        )
        for owner, phones in groupby(found, key=lambda d: d.account)
    ]
    return render(request, "doors/devices.html", {"owners": owners})


@require_POST
@page
def lost(request: HttpRequest, actor: Actor, device_id: UUID) -> HttpResponse:
    """Shut a lost phone out."""
    device = devices.governed(actor).filter(id=device_id).first()
    if device is None:
        raise Refuse(NOT_FOUND)
    if devices.report_lost(device, actor):
        text = _("The phone {number} is shut out.").format(number=devices.number(device))
        messages.success(request, text)
    return redirect("devices")
