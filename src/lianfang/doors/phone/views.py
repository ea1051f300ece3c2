"""Serves the app under /phone/, and sends door codes on to it."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from lianfang.doors.phone import files
from lianfang.web import problems


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
def door_code(request: HttpRequest, code: str) -> HttpResponse:
    """Open a scanned door code in the app, which knows the doors of its owner."""
    return HttpResponseRedirect(f"/phone/#/d/{code}")
