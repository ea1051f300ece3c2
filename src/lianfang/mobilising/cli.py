"""`lianfang plan`: plans a whole city's deployment, which takes longer than a page may wait."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer()
console = Console(stderr=True)


def _fail(words: str) -> typer.Exit:
    console.print(f"[red]{words}[/red]", highlight=False)
    return typer.Exit(1)


@app.command()
def plan(
    name: Annotated[str, typer.Argument(help="The name of the plan, as on its page.")],
    units: Annotated[
        list[str], typer.Option("--unit", help="An organisation whose members are sent; repeat it.")
    ],
    seconds: Annotated[float, typer.Option(help="How long to look for a better plan.")] = 540.0,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it at once.")] = False,
) -> None:
    """Plan a deployment: who goes where, with a proof of how near it is to the best."""
    from lianfang.kernel.actors import OPERATOR
    from lianfang.mobilising import deploying
    from lianfang.mobilising.models import Deployment
    from lianfang.people.models import Organisation

    found = list(Deployment.objects.select_related("area").filter(name=name))
    if len(found) != 1:
        raise _fail(f"There are {len(found)} plans named {name}.")
    if found[0].published_at:
        raise _fail("The plan is published; change it on its page.")
    ids = []
    for unit in units:
        row = Organisation.objects.filter(name=unit, valid_to=None).first()
        if row is None:
            raise _fail(f"There is no organisation {unit}.")
        ids.append(row.id)
    task = deploying.task(found[0], ids)
    console.print(f"{len(task.people)} people, {len(task.needs)} needs")
    with console.status(f"Planning, at most {seconds:.0f} s"):
        made = deploying.solve(task, seconds=seconds)
    with console.status("Writing"):
        refused = [r for r in deploying.keep(OPERATOR, task, made) if not r.stands]
    if refused:
        raise _fail(f"Not written: {refused[0].refusal.message if refused[0].refusal else ''}")
    if publish:
        deploying.publish(OPERATOR, task, made)
    figures = made.figures
    console.print(
        f"{figures.filled} of {figures.asked} filled, proven within {100 * figures.gap:.2f} % of"
        f" the best, {figures.travel_mean:.1f} minutes of travel, {figures.seconds:.0f} s"
    )
