"""One operation for each command of the registry: `POST /api/commands/<name>`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from lianfang.doors.api import answers, auth, districts, errors
from lianfang.doors.api.entries import hand_in
from lianfang.doors.api.reading import parse, read_one
from lianfang.kernel import problems, times
from lianfang.kernel.actors import Actor
from lianfang.kernel.ids import new_id
from lianfang.kernel.problems import Refusal
from lianfang.kernel.receipts import Receipt, Status
from lianfang.kernel.registry import COMMANDS, Command
from lianfang.kernel.verbs import Verb


def offered() -> list[Command]:
    """Return the commands that somebody can send, by name; the clock's are the clock's."""
    return [c for _, c in sorted(COMMANDS.items()) if c.verb is not Verb.TICK]


def add_to(router: Router) -> None:
    """Add an operation for each command."""
    for spec in offered():
        view = _operation(spec)
        view.__name__ = "command_" + spec.name.replace(".", "_")
        router.post(
            f"/commands/{spec.name}",
            operation_id=view.__name__,
            summary=spec.name,
            tags=["commands"],
            openapi_extra={"x-command": spec.name},
        )(view)


def _operation(spec: Command) -> Callable[[HttpRequest], HttpResponse]:
    def act(request: HttpRequest) -> HttpResponse:
        tree, suspicious = parse(request.body)
        actor = auth.actor(request)
        if isinstance(tree, dict):
            tree = _completed(actor, spec, tree)
        return _answer(hand_in(actor, [read_one(tree, suspicious)])[0])

    return act


def _completed(actor: Actor, spec: Command, given: dict[str, Any]) -> dict[str, Any]:
    """Return the entry with what a person at a desk may leave out: id, time and district."""
    tree = {**given, "command": given.get("command", spec.name)}
    if tree.get("id") is None:
        tree["id"] = str(new_id())
    if tree.get("occurred_at") is None:
        tree["occurred_at"] = times.now().isoformat()
    if tree.get("district") is None:
        tree["district"] = "" if spec.reference else districts.chosen(actor, None)
    if tree["command"] != spec.name:
        # Read as malformed: the address says which command it is.
        tree["command"] = None
    return tree


def _answer(receipt: Receipt) -> HttpResponse:
    outcome = receipt.first or receipt.status
    if outcome == Status.REFUSED:
        refusal = receipt.refusal or Refusal(problems.UNEXPECTED)
        wait = errors.RETRY_AFTER if refusal.status == 503 else None
        body = {"id": str(receipt.id), "outcome": str(receipt.status)}
        return errors.respond(refusal, retry_after=wait, **body)
    return answers.respond(receipt.as_dict(), 202 if outcome == Status.HELD else 200)
