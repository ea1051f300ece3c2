"""The journal in words: what a record says, to somebody who may read it.

Each room adds a function for the commands of its own with `tell`; a command without one is shown
by its title alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianfang.areas import queries as area_queries
from lianfang.areas.rules import Role
from lianfang.areas.words import ROLES
from lianfang.kernel import queries as kernel
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Record
from lianfang.kernel.problems import Words
from lianfang.kernel.registry import COMMANDS
from lianfang.kernel.verbs import Sight, Verb
from lianfang.people import account_queries
from lianfang.people.models import Household
from lianfang.web import components as c

Sees = Callable[[Sight], bool]
Teller = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class _Look:
    icon: str = "check"
    tone: c.Tone = "plain"
    teller: Teller | None = None
    said: Words = ""
    sight: Sight | None = None


_LOOKS: dict[str, _Look] = {}


def tell(
    *commands: str,
    said: Words = "",
    icon: str = "check",
    tone: c.Tone = "plain",
    words: Teller | None = None,
    sight: Sight | None = None,
) -> None:
    """Say how records of these commands look in a history.

    `said` is what happened ("Address corrected"); without it the command's title stands. `words`
    gets the payload (its sealed parts only where the reader may see identities, so each field may
    be missing) and returns one line, '' for none; the line is shown to those who have `sight` at
    the place (None: to everybody who reads the history).
    """
    for command in commands:
        _LOOKS[command] = _Look(icon, tone, words, said, sight)


def moments(
    rows: Sequence[Record],
    *,
    sees: Sees = lambda sight: False,
    reader: Actor | None = None,
) -> list[c.Moment]:
    """Return records of one district as entries of a timeline.

    `sees` tells what the reader sees where the records lie; with IDENTITY the sealed parts are
    opened. Each record that `reader` may open in the journal is led to.
    """
    contents = kernel.contents(rows, opened=sees(Sight.IDENTITY))
    names = account_queries.names(r.actor for r in rows)
    mended = {row.mends_id for row in rows if row.mends_id}
    linked = _readable(reader, rows) if reader else set()
    return [_moment(row, contents[row.id], names, mended, sees, row.id in linked) for row in rows]


def _readable(actor: Actor, rows: Sequence[Record]) -> set[UUID]:
    """Return the records that the actor may open: a link to another page is a dead end."""
    if not actor.may_somewhere(Verb.READ_JOURNAL):
        return set()
    paths = area_queries.paths_by_id(row.area_id for row in rows if row.area_id)
    return {
        row.id
        for row in rows
        if actor.may(Verb.READ_JOURNAL, paths.get(row.area_id, "\0") if row.area_id else "")
    }


def _moment(
    row: Record,
    content: Mapping[str, Any],
    names: Mapping[str, str],
    mended: Iterable[UUID],
    sees: Sees,
    link: bool,
) -> c.Moment:
    look = _LOOKS.get(row.command, _Look())
    told = look.teller is not None and (look.sight is None or sees(look.sight))
    return c.Moment(
        at=row.occurred_at,
        what=look.said or title(row.command),
        who=who(row.actor, names),
        detail=look.teller(content) if look.teller and told else "",
        icon=look.icon,
        tone=look.tone,
        href=f"/journal/records/{row.district or '-'}/{row.id}" if link else "",
        replaced=row.id in mended,
    )


def title(command: str) -> str:
    """Return what a command is called; its name where this release does not know it."""
    spec = COMMANDS.get(command)
    return str(spec.title) if spec else command


def who(ref: str, names: Mapping[str, str]) -> str:
    """Return who an actor's ref is, in words."""
    kind = ref.partition(":")[0]
    if ref in names:
        return names[ref]
    return {
        "system": _("The system"),
        "card": _("A door's card"),
        "link": _("A signed link"),
        "account": _("An account that is gone"),
    }.get(kind, kind)


def of(
    actor: Actor, district: str, subjects: Iterable[UUID], path: str, *, limit: int = 30
) -> list[c.Moment]:
    """Return the history of some subjects of one district at `path`, the latest first."""
    rows = list(kernel.records_about(district, subjects)[:limit])
    return moments(rows, sees=seeing(actor, path), reader=actor)


def of_door(
    actor: Actor, household: Household, people: Iterable[UUID], *, limit: int = 30
) -> list[c.Moment]:
    """Return the history of a door and its people, with its moves from grid to grid.

    Those are records about the grid that took the door, since one moves many doors.
    """
    district = household.district
    rows = list(kernel.records_about(district, [household.id, *people])[:limit])
    rows += kernel.records_about(district, area_queries.ids_below(household.community_id)).filter(
        command="household.assign", result__contains=str(household.id)
    )[:limit]
    rows.sort(key=lambda row: -row.seq)
    return moments(rows[:limit], sees=seeing(actor, household.path), reader=actor)


def seeing(actor: Actor, path: str) -> Sees:
    """Return what the actor sees at `path`, as a question."""
    return lambda sight: actor.sees(sight, path)


