"""Cases: the list, a new one, its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianfang.areas import queries as area_queries
from lianfang.kernel.actors import Actor
from lianfang.kernel.verbs import Verb
from lianfang.people import queries as people
from lianfang.people.pages import (
    Section,
    Stat,
    area_choices,
    badge,
    chosen,
    district_of,
    filtered,
    listed,
    searched,
    sheet,
    sheet_link,
    show,
    status_of,
    want,
    when,
)
from lianfang.tracing import case_queries as queries
from lianfang.tracing import words
from lianfang.tracing.forms import (
    CaseForm,
    ContactForm,
    DatesForm,
    InterviewForm,
    JudgeForm,
    PresenceForm,
)
from lianfang.tracing.rules import CASE_TABLE, CaseState
from lianfang.tracing.views.common import community_of, crumbs, day, label, the_case, where
from lianfang.tracing.views.contacts import contacts_table
from lianfang.web import acts
from lianfang.web import components as c
from lianfang.web.acting import page

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianfang.tracing.models import Case


def _state(row: Case) -> object:
    return badge(words.CASE_STATES[row.state], words.CASE_TONES[row.state])


def _narrowed(request: HttpRequest, found: QuerySet[Case]) -> tuple[QuerySet[Case], list[c.Filter]]:
    text = searched(request, _("Number, cluster or telephone"))
    state = chosen(request, _("State"), words.CASE_STATES)
    if text.value:
        found = queries.by_number(found, text.value)
    if state.value:
        found = found.filter(state=state.value)
    return found, [text, state]


@require_safe
@page
def listing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """List the cases that the actor traces."""
    want(actor, Verb.TRACE)
    found, filters = _narrowed(request, queries.cases(actor))

    def rows(page_: list[Case]) -> list[c.Row]:
        names, sums = queries.case_names(actor, page_), queries.figures(page_)
        areas = area_queries.labels(r.area_id for r in page_)
        return [
            c.Row(
                [
                    label(r, names.get(r.id, "")),
                    _state(r),
                    areas.get(r.area_id, ""),
                    day(r.onset),
                    r.cluster,
                    f"{sums[r.id].found}/{sums[r.id].contacts}",
                    sums[r.id].late,
                ],
                where(r),
                "bad" if sums[r.id].late else "plain",
            )
            for r in page_
        ]

    table = listed(
        request,
        found,
        ["-opened_at", "id"],
        rows,
        id="cases",
        caption=_("Cases"),
        columns=[
            c.Column(_("Case"), primary=True),
            c.Column(_("State")),
            c.Column(_("Area")),
            c.Column(_("Onset of symptoms")),
            c.Column(_("Cluster")),
            c.Column(_("Contacts found"), numeric=True),
            c.Column(_("Late"), numeric=True),
        ],
        filters=filters,
        export=sheet_link(request, actor, "cases_xlsx"),
        empty_title=_("No case"),
        empty_text=_("A case is opened when a test or a doctor says so."),
    )
    totals = queries.totals(actor)
    stats = [
        Stat(
            words.CASE_STATES[s],
            totals.get(s, 0),
            href=f"{request.path}?state={s}",
            tone=words.CASE_TONES[s],
        )
        for s in (CaseState.CONFIRMED, CaseState.SUSPECTED)
    ]
    stats += [
        Stat(_("Contacts not verified yet"), totals.get("open", 0)),
        Stat(_("Late"), totals.get("late", 0), tone="bad" if totals.get("late") else "good"),
    ]
    actions = [
        c.Action(_("Chain"), reverse("chain"), icon="chart"),
        c.Action(_("Lists of the communities"), reverse("contact_lists"), icon="table"),
        c.Action(_("Import a line list"), f"{reverse('import_new')}?kind=cases", icon="upload"),
        c.Action(_("New case"), reverse("case_new"), icon="plus", kind="primary"),
    ]
    sections = [Section("", table)]
    return show(request, _("Cases"), sections=sections, actions=actions, stats=stats)


@require_safe
@page
def xlsx(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Return the cases that may be taken out, without names: a line list of dates."""
    want(actor, Verb.TRACE)
    found, _filters = _narrowed(request, queries.exportable(actor))
    rows = list(found.order_by("district", "number")[:20_000])
    sums, areas = queries.figures(rows), area_queries.labels(r.area_id for r in rows)
    heads = [
        _("Case"),
        _("State"),
        _("Area"),
        *words.DATES.values(),
        _("Cluster"),
        _("Contacts"),
        _("Contacts found"),
    ]
    lines = (
        [
            r.number,
            words.CASE_STATES[r.state],
            areas.get(r.area_id, ""),
            *(day(getattr(r, name)) for name in words.DATES),
            r.cluster,
            sums[r.id].contacts,
            sums[r.id].found,
        ]
        for r in rows
    )
    return sheet(actor, _("Cases"), heads, lines, name="cases")


