"""What this room refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.problems import problem

CASE_KNOWN = problem(
    "case.known",
    _("There is a live case of this person already."),
    _("Open that one."),
    status=409,
)
WHO_MISSING = problem(
    "case.who_missing",
    _("It does not say who it is."),
    _("Choose the person, or write the name or the phone number."),
)
NOT_THAT_WAY = problem(
    "case.not_that_way",
    _("A case that stands so can't become that."),
    _("One that was ruled out is suspected again first."),
    status=409,
)
NOT_LOOKED = problem(
    "case.reason_missing",
    _("Say why you open who this is."),
    _("The reason is kept in the journal."),
)
DAYS_TURNED = problem(
    "case.days_turned",
    _("The day {name} cannot lie in the future."),
    _("Check the date."),
)
WINDOW_UNKNOWN = problem(
    "case.window_unknown",
    _("Nobody knows from when on contacts count: neither the onset nor the sample has a date."),
    _("Write down the onset of symptoms, or the day of the sample, or set the first day by hand."),
    status=409,
)
ON_THE_LIST = problem(
    "contact.on_the_list",
    _("This person is on the list of this case already."),
    _("Open that line; the nearer degree counts."),
    status=409,
)
NOT_NOW = problem(
    "contact.not_now",
    _("This contact stands otherwise by now, so this can't be done."),
    _("Look at the list again."),
    status=409,
)
COMMUNITY_MISSING = problem(
    "contact.community_missing",
    _("Nobody knows in which community this person lives."),
    _("Choose the community by the address; if none is known, strike the line with a reason."),
)
NOT_A_COMMUNITY = problem(
    "contact.not_a_community",
    _("This is no community."),
    _("Choose a community, or a village."),
)
ELSEWHERE = problem(
    "contact.elsewhere",
    _("This contact stands on the list of another district."),
    _("Wait for its answer; then it can be struck."),
    status=409,
)
ANSWERED = problem(
    "contact.answered",
    _("This contact was answered for already."),
    _("If the answer was wrong, tell the tracing desk."),
    status=409,
)
