"""What the pages of tracing share."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.problems import NOT_FOUND, Refuse
from lianfang.tracing import case_queries as queries
from lianfang.web import components as c

if TYPE_CHECKING:
    from lianfang.tracing.models import Case


def the_case(actor: Actor, district: str, case_id: UUID) -> Case:
    """Return a case that the actor traces or raise Refuse: absent and forbidden look the same."""
    row = queries.case(actor, district, case_id)
    if row is None:
        raise Refuse(NOT_FOUND)
    return row


def label(row: Case, name: str = "") -> str:
    """Return how a case is called on pages: its number, and the name for those who see it."""
    number = _("Case %d") % row.number
    return f"{number} · {name}" if name else number


def where(row: Case, *more: object, name: str = "case") -> str:
    """Return the address of one of a case's pages."""
    return reverse(name, args=[row.district, row.id, *more])


def crumbs(row: Case, name: str, last: str = "") -> list[c.Link]:
    """Return the way from the list of cases to a case (and a page of it)."""
    links = [c.Link(_("Cases"), reverse("cases")), c.Link(label(row, name), where(row))]
    return [*links, c.Link(last)] if last else links


def community_of(form: Form, text: str, field: str = "community") -> str | None:
    """Return the id of the community of that name or code; several or none is an error."""
    found = area_queries.communities_named(text)
    if len(found) == 1:
        return str(found[0].id)
    if not found:
        form.add_error(field, _("There is no community of that name or code."))
        return None
    paths = area_queries.labels(a.id for a in found)
    listed = _("; ").join(f"{paths.get(a.id, a.name)} {a.code}" for a in found)
    form.add_error(field, _("Several are called so, write the code: %s") % listed)
    return None


def day(value: date | None) -> str:
    """Return a day as a table shows it."""
    return f"{value:%Y-%m-%d}" if value else "–"
