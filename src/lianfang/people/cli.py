"""`lianfang grant`, `token` and `link`: what an operator does for accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from lianfang.people.models import Account

app = typer.Typer()
console = Console(stderr=True)


def _fail(words: str) -> typer.Exit:
    console.print(f"[red]{words}[/red]", highlight=False)
    return typer.Exit(1)


def _account(username: str) -> Account:
    from lianfang.people.models import Account

    try:
        found: Account = Account.objects.get_by_natural_key(username)
    except Account.DoesNotExist:
        raise _fail(f"There is no account {username}.") from None
    return found


@app.command()
def grant(
    username: Annotated[str, typer.Argument(help="The login name.")],
    role: Annotated[str, typer.Argument(help="A role, such as community_lead.")],
    area: Annotated[str, typer.Argument(help="The area's code; leave it out for everywhere.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End the role instead of giving it.")] = False,
) -> None:
    """Give an account a role in an area, or end it."""
    from lianfang.areas import queries
    from lianfang.areas.rules import Role
    from lianfang.kernel.actors import OPERATOR
    from lianfang.kernel.batch import Entry
    from lianfang.kernel.ids import new_id
    from lianfang.kernel.submit import submit
    from lianfang.kernel.times import now

    account = _account(username)
    if role not in list(Role):
        raise _fail(f"There is no role {role}. Roles: {', '.join(Role)}.")
    place = queries.by_code(area) if area else None
    if area and place is None:
        raise _fail(f"There is no area {area}.")
    area_id = place.id if place else None
    if end:
        live = queries.grants_of([account.id]).filter(role=role, area=place).first()
        if live is None:
            raise _fail(f"{username} does not have the role {role} there.")
        command, payload = "grant.end", {"grant_id": str(live.id)}
    else:
        command = "grant.give"
        payload = {"account_id": str(account.id), "role": role}
        if area_id:
            payload["area_id"] = str(area_id)
    receipt = submit(OPERATOR, [Entry(new_id(), command, payload, now())])[0]
    if receipt.refusal:
        raise _fail(f"{receipt.refusal.message} {receipt.refusal.hint}")
    where = f"{place.name} ({place.code})" if place else "everywhere"
    console.print(f"{username}: {role}, {where}{' ended' if end else ''}.", highlight=False)


@app.command()
def token(
    username: Annotated[str, typer.Argument(help="The login name.")],
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Revoke the tokens of this name instead.")
    ] = False,
) -> None:
    """Make a token for the API; it is printed this once."""
    from lianfang.people import tokens

    account = _account(username)
    if not revoke:
        typer.echo(tokens.make(account, name[:60])[0])
        return
    mine = [row for row in tokens.live(account) if row.name == name]
    for row in mine:
        tokens.revoke(account, row.token_hash[: tokens.SHORT])
    if not mine:
        raise _fail(f"{username} has no token of the name {name}.")
    console.print(f"{len(mine)} revoked.")


@app.command()
def link(
    username: Annotated[str, typer.Argument(help="The login name.")],
    server: Annotated[str, typer.Option(help="How people reach the server.")] = (
        "http://127.0.0.1:8000"
    ),
) -> None:
    """Make a link by which somebody logs in once, within 48 hours; it is printed this once."""
    from django.urls import reverse

    from lianfang.kernel.actors import OPERATOR
    from lianfang.people.auth import new_link

    account = _account(username)
    if not account.is_active:
        raise _fail(f"{username} is shut out.")
    path = reverse("by_link", args=[new_link(account, OPERATOR)])
    typer.echo(f"{server.rstrip('/')}{path}")