def _sources(actor: Actor, but: UUID | None = None) -> list[tuple[str, str]]:
    rows = list(queries.cases(actor).order_by("-opened_at")[:200])
    names = queries.case_names(actor, rows)
    return [(str(r.id), label(r, names.get(r.id, ""))) for r in rows if r.id != but]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Open a case: of a registered person (`?person=`), or of somebody by name."""
    want(actor, Verb.TRACE)
    district, _slash, person_id = request.GET.get("person", "").partition("/")
    try:
        person = people.person(actor, district, UUID(person_id)) if person_id else None
    except ValueError:
        person = None
    initial = {"area_id": str(person.community_id)} if person else {}
    form = CaseForm(
        request.POST if request.method == "POST" else None,
        areas=area_choices(actor, Verb.TRACE),
        sources=_sources(actor),
        registered=person is not None,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        names = ["area_id", "state", "name", "phone", "id_number", "address"]
        payload = {"case_id": form.child("case"), **acts.cleaned(form, names), **form.dates()}
        if person is not None:
            payload["person_id"] = str(person.id)
        where_ = district_of(actor, form.cleaned_data["area_id"])
        receipt = acts.send(actor, form, "case.open", payload, where_)
        if receipt is not None:
            there = reverse("case", args=[where_, payload["case_id"]])
            return acts.done(request, receipt, _("The case is open."), there)
    context = {
        "title": _("New case"),
        "note": person.name if person else "",
        "submit": _("Open the case"),
        "back": reverse("cases"),
    }
    return acts.show(request, "people/parts/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def detail(request: HttpRequest, actor: Actor, district: str, case_id: UUID) -> HttpResponse:
    """Show a case: its days, its window, where it was, its contacts, and what comes next."""
    row = the_case(actor, district, case_id)
    act = filtered(request.POST.get("act", ""), ["find", "find2", "send", "presence", "contact"])
    if act in ("find", "find2"):
        payload = {"case_id": str(row.id), "hops": 2 if act == "find2" else 1}
        said = _("Whoever was near is on the list.")
        return acts.press(request, actor, "contact.find", payload, request.path, said, district)
    if act == "send":
        return _send_all(request, actor, row)
    place = PresenceForm(request.POST if act == "presence" else None)
    contact = ContactForm(request.POST if act == "contact" else None)
    done = contact if act == "contact" else place
    if act and done.is_valid():
        made = _presence(place, row) if done is place else _contact(contact, row)
        name = "presence.note" if done is place else "contact.name"
        receipt = acts.send(actor, done, name, made, district) if made else None
        if receipt is not None:
            return acts.done(request, receipt, _("Written down."), request.path)
    name_ = queries.case_names(actor, [row]).get(row.id, "")
    return show(
        request,
        label(row, name_),
        over=str(words.CASE_STATES[row.state]),
        note=row.cluster,
        stats=_stats(row),
        sections=_sections(request, actor, row, place, contact),
        actions=_actions(actor, row),
        path=crumbs(row, name_),
        status=status_of(done),
    )


def _stats(row: Case) -> list[Stat]:
    span, sums = queries.window_now(row), queries.figures([row])[row.id]
    first, note = _("not known yet"), str(words.RULES[row.rule])
    if span:
        first, note = f"{span.first:%m-%d}", _("until %s") % f"{span.last:%m-%d}" + f" · {note}"
    return [
        Stat(_("Onset of symptoms"), day(row.onset), note=_("sample %s") % day(row.sample)),
        Stat(_("Contacts count from"), first, note=note),
        Stat(_("Contacts found"), sums.found, sums.contacts, note=_reach(row)),
        Stat(_("Late"), sums.late, tone="bad" if sums.late else "good"),
    ]


def _reach(row: Case) -> str:
    """Return in words how far an infection could have come."""
    number = queries.reach(row)
    return "" if number is None else _("%d people within two steps, by the records") % number


def _actions(actor: Actor, row: Case) -> list[c.Action]:
    find = acts.once()
    query = urlencode({"kind": "contacts", "area": str(row.area_id), "for": str(row.id)})
    found = [
        c.Action(_("Import contacts"), f"{reverse('import_new')}?{query}", icon="upload"),
        c.Action(_("Dates"), where(row, name="case_dates"), icon="calendar"),
        c.Action(_("Interview"), where(row, name="case_interview"), icon="edit"),
    ]
    if CASE_TABLE[CaseState(row.state)]:
        found.append(c.Action(_("What the test says"), where(row, name="case_judge"), icon="check"))
    found += [
        c.Action(
            _("Contacts of contacts"),
            where(row),
            "search",
            post=True,
            fields=(*find, ("act", "find2")),
        ),
        c.Action(
            _("Find contacts"),
            where(row),
            "search",
            "primary",
            post=True,
            fields=(*acts.once(), ("act", "find")),
        ),
    ]
    return found


def _sections(
    request: HttpRequest, actor: Actor, row: Case, place: PresenceForm, contact: ContactForm
) -> list[Section]:
    table, sendable = contacts_table(request, actor, row)
    sections = [Section(_("Contacts"), table)]
    if sendable:
        form = acts.Once()
        text = _("Send %d to their communities") % sendable
        button = c.Action(text, "send", icon="send", kind="primary")
        sections.append(
            Section(
                _("Ready to be sent"), form=form, buttons=[button], href=request.path, icon="send"
            )
        )
    button = c.Action(_("Add the contact"), "contact", icon="plus")
    sections.append(
        Section(
            _("Somebody whom the case names"),
            form=contact,
            buttons=[button],
            href=request.path,
            icon="person",
        )
    )
    sections.append(Section(_("Where the case was"), _stays_table(row)))
    button = c.Action(_("Write the stay down"), "presence", icon="plus")
    sections.append(
        Section(_("Another stay"), form=place, buttons=[button], href=request.path, icon="map")
    )
    if said := queries.interview(row):
        lines = "\n".join(f"{words.INTERVIEW[k]}: {v}" for k, v in said.items())
        sections.append(Section(_("Interview"), text=lines, icon="edit"))
    return sections


def _stays_table(row: Case) -> c.Table:
    return c.Table(
        id="stays",
        caption=_("Where the case was"),
        columns=[
            c.Column(_("From"), primary=True),
            c.Column(_("Until")),
            c.Column(_("Kind of place")),
            c.Column(_("Place, as the person says it")),
        ],
        rows=[
            c.Row([when(s.from_at), when(s.to_at), words.PLACES[s.kind], s.name])
            for s in queries.stays(row)
        ],
        empty_title=_("No stay is known"),
        empty_text=_("Passages, duties and arrivals come by themselves; the rest is asked."),
    )


def _presence(form: PresenceForm, row: Case) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "case_id": str(row.id),
        "presence_id": form.child("presence"),
        **acts.cleaned(form, ["name", "kind", "seat"]),
        "from_at": data["from_at"].isoformat(),
        "to_at": data["to_at"].isoformat(),
    }


def _contact(form: ContactForm, row: Case) -> dict[str, Any] | None:
    data = form.cleaned_data
    payload = {
        "case_id": str(row.id),
        "contact_id": form.child("contact"),
        **acts.cleaned(form, ["name", "phone", "address", "degree"]),
    }
    if data["last_day"]:
        payload["last_day"] = data["last_day"].isoformat()
    if data["community"]:
        found = community_of(form, data["community"])
        if found is None:
            return None
        payload["community_id"] = found
    return payload


def _send_all(request: HttpRequest, actor: Actor, row: Case) -> HttpResponse:
    """Send every contact whose community is known, as one list of commands."""
    form = acts.Once(request.POST)
    form.is_valid()
    ready = list(queries.ready(row))
    if not ready:
        return acts.said(request, _("Nobody is ready to be sent."), request.path)
    first, *rest = [{"contact_id": str(one.id)} for one in ready]
    then = [("contact.send", payload) for payload in rest]
    receipt = acts.send(actor, form, "contact.send", first, row.district, then=then)
    if receipt is None:
        return acts.said(request, " ".join(map(str, form.non_field_errors())), request.path)
    said = _("%d contacts are on their way to the communities.") % len(ready)
    return acts.done(request, receipt, said, request.path)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def dates(request: HttpRequest, actor: Actor, district: str, case_id: UUID) -> HttpResponse:
    """Correct the days of a case; the form is filled with what is known."""
    row = the_case(actor, district, case_id)
    names = [f for f in DatesForm.base_fields if f not in ("entry_id", "mends")]
    form = DatesForm(
        request.POST if request.method == "POST" else None,
        sources=_sources(actor, row.id),
        initial={n: getattr(row, n) for n in names},
    )
    if request.method == "POST" and form.is_valid():
        payload = {"case_id": str(row.id), **form.dates()}
        receipt = acts.send(actor, form, "case.correct", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("The days are corrected."), where(row))
    return _form(request, actor, row, form, _("Dates"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def judge(request: HttpRequest, actor: Actor, district: str, case_id: UUID) -> HttpResponse:
    """Confirm a case, or rule it out."""
    row = the_case(actor, district, case_id)
    states = [(str(s), words.CASE_STATES[s]) for s in sorted(CASE_TABLE[CaseState(row.state)])]
    form = JudgeForm(
        request.POST if request.method == "POST" else None,
        states=states,
        initial={"result": row.result},
    )
    if request.method == "POST" and form.is_valid():
        payload = {"case_id": str(row.id), "state": form.cleaned_data["state"]}
        if form.cleaned_data["result"]:
            payload["result"] = form.cleaned_data["result"].isoformat()
        receipt = acts.send(actor, form, "case.judge", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("Written down."), where(row))
    return _form(request, actor, row, form, _("What the test says"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def interview(request: HttpRequest, actor: Actor, district: str, case_id: UUID) -> HttpResponse:
    """Write an interview down; it starts from what was said before."""
    row = the_case(actor, district, case_id)
    form = InterviewForm(
        request.POST if request.method == "POST" else None, initial=queries.interview(row)
    )
    if request.method == "POST" and form.is_valid():
        payload = {"case_id": str(row.id), **acts.cleaned(form, words.INTERVIEW)}
        receipt = acts.send(actor, form, "case.interview", payload, district)
        if receipt is not None:
            return acts.done(request, receipt, _("The interview is written down."), where(row))
    return _form(request, actor, row, form, _("Interview"))


def _form(
    request: HttpRequest, actor: Actor, row: Case, form: acts.CommandForm, title: str
) -> HttpResponse:
    name = queries.case_names(actor, [row]).get(row.id, "")
    context = {
        "title": title,
        "over": label(row, name),
        "submit": _("Save"),
        "back": where(row),
    }
    return acts.show(request, "people/parts/form.html", form, context)
