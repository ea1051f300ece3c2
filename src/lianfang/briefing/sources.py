"""The rows behind the figures: which ones, where they lie, who opens them, how one is told.

A figure counts for an area whoever looks, so these start from districts and a moment and not from
an actor; `Source.scope` then says which of the rows an actor sees one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from lianfang.arrivals import site_queries
from lianfang.arrivals.models import Passenger, Site
from lianfang.arrivals.rules import ManifestState, PassengerState, SiteState
from lianfang.briefing.rules import Span
from lianfang.directives.owing import ACK, ACT
from lianfang.kernel import words as kernel_words
from lianfang.kernel.actors import Actor
from lianfang.kernel.models import Duty
from lianfang.kernel.rules import LIVE
from lianfang.kernel.scope import within
from lianfang.kernel.verbs import Verb
from lianfang.messaging.knocking import KNOCK
from lianfang.mobilising.attendance import RELIEF
from lianfang.mobilising.models import Attendance, Call, Whistle
from lianfang.mobilising.rules import CallState, WhistleState
from lianfang.services.models import Ask, Care, Order
from lianfang.services.rules import CARRIED, LIVE_ORDERS
from lianfang.stations.models import Passage
from lianfang.supplies.models import KeyPlace, Production, StockLevel, SupplyRequest
from lianfang.supplies.rules import RequestState
from lianfang.tracing import words as tracing_words
from lianfang.tracing.models import Case, Contact
from lianfang.tracing.rules import OPEN_CONTACTS
from lianfang.watching import queries as watching
from lianfang.watching import referral_queries
from lianfang.watching.models import Referral, Watch
from lianfang.watching.rules import LIVE_REFERRALS, LIVE_WATCHES

Rows = Callable[[Collection[str], Span], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """How one row is told in a list: nothing about a person; whoever may, opens it."""

    what: object
    at: datetime | None
    href: str


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a figure. `place` is the field with the path, or the id of the area, of a row.

    `verbs`: an actor sees and opens the rows where it has one of them; `scope` takes their place
    where a room has a rule of its own. `amount` is summed instead of counting rows.
    """

    rows: Rows
    place: str
    line: Callable[[Any], Line]
    verbs: tuple[Verb, ...] = (Verb.READ,)
    scope: Callable[[Actor], Q] | None = None
    amount: str = ""
    # Columns that tell rows apart, by which the list is paged: as a rule the latest first.
    order: tuple[str, ...] = ("-id",)

    def seen_by(self, actor: Actor) -> Q:
        """Return the condition of the rows that an actor sees one by one."""
        if self.scope:
            return self.scope(actor)
        from lianfang.areas.queries import ids_within

        paths = [p for verb in self.verbs for p in actor.paths(verb)]
        if self.place == "area_id":
            return Q(area_id__in=ids_within(paths))
        return within(paths, self.place)


def _watches(which: str) -> Rows:
    return lambda districts, span: Watch.objects.filter(
        watching.which_of(which, span.at), district__in=districts, state__in=sorted(LIVE_WATCHES)
    )


def watches(which: str) -> Source:
    """Return the watches of a list of `watching.queries.which_of`."""
    return Source(
        _watches(which),
        "area__path",
        lambda r: Line(_("Watch"), r.due_at, reverse("watch", args=[r.district, r.id])),
        scope=watching.scope,
    )


def referrals(*, late: bool = False) -> Source:
    """Return the referrals that are under way; only those whose step is late."""
    return Source(
        lambda districts, span: Referral.objects.filter(
            Q(due_at__lt=span.at) if late else Q(),
            district__in=districts,
            state__in=sorted(LIVE_REFERRALS),
        ),
        "area__path",
        lambda r: Line(_("Referral"), r.opened_at, reverse("referral", args=[r.district, r.id])),
        scope=referral_queries.scope,
    )


def cases(state: str) -> Source:
    """Return the cases in a state."""
    return Source(
        lambda districts, span: Case.objects.filter(district__in=districts, state=state),
        "path",
        lambda r: Line(
            _("Case %(number)d · %(state)s")
            % {"number": r.number, "state": tracing_words.CASE_STATES[r.state]},
            r.opened_at,
            reverse("case", args=[r.district, r.id]),
        ),
        (Verb.TRACE,),
    )


def contacts(*, late: bool = False) -> Source:
    """Return the contacts that are not found yet, at the place of their case."""
    case = Case.objects.filter(district=OuterRef("district"), id=OuterRef("case_id"))
    return Source(
        lambda districts, span: Contact.objects.filter(
            Q(due_at__lt=span.at) if late else Q(),
            district__in=districts,
            state__in=sorted(OPEN_CONTACTS),
        ).annotate(path=Subquery(case.values("path")[:1])),
        "path",
        lambda r: Line(_("Contact"), r.named_at, reverse("contact", args=[r.district, r.id])),
        (Verb.TRACE,),
    )


def orders(*, late: bool = False) -> Source:
    """Return the live orders; only those that are late."""
    return Source(
        lambda districts, span: Order.objects.filter(
            Q(due_at__lt=span.at, state__in=sorted(CARRIED)) if late else Q(),
            district__in=districts,
            state__in=sorted(LIVE_ORDERS),
        ),
        "area_id",
        lambda r: Line(
            _("Order of a household"),
            r.due_at or r.ordered_at,
            reverse("services_order", args=[r.district, r.id]),
        ),
        (Verb.SERVE,),
    )


