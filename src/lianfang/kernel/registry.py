"""The registry of commands: the spine from which API, forms, imports and permissions come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lianfang.kernel.batch import Batch, Item
from lianfang.kernel.problems import Refuse, Words
from lianfang.kernel.sealing import Payload
from lianfang.kernel.verbs import Verb

P = TypeVar("P", bound=Payload)
ListHandler = Callable[[Batch[P]], None]
SingleHandler = Callable[[Batch[P], Item[P]], None]
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
Locate = Callable[[Batch[Any]], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do.

    `locate` finds, for a whole list, where each entry acts (`item.path`, `item.place`) before
    anything is checked; an entry that it leaves without a path is refused as not found.
    A `reference` command changes what districts share; it must not read operational rows, since a
    replay runs it before those that came between.
    """

    name: str
    payload: type[Payload]
    verb: Verb
    handler: ListHandler[Any]
    locate: Locate
    title: Words
    reference: bool = False
    version: int = 1
    upcasts: dict[int, Upcast] = field(default_factory=dict)
    # Hot commands come from phones in lists; the others are offered as forms.
    hidden: bool = False


COMMANDS: dict[str, Command] = {}
_FOLLOWERS: dict[str, list[ListHandler[Any]]] = {}


def command(
    name: str,
    payload: type[P],
    *,
    verb: Verb,
    locate: Locate,
    title: Words,
    reference: bool = False,
    version: int = 1,
    upcasts: dict[int, Upcast] | None = None,
    hidden: bool = False,
) -> Callable[[SingleHandler[P]], SingleHandler[P]]:
    """Register a handler that takes one entry at a time and refuses it by raising `Refuse`."""

    def register(handler: SingleHandler[P]) -> SingleHandler[P]:
        def each(batch: Batch[P]) -> None:
            for item in batch:
                try:
                    with batch.savepoint():
                        handler(batch, item)
                except Refuse as refuse:
                    item.refuse_with(refuse.refusal)

        list_command(
            name,
            payload,
            verb=verb,
            locate=locate,
            title=title,
            reference=reference,
            version=version,
            upcasts=upcasts,
            hidden=hidden,
        )(each)
        return handler

    return register


def list_command(
    name: str,
    payload: type[P],
    *,
    verb: Verb,
    locate: Locate,
    title: Words,
    reference: bool = False,
    version: int = 1,
    upcasts: dict[int, Upcast] | None = None,
    hidden: bool = False,
) -> Callable[[ListHandler[P]], ListHandler[P]]:
    """Register a handler that takes a whole list and parts the good from the bad before it writes.

    The outcome must be the same as if the entries came one by one, in their order.
    """

    def register(handler: ListHandler[P]) -> ListHandler[P]:
        _add(
            Command(
                name,
                payload,
                verb,
                handler,
                locate,
                title,
                reference,
                version,
                upcasts or {},
                hidden,
            )
        )
        return handler

    return register


def _add(spec: Command) -> None:
    if spec.name in COMMANDS:
        raise ValueError(f"command {spec.name} is defined twice")
    COMMANDS[spec.name] = spec


def follow(*names: str) -> Callable[[ListHandler[Any]], ListHandler[Any]]:
    """Run a function after the handler of these commands, in the same transaction.

    For a room that keeps something of its own in step with another room's records; it sees the
    accepted items, may write its own tables and add duties and counts, and may not refuse.
    """

    def register(function: ListHandler[Any]) -> ListHandler[Any]:
        for name in names:
            _FOLLOWERS.setdefault(name, []).append(function)
        return function

    return register


def followers(name: str) -> Sequence[ListHandler[Any]]:
    """Return what runs after the command `name`."""
    return _FOLLOWERS.get(name, ())


def everywhere(batch: Batch[Any]) -> None:
    """Locate entries that concern no area: whoever has the verb at the root may do them."""
    for item in batch:
        item.path = ""


def anywhere(batch: Batch[Any]) -> None:
    """Locate entries that anybody with the verb somewhere may send; the handler checks the rest."""
    for item in batch:
        paths = batch.actor.paths(batch.command.verb) if not batch.actor.trusted else ("",)
        item.path = paths[0] if paths else ""
