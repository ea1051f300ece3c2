"""A list of helpers against what is registered: persons, memberships, accounts, roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lianfang.areas import queries
from lianfang.areas.rules import Level, Role
from lianfang.areas.words import ROLES
from lianfang.doors.imports import people_rows
from lianfang.doors.imports.places import Places, Spot
from lianfang.doors.imports.plan import Planned, Setting, Step
from lianfang.doors.imports.problems import BadValue, Problem
from lianfang.doors.imports.reading import Reading
from lianfang.doors.imports.rows import HelperRow, RefusedRow
from lianfang.doors.imports.rows import Role as Said
from lianfang.kernel.batch import Entry
from lianfang.kernel.verbs import Verb
from lianfang.people import lookup
from lianfang.people.lookup import Known

# What a word of the list means as a standing role, the highest first.
_ROLES: dict[Said, Role] = {
    Said.GRID_WORKER: Role.GRID_WORKER,
    Said.BUILDING_LEAD: Role.BUILDING_LEAD,
    Said.STAFF: Role.GRID_WORKER,
    Said.DOCTOR: Role.SITE_STAFF,
    Said.POLICE: Role.SITE_STAFF,
    Said.PROPERTY: Role.SITE_STAFF,
    Said.PARTY_MEMBER: Role.VOLUNTEER,
    Said.VOLUNTEER: Role.VOLUNTEER,
}
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def login_name(person_id: UUID, role: Role) -> str:
    """Return a login name: a word for the role and six signs, no name and no telephone in it.

    Login names lie in the clear in the journal, where telephones must not; most helpers log in by
    a link and never type theirs.
    """
    word = {Role.GRID_WORKER: "grid", Role.BUILDING_LEAD: "lead", Role.SITE_STAFF: "site"}
    value, signs = person_id.int & ((1 << 62) - 1), ""
    for _ in range(6):
        value, rest = divmod(value, len(_LETTERS))
        signs += _LETTERS[rest]
    return f"{word.get(role, 'help')}-{signs}"


@dataclass(slots=True)
class _Helper:
    row: HelperRow
    person_id: UUID
    known: Known | None
    grants: list[tuple[Role, UUID]] = field(default_factory=list)


class HelperPlanner:
    """Plans some helpers at a time. Stages: organisations, persons, accounts, roles."""

    size = 200

    def __init__(self, setting: Setting) -> None:
        """Plan for one import."""
        self.setting = setting
        self.district = setting.area.district
        self.places = Places(setting.area, setting.places)
        self._organisations: dict[str, UUID] = {}

    def plan(self, entries: Sequence[HelperRow]) -> Step:
        """Plan a chunk: who is known already by document, or by name and telephone."""
        step = Step()
        helpers = self._find(entries, step)
        self._know_organisations({h.row.organisation for h in helpers if h.row.organisation}, step)
        ids = [h.person_id for h in helpers]
        memberships = lookup.memberships(self.district, ids)
        accounts = lookup.accounts_of_persons(self.district, ids)
        grants = {(g.account_id, g.role, g.area_id) for g in queries.grants_of(accounts.values())}
        for helper in helpers:
            before = len(step.planned)
            self._person(helper, step)
            self._membership(helper, memberships, step)
            self._account(helper, accounts, grants, step)
            if len(step.planned) == before:
                step.counts["helpers_same"] += 1
        return step

    def _find(self, entries: Sequence[HelperRow], step: Step) -> list[_Helper]:
        documents = {id(r): people_rows.document_index(r) for r in entries}
        by_document = lookup.by_document(self.district, set(documents.values()) - {""})
        phones = {id(r): people_rows.phone_indexes(r) for r in entries}
        by_phone = lookup.by_phone(self.district, {i for part in phones.values() for i in part})
        helpers = []
        for row in entries:
            known = by_document.get(documents[id(row)]) or next(
                (
                    one
                    for index in phones[id(row)]
                    for one in by_phone.get(index, ())
                    if one.name == row.name
                ),
                None,
            )
            person_id = known.id if known else self.setting.derive("person", row.row)
            helper = _Helper(row, person_id, known)
            try:
                helper.grants = self._grants(row)
            except BadValue as bad:
                problem = Problem(bad.code, row.row, params=bad.params)
                step.returned.append(((row.row,), problem))
                continue
            helpers.append(helper)
        return helpers

    # --- where, and as what ---------------------------------------------------------------------

    def _grants(self, row: HelperRow) -> list[tuple[Role, UUID]]:
        """Return the roles of a helper: in the grids named, else those of the buildings."""
        spots = [self._spot(said) for said in row.areas]
        if not spots:
            spots = [s for b in row.buildings if (s := self._of_building(b))]
        if not spots:
            spots = [self._home()]
        role = min((_ROLES[said] for said in row.roles), key=_rank, default=Role.VOLUNTEER)
        result = []
        for spot in dict.fromkeys(spots):
            if role not in queries.grantable(self.setting.actor, spot.path):
                raise BadValue("role-too-high", role=str(ROLES[role]))
            result.append((role, spot.area_id))
        return result

    def _spot(self, said: str) -> Spot:
        if found := self.places.find(said):
            return found
        raise BadValue("grid-unknown", value=said[:30])

    def _of_building(self, building: str) -> Spot | None:
        for community in self.places.communities:
            area_id = self.places.grids_of(community.id).get(building)
            if area_id and (spot := self.places.at(area_id)):
                return spot
        return None

    def _home(self) -> Spot:
        """Return the community where nothing else is said; the file must be for one."""
        if self.setting.area.level >= Level.COMMUNITY and (
            spot := self.places.at(self.setting.area.id)
        ):
            return spot
        raise BadValue("grid-missing")

    # --- the commands ---------------------------------------------------------------------------

    def _know_organisations(self, names: set[str], step: Step) -> None:
        missing = names - self._organisations.keys()
        found = lookup.organisations_by_name(missing)
        for name in sorted(missing):
            if candidates := found.get(name):
                self._organisations[name] = candidates[0][0]
                continue
            id_ = self.setting.derive("organisation", name)
            payload = {"organisation_id": str(id_), "name": name[:120]}
            entry = self._entry("organisation.create", name, payload, "")
            step.planned.append(Planned(entry, (), {"organisations_new": 1}, name))
            self._organisations[name] = id_

    def _person(self, helper: _Helper, step: Step) -> None:
        if helper.known is not None:
            return
        home = self.places.at(helper.grants[0][1])
        assert home
        payload = {
            "person_id": str(helper.person_id),
            "area_id": str(home.community_id),
            **people_rows.said(helper.row),
        }
        self._add(helper, step, "person.register", "", payload, "people_new", 1)

    def _membership(
        self, helper: _Helper, memberships: dict[tuple[UUID, UUID], str], step: Step
    ) -> None:
        row = helper.row
        if not row.organisation or not self.setting.actor.may_somewhere(Verb.ORGANISE):
            return
        organisation_id = self._organisations[row.organisation]
        if memberships.get((helper.person_id, organisation_id)) == row.title[:60]:
            return
        payload = {
            "person_id": str(helper.person_id),
            "organisation_id": str(organisation_id),
            "title": row.title[:60],
        }
        self._add(helper, step, "membership.join", "", payload, "joined", 2)

    def _account(
        self,
        helper: _Helper,
        accounts: dict[UUID, UUID],
        grants: set[tuple[UUID, str, UUID | None]],
        step: Step,
    ) -> None:
        account_id = accounts.get(helper.person_id)
        if account_id is None:
            account_id = self.setting.derive("account", helper.person_id)
            payload = {
                "account_id": str(account_id),
                "username": login_name(helper.person_id, helper.grants[0][0]),
                "name": helper.row.name,
                "person_district": self.district,
                "person_id": str(helper.person_id),
            }
            self._add(helper, step, "account.create", "", payload, "accounts_new", 3)
        for role, area_id in helper.grants:
            if (account_id, str(role), area_id) in grants:
                continue
            payload = {"account_id": str(account_id), "role": str(role), "area_id": str(area_id)}
            if helper.row.organisation:
                payload["organisation_id"] = str(self._organisations[helper.row.organisation])
            self._add(helper, step, "grant.give", area_id, payload, "roles_given", 4)

    def _add(
        self,
        helper: _Helper,
        step: Step,
        command: str,
        key: object,
        payload: dict[str, Any],
        count: str,
        stage: int,
    ) -> None:
        district = self.district if stage in (1, 2) else ""
        entry = self._entry(command, f"{helper.row.row}:{key}", payload, district)
        row = helper.row
        step.planned.append(Planned(entry, (row.row,), {count: 1}, row.name, stage))

    def _entry(self, command: str, key: object, payload: dict[str, Any], district: str) -> Entry:
        id_ = self.setting.derive("entry", command, key)
        return Entry(id_, command, payload, self.setting.at, district)

    def protect(self, refused: RefusedRow, reading: Reading) -> None:
        """Nothing to keep: who is not in the list keeps the role."""

    def finish(self) -> Iterator[Step]:
        """Nothing follows from the list as a whole."""
        yield from ()


def _rank(role: Role) -> int:
    order = (Role.GRID_WORKER, Role.BUILDING_LEAD, Role.SITE_STAFF, Role.VOLUNTEER)
    return order.index(role)
