# cjk: words for grids
"""From the words of a file to an area: a code, a name, a grid's number, or a building's grid."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from lianfang.areas.models import Area
from lianfang.areas.rules import Level
from lianfang.doors.imports.addresses import han_digits
from lianfang.doors.imports.problems import BadValue
from lianfang.people import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"(?:第)?0*(\d{1,3})(?:号)?(?:网格|片区|小组|组|片|格|grid)?$")
_MARKS = re.compile(r"[\s·・,，.。、()（）\-_]+")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a door lies: its area, and the community to which that belongs."""

    area_id: UUID
    community_id: UUID
    path: str


def _key(said: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", said)).lower()


class Places:
    """The communities and grids under an area, found by what files call them."""

    def __init__(self, area: Area, chosen: Mapping[str, UUID]) -> None:
        """Read the part of the tree under `area`; `chosen` are a person's answers."""
        self.area = area
        self._chosen = chosen
        if area.level > Level.COMMUNITY and area.parent_id:
            above = Area.objects.filter(id=area.parent_id, valid_to=None)
        else:
            above = Area.objects.none()
        rows = Area.objects.filter(
            path__under=area.path, level__gte=Level.COMMUNITY, valid_to=None
        ).order_by("path")
        self.areas = [*above, *rows]
        self._spots: dict[UUID, Spot] = {}
        communities = {a.id: a for a in self.areas if a.level == Level.COMMUNITY}
        for a in self.areas:
            if a.level == Level.COMMUNITY:
                self._spots[a.id] = Spot(a.id, a.id, a.path)
            elif a.parent_id in communities and a.path.startswith(area.path):
                self._spots[a.id] = Spot(a.id, a.parent_id, a.path)
        self.communities = list(communities.values())
        self._by_key: dict[str, list[UUID]] = {}
        for a in self.areas:
            if a.path.startswith(area.path):
                for key in self._keys(a, communities):
                    self._by_key.setdefault(key, []).append(a.id)
        self._known: dict[str, Spot | None] = {}
        self._buildings: dict[UUID, dict[str, UUID]] = {}

    def _keys(self, area: Area, communities: Mapping[UUID, Area]) -> set[str]:
        keys = {area.code.lower(), _key(area.name)}
        bare = _key(re.sub(r"[(（].*?[)）]", "", area.name))
        keys.add(bare)
        if area.level == Level.COMMUNITY:
            keys.add(re.sub("(?:社区居委会|社区|居委会|村委会|村)$", "", bare))
        parent = communities.get(area.parent_id) if area.parent_id else None
        if area.level > Level.COMMUNITY and parent:
            if area.code.startswith(parent.code) and area.code != parent.code:
                keys.add(_number_key(area.code[len(parent.code) :]))
            if match := _NUMBER.search(han_digits(bare)):
                keys.add(_number_key(match[1]))
        return keys - {""}

    def find(self, said: str) -> Spot | None:
        """Return the area of that code or name; None when there is none.

        Raises BadValue(`grid-ambiguous`) when several have it.
        """
        if said not in self._known:
            self._known[said] = self._find(said)
        return self._known[said]

    def _find(self, said: str) -> Spot | None:
        if chosen := self._chosen.get(f"grid:{said}"):
            return self._spots.get(chosen)
        key = _key(said)
        candidates = [key]
        if match := _NUMBER.search(han_digits(key)):
            candidates.append(_number_key(match[1]))
        for candidate in candidates:
            ids = set(self._by_key.get(candidate, ()))
            if len(ids) > 1:
                raise BadValue("grid-ambiguous", value=said[:30])
            if ids:
                return self._spots.get(ids.pop())
        return None

    def at(self, area_id: UUID) -> Spot | None:
        """Return the spot of a community or grid within the import's area."""
        return self._spots.get(area_id)

    def spot(self, said: str, building: str) -> Spot:
        """Return where a door lies, by the file's word for the grid or by its building.

        Raises BadValue: `grid-unknown`, `grid-ambiguous`, `grid-missing`.
        """
        if said:
            if found := self.find(said):
                return found if found.area_id != found.community_id else self._of(found, building)
            raise BadValue("grid-unknown", value=said[:30])
        if self.area.id in self._spots:
            here = self._spots[self.area.id]
            return self._of(here, building) if here.area_id == here.community_id else here
        raise BadValue("grid-missing")

    def _of(self, community: Spot, building: str) -> Spot:
        """Return the grid of a building: as somebody chose, or where its doors lie already."""
        if chosen := self._chosen.get(f"building:{building}"):
            if (spot := self._spots.get(chosen)) and spot.community_id == community.community_id:
                return spot
            return community
        grids = self.grids_of(community.community_id)
        area_id = grids.get(building)
        return self._spots.get(area_id, community) if area_id else community

    def grids_of(self, community_id: UUID) -> Mapping[str, UUID]:
        """Return the grids of a community's buildings, as registered when first asked."""
        if community_id not in self._buildings:
            self._buildings[community_id] = lookup.grids_of_buildings(
                self.area.district, community_id
            )
        return self._buildings[community_id]

    def forget_buildings(self) -> None:
        """Read the buildings anew: doors came on the list meanwhile."""
        self._buildings.clear()


def _number_key(digits: str) -> str:
    return f"#{int(digits)}" if digits.isdigit() else ""