ALARMS = Source(
    lambda districts, span: Care.objects.filter(district__in=districts, alarm_at__lte=span.at),
    "area_id",
    lambda r: Line(
        _("Household under care"),
        r.alarm_at,
        reverse("household", args=[r.district, r.household_id]),
    ),
    (Verb.SERVE,),
    order=("household_id",),
)
ASKS = Source(
    lambda districts, span: Ask.objects.filter(district__in=districts, answered_at=None),
    "area_id",
    lambda r: Line(_("Question"), r.asked_at, reverse("services_answer", args=[r.district, r.id])),
    (Verb.SERVE,),
)
ON_DUTY = Source(
    lambda districts, span: Attendance.objects.filter(district__in=districts, ended_at=None),
    "path",
    lambda r: Line(
        r.place or _("On duty"), r.started_at, reverse("relief", args=[r.district, r.person_id])
    ),
    (Verb.ASSIGN,),
)
CALLS = Source(
    lambda districts, span: Call.objects.filter(district__in=districts, state=CallState.OPEN),
    "path",
    lambda r: Line(r.name, r.opened_at, reverse("call", args=[r.district, r.id])),
    (Verb.CALL_UP,),
)


def whistles(*, late: bool = False) -> Source:
    """Return the matters that nobody has handled yet; only those past their time to report."""
    return Source(
        lambda districts, span: Whistle.objects.filter(
            Q(report_by__lt=span.at) if late else Q(),
            district__in=districts,
            state=WhistleState.OPEN,
        ),
        "path",
        lambda r: Line(r.title, r.report_by, reverse("whistle", args=[r.district, r.id])),
    )


def duties(*kinds: str, late: bool = False) -> Source:
    """Return the live duties of some kinds (of every kind, without one); only overdue ones."""
    return Source(
        lambda districts, span: Duty.objects.filter(
            Q(due_at__lt=span.at) if late else Q(),
            Q(kind__in=kinds) if kinds else Q(),
            district__in=districts,
            state__in=sorted(LIVE),
        ),
        "path",
        lambda r: Line(
            kernel_words.DUTY_KINDS.get(r.kind, r.kind), r.due_at or r.opened_at, reverse("duties")
        ),
        (Verb.WORK, Verb.ASSIGN),
    )


TIRED, KNOCKS, OVERDUE = duties(RELIEF), duties(KNOCK), duties(late=True)
# A receiver of directives owes one duty of each kind, however many papers wait.
UNREAD, UNMET = duties(ACK), duties(ACK, ACT, late=True)


def passages(*, fever: bool = False) -> Source:
    """Return the passages of a day; only those with a fever among the people, who are counted."""
    return Source(
        lambda districts, span: Passage.objects.filter(
            Q(fevers__gt=0) if fever else Q(),
            district__in=districts,
            at__gte=span.start,
            at__lt=span.end,
        ),
        "area_id",
        lambda r: Line(
            _("%(people)d people, %(fevers)d with a fever")
            % {"people": r.people, "fevers": r.fevers},
            r.at,
            reverse("post", args=[r.district, r.post_id]),
        ),
        (Verb.PASSAGE, Verb.ASSIGN),
    )


def passengers(state: PassengerState, *, placed: bool | None = None) -> Source:
    """Return the passengers of the open manifests in a state; placed or not, if that is said."""

    def rows(districts: Collection[str], span: Span) -> QuerySet[Any]:
        found = Passenger.objects.filter(
            district__in=districts, manifest__state=ManifestState.OPEN, state=state
        )
        return found if placed is None else found.filter(placed_at__isnull=not placed)

    return Source(
        rows,
        "manifest__area__path",
        lambda r: Line(
            _("Passenger, seat %s") % (r.seat or "–"),
            r.changed_at,
            reverse("passenger", args=[r.district, r.manifest_id, r.id]),
        ),
        (Verb.PLACE,),
    )


BEDS = Source(
    lambda districts, span: site_queries.with_beds(
        Site.objects.filter(district__in=districts, state=SiteState.OPEN)
    ),
    "area__path",
    lambda r: Line(
        _("%(name)s: %(free)d of %(beds)d beds free")
        % {"name": r.name, "free": r.free, "beds": r.beds},
        r.opened_at,
        reverse("site", args=[r.district, r.id]),
    ),
    amount="free",
)
LOW = Source(
    lambda districts, span: StockLevel.objects.filter(district__in=districts, low_open=True),
    "path",
    lambda r: Line(
        _("%d left") % r.quantity, r.changed_at, reverse("stock_post", args=[r.district, r.post_id])
    ),
    order=("post_id", "item_id"),
)
REQUESTS = Source(
    lambda districts, span: SupplyRequest.objects.filter(
        district__in=districts, state=RequestState.REQUESTED
    ),
    "path",
    lambda r: Line(
        _("Request for supplies"), r.wanted_by, reverse("supply_request", args=[r.district, r.id])
    ),
)


def key_places(*, due: bool = False) -> Source:
    """Return the key places of the register; only those whose day is past."""
    return Source(
        lambda districts, span: KeyPlace.objects.filter(
            Q(next_at__lt=span.at) if due else Q(), district__in=districts, closed_at=None
        ),
        "path",
        lambda r: Line(r.name, r.next_at, reverse("key_place", args=[r.district, r.id])),
    )


PRODUCTIONS = Source(
    lambda districts, span: Production.objects.filter(district__in=districts, closed_at=None),
    "path",
    lambda r: Line(r.name, r.deadline, reverse("production", args=[r.district, r.id])),
)
