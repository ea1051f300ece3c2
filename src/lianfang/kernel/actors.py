"""Who acts: an account, a door card, a signed link, or the system's clock, with what is granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lianfang.kernel.verbs import Sight, Verb


class ActorKind(StrEnum):
    """The kinds of actor that a record can name."""

    ACCOUNT = "account"
    CARD = "card"
    LINK = "link"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Granted:
    """Verbs and sights within everything whose path starts with `path` ('' is everywhere).

    `path` is an area's path, or an area's path followed by one household's id for a door card or
    a duty at one door. `ended_at` is set for a grant that is over: it allows nothing, but tells a
    late entry of somebody who had the right when he acted from one of somebody who never had it.
    """

    role: str
    path: str
    verbs: frozenset[Verb]
    sights: frozenset[Sight]
    ended_at: datetime | None = None
    # The one household that the grant is about; then `path` ends with it.
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An acting party with its grants; made anew for each request, never stored."""

    kind: ActorKind
    id: UUID | None = None
    grants: tuple[Granted, ...] = ()
    active: bool = True
    # Set by replay only: what was once accepted is not asked for permission again.
    trusted: bool = False

    @property
    def ref(self) -> str:
        """Return the stable name under which records keep the actor, such as `account:<uuid>`."""
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    def may(self, verb: Verb, path: str) -> bool:
        """Tell whether the actor may do `verb` at `path` now."""
        if self.trusted:
            return True
        return self.active and any(
            verb in g.verbs and path.startswith(g.path) for g in self.live_grants
        )

    def could(self, verb: Verb, path: str, when: datetime) -> bool:
        """Tell whether the actor had `verb` at `path` at the moment `when`, before it was ended."""
        return any(
            verb in g.verbs and path.startswith(g.path) and (not g.ended_at or when <= g.ended_at)
            for g in self.grants
        )

    def may_somewhere(self, verb: Verb) -> bool:
        """Tell whether the actor has `verb` anywhere at all."""
        return self.trusted or any(verb in g.verbs for g in self.live_grants)

    def sees(self, sight: Sight, path: str) -> bool:
        """Tell whether the actor may see the fields of `sight` at `path`."""
        if self.trusted:
            return True
        return self.active and any(
            sight in g.sights and path.startswith(g.path) for g in self.live_grants
        )

    def paths(self, verb: Verb) -> tuple[str, ...]:
        """Return the shortest paths that cover all the actor's grants of `verb`, sorted."""
        return shortest(
            g.path
            for g in self.live_grants
            if self.active and verb in g.verbs and g.subject is None
        )

    def subjects(self, verb: Verb) -> frozenset[UUID]:
        """Return the single households for which the actor has `verb`."""
        return frozenset(
            g.subject for g in self.live_grants if self.active and verb in g.verbs and g.subject
        )

    def sight_paths(self, sight: Sight) -> tuple[str, ...]:
        """Return the shortest paths within which the actor sees the fields of `sight`, sorted."""
        return shortest(g.path for g in self.live_grants if self.active and sight in g.sights)

    @property
    def live_grants(self) -> tuple[Granted, ...]:
        """Return the grants that have not ended."""
        return tuple(g for g in self.grants if g.ended_at is None)


def shortest(paths: Iterable[str]) -> tuple[str, ...]:
    """Return `paths` without those that lie under another one of them, sorted."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


CLOCK = Actor(
    ActorKind.SYSTEM,
    grants=(Granted("clock", "", frozenset({Verb.TICK}), frozenset()),),
)
OPERATOR = Actor(
    ActorKind.SYSTEM,
    grants=(Granted("operator", "", frozenset(Verb), frozenset()),),
)


def replayed(ref: str) -> Actor:
    """Return the actor that `ref` names, for replay: trusted, without asking for grants."""
    kind, _, text = ref.partition(":")
    return Actor(ActorKind(kind), UUID(text) if text else None, trusted=True)