def _door(content: Mapping[str, Any]) -> str:
    return "-".join(str(content[k]) for k in ("building", "unit", "room") if content.get(k))


def _registered(content: Mapping[str, Any]) -> str:
    count = len(content.get("members", ()))
    people = ngettext("%(n)d person", "%(n)d people", count) % {"n": count} if count else ""
    return " · ".join(part for part in (_door(content), people) if part)


def _why(content: Mapping[str, Any]) -> str:
    return str(content.get("why") or content.get("reason") or "")


def _name(content: Mapping[str, Any]) -> str:
    return str(content.get("name", ""))


def _role(content: Mapping[str, Any]) -> str:
    role = str(content.get("role", ""))
    return str(ROLES.get(Role(role), role)) if role else ""


def _left(content: Mapping[str, Any]) -> str:
    return _("Deceased") if content.get("deceased") else ""


def _switched(content: Mapping[str, Any]) -> str:
    return _("Let in") if content.get("active") else _("Shut out")


def _assigned(content: Mapping[str, Any]) -> str:
    count = len(content.get("household_ids", ()))
    return ngettext("%(n)d door", "%(n)d doors", count) % {"n": count}


def _exported(content: Mapping[str, Any]) -> str:
    count = int(content.get("rows", 0))
    rows = ngettext("%(n)d row", "%(n)d rows", count) % {"n": count}
    return " · ".join(part for part in (rows, _why(content)) if part)


def register_own() -> None:
    """Say how the records of kernel, areas and people look."""
    tell(
        "household.register",
        said=gettext_lazy("Put on the list"),
        icon="door",
        tone="info",
        words=_registered,
        sight=Sight.ADDRESS,
    )
    tell(
        "household.correct",
        said=gettext_lazy("Address corrected"),
        icon="edit",
        words=_door,
        sight=Sight.ADDRESS,
    )
    tell(
        "household.close",
        said=gettext_lazy("Taken off the list"),
        icon="vacant",
        tone="warn",
        words=_why,
    )
    tell("household.merge", said=gettext_lazy("Merged into another door"), icon="undo")
    tell(
        "household.assign",
        said=gettext_lazy("Doors given to another grid"),
        icon="grid",
        words=_assigned,
    )
    tell(
        "person.register",
        said=gettext_lazy("Person registered"),
        icon="person",
        tone="info",
        words=_name,
    )
    tell("person.correct", said=gettext_lazy("Data corrected"), icon="edit", words=_name)
    tell("person.move", said=gettext_lazy("Moved to another door"), icon="arrow-right")
    tell(
        "person.leave",
        said=gettext_lazy("Moved away"),
        icon="vacant",
        words=_left,
        sight=Sight.ADDRESS,
    )
    tell(
        "person.open", said=gettext_lazy("Opened for a reason"), icon="eye", tone="warn", words=_why
    )
    tell("person.reveal", said=gettext_lazy("Numbers looked at in full"), icon="eye")
    tell(
        "person.purge", said=gettext_lazy("Data destroyed"), icon="warning", tone="bad", words=_why
    )
    tell("area.draw", said=gettext_lazy("Area drawn"), icon="grid", words=_name)
    tell("area.rename", said=gettext_lazy("Area renamed"), icon="edit", words=_name)
    tell("area.retire", said=gettext_lazy("Area closed"), icon="warning", tone="warn")
    tell("grant.give", said=gettext_lazy("Role given"), icon="person", tone="good", words=_role)
    tell("grant.end", said=gettext_lazy("Role ended"), icon="person", tone="warn")
    tell(
        "account.create", said=gettext_lazy("Account made"), icon="person", tone="info", words=_name
    )
    tell(
        "account.switch",
        said=gettext_lazy("Access changed"),
        icon="lock",
        tone="warn",
        words=_switched,
    )
    tell("organisation.create", said=gettext_lazy("Organisation added"), icon="team", words=_name)
    tell("organisation.attach", said=gettext_lazy("Serves another area"), icon="team")
    tell("organisation.detach", said=gettext_lazy("Does not serve the area any more"), icon="team")
    tell("membership.join", said=gettext_lazy("Joined an organisation"), icon="team")
    tell("membership.quit", said=gettext_lazy("Left an organisation"), icon="team", tone="warn")
    tell(
        "export.record",
        said=gettext_lazy("List exported"),
        icon="download",
        tone="warn",
        words=_exported,
    )
    tell("duty.claim", said=gettext_lazy("Duty taken"), icon="duty")
    tell("duty.assign", said=gettext_lazy("Duty assigned"), icon="duty", words=_why)
    tell("duty.start", said=gettext_lazy("Duty started"), icon="duty")
    tell("duty.done", said=gettext_lazy("Duty done"), icon="duty", tone="good", words=_why)
    tell("duty.return", said=gettext_lazy("Duty given back"), icon="undo", words=_why)
    tell("duty.cancel", said=gettext_lazy("Duty cancelled"), icon="close", words=_why)
