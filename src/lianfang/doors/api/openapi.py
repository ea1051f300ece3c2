"""Completes ninja's OpenAPI with what it cannot know: commands, entries, and problems."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from lianfang.doors.api import schemas
from lianfang.doors.api.acts import offered
from lianfang.doors.api.own import described, roles_with
from lianfang.kernel.registry import COMMANDS

_REF = "#/components/schemas/"
_JSON = "application/json"
_READ = (401, 429, 503)
_QUERY = (404, 422)
_WRITE = (400, 403, 413, 415, 422)
_ACT = (404, 409)
_TITLES = {
    400: "The body is not JSON",
    401: "Not logged in",
    403: "Not allowed",
    404: "Absent, or out of scope: the two look alike",
    409: "In conflict with what stands",
    413: "Too large",
    415: "Not application/json",
    422: "Cannot be taken",
    429: "Too many invalid tokens",
    500: "A fault of the server; an entry is kept all the same",
    503: "The database does not answer; try again after Retry-After",
}
_ENTRY_FIELDS: dict[str, Any] = {
    "id": {"type": "string", "format": "uuid", "description": "Made by the client (UUIDv7)."},
    "occurred_at": {
        "type": "string",
        "format": "date-time",
        "description": "When it happened, by a corrected clock.",
    },
    "district": {
        "type": "string",
        "pattern": "^[0-9A-Za-z._-]{0,12}$",
        "description": "'' for what districts share.",
    },
    "mends": {
        "type": ["string", "null"],
        "format": "uuid",
        "description": "The refused entry that this one replaces.",
    },
    "device_at": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "What the device's own clock showed.",
    },
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return ninja's document with the schemas of all commands and all problems."""
    components = document["components"].setdefault("schemas", {})
    refs = _payloads(components)
    _own(components)
    _entry(components)
    document["components"]["responses"] = {f"Problem{s}": _problem(s) for s in _TITLES}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _operation(path, method, operation, refs)
    return document


def _payloads(components: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Add the payload of each command; return the reference to each by the command's name."""
    specs = offered()
    models: list[tuple[type[BaseModel], Any]] = [
        (model, "validation") for model in dict.fromkeys(s.payload for s in specs)
    ]
    found, definitions = models_json_schema(models, ref_template=_REF + "{model}")
    for name, schema in definitions.get("$defs", {}).items():
        if components.setdefault(name, schema) != schema:
            raise ValueError(f"two schemas have the name {name}")
    return {s.name: dict(found[(s.payload, "validation")]) for s in specs}


def _own(components: dict[str, Any]) -> None:
    models: list[tuple[type[BaseModel], Any]] = [
        (schemas.Problem, "serialization"),
        (schemas.ReceiptShape, "serialization"),
    ]
    _, definitions = models_json_schema(models, ref_template=_REF + "{model}")
    for name, schema in definitions.get("$defs", {}).items():
        components.setdefault(name, schema)


def _entry(components: dict[str, Any]) -> None:
    components["Entry"] = {
        "type": "object",
        "description": "One act. The payload's shape is that of /api/commands/{command}.",
        "properties": {
            **_ENTRY_FIELDS,
            "command": {"type": "string", "enum": [s.name for s in offered()]},
            "payload": {"type": "object"},
        },
        "required": ["id", "command", "occurred_at", "payload"],
        "additionalProperties": False,
    }


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": _TITLES[status],
        "content": {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}},
    }


def _operation(
    path: str, method: str, operation: dict[str, Any], refs: dict[str, dict[str, Any]]
) -> None:
    statuses = set(_READ)
    if method == "get":
        statuses |= set(_QUERY)
    else:
        statuses |= set(_WRITE)
    if method == "delete":
        statuses |= {404}
    elif method == "post" and "{" in path:
        # What is asked about one thing, a post, that may be absent or closed.
        statuses |= set(_ACT)
    if name := operation.get("x-command"):
        _command(name, operation, refs[name])
        statuses |= set(_ACT) | {500}
    elif path.endswith("/entries"):
        operation["requestBody"] = _body(
            {"type": "array", "items": {"$ref": f"{_REF}Entry"}, "maxItems": 1_000}
        )
    responses = operation["responses"] = {str(k): v for k, v in operation["responses"].items()}
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {_JSON: {"schema": schema}}}


def _command(name: str, operation: dict[str, Any], ref: dict[str, Any]) -> None:
    spec = COMMANDS[name]
    roles = ", ".join(roles_with(spec.verb)) or "nobody by role"
    operation["summary"] = str(spec.title)
    operation["description"] = (
        f"{described(spec)}\n\nNeeds the permission `{spec.verb}` (roles: {roles}). "
        "What is left out of id, time and district is filled in where the server can know it."
    )
    operation["x-verb"] = str(spec.verb)
    operation["x-version"] = spec.version
    operation["requestBody"] = _body(
        {
            "type": "object",
            "properties": {
                **{k: {**v, "type": ["string", "null"]} for k, v in _ENTRY_FIELDS.items()},
                "payload": ref,
            },
            "required": ["payload"],
            "additionalProperties": False,
        }
    )
    receipt = {"schema": {"$ref": f"{_REF}ReceiptShape"}}
    operation["responses"] = {
        "200": {"description": "It stands, now or from before", "content": {_JSON: receipt}},
        "202": {"description": "Held for the lead to decide", "content": {_JSON: receipt}},
    }
