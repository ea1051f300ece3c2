"""One's own tokens, and the registry of commands."""

from __future__ import annotations

import inspect
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from lianfang.areas.rules import ROLE_VERBS
from lianfang.doors.api import answers, auth, schemas
from lianfang.doors.api.acts import offered
from lianfang.kernel import problems
from lianfang.kernel.problems import Refuse
from lianfang.kernel.registry import Command
from lianfang.kernel.verbs import Verb
from lianfang.people import tokens as own_tokens
from lianfang.people.models import ApiToken

router = Router()


def roles_with(verb: Verb) -> list[str]:
    """Return the roles that have a verb, in the order of the list of roles."""
    return [str(role) for role, verbs in ROLE_VERBS.items() if verb in verbs]


def described(spec: Command) -> str:
    """Return what the payload of a command is about, from its class."""
    return inspect.cleandoc(spec.payload.__doc__ or "")


@router.get("/commands", response=schemas.Commands, tags=["commands"])
def commands(request: HttpRequest) -> HttpResponse:
    """List the commands of this server, with who may send them."""
    actor = auth.actor(request)
    items = [
        {
            "name": spec.name,
            "title": str(spec.title),
            "description": described(spec),
            "verb": str(spec.verb),
            "roles": roles_with(spec.verb),
            "reference": spec.reference,
            "version": spec.version,
            "may": actor.active and actor.may_somewhere(spec.verb),
        }
        for spec in offered()
    ]
    return answers.respond({"items": items})


@router.get("/tokens", response=schemas.Tokens, tags=["me"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's live tokens."""
    rows = own_tokens.live(auth.account(request))
    return answers.respond({"items": [_shape(row) for row in rows]})


@router.post("/tokens", response={201: schemas.NewToken}, tags=["me"])
def new_token(request: HttpRequest, body: Body[schemas.TokenName]) -> HttpResponse:
    """Make a token for oneself; its text is shown this once."""
    account = auth.account(request)
    if not account.is_active:
        raise Refuse(problems.FORBIDDEN)
    token, row = own_tokens.make(account, body.name)
    return answers.respond({**_shape(row), "token": token}, 201)


@router.delete("/tokens/{str:token_id}", response={204: None}, tags=["me"])
def revoke_token(request: HttpRequest, token_id: str) -> HttpResponse:
    """Revoke a token of one's own, by its id of the list."""
    if not own_tokens.revoke(auth.account(request), token_id):
        raise Refuse(problems.NOT_FOUND, "token_id")
    return HttpResponse(status=204)


def _shape(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.token_hash[: own_tokens.SHORT],
        "name": row.name,
        "made_at": row.made_at,
        "used_at": row.used_at,
    }
