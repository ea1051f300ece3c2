"""What a phone gets back: JSON whatever it says that it accepts, and kept by no cache."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse

from lianfang.kernel.problems import Refusal


def answered(body: dict[str, Any]) -> HttpResponse:
    """Answer with JSON."""
    response = JsonResponse(
        body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}
    )
    response["Cache-Control"] = "no-store"
    return response


def refused(refusal: Refusal, retry_after: int | None = None) -> HttpResponse:
    """Answer with a problem."""
    response = answered(
        {
            "type": f"urn:lianfang:problem:{refusal.code}",
            "title": refusal.message,
            "status": refusal.status,
            "code": refusal.code,
            "detail": refusal.hint,
            "field": refusal.field,
        }
    )
    response.status_code = refusal.status
    response["Content-Type"] = "application/problem+json"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response
