"""What this room refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.problems import problem

ITEM_KNOWN = problem(
    "supply.item_known",
    _("There is an item “{name}” already."),
    _("Use that one, so that its stock is in one list."),
    status=409,
)
TOO_FEW = problem(
    "stock.too_few",
    _("There are only {there} of it here, {wanted} were wanted."),
    _("Take fewer, or count the stock if that can't be."),
    status=409,
)
OTHER_EXPIRY = problem(
    "stock.other_expiry",
    _("Lot {lot} is kept here with the date {expires}."),
    _("Compare the box; give another lot its own number."),
    status=409,
)
NOTHING_CHANGES = problem(
    "stock.nothing_changes",
    _("That number stands there already."),
    _("Nothing is to be done."),
)
REQUEST_NOT_NOW = problem(
    "supply.request_not_now",
    _("This request stands otherwise by now, so this can't be done."),
    _("Look at it again: somebody else may have answered it."),
    status=409,
)
NOT_THE_GIVER = problem(
    "supply.not_the_giver",
    _("You don't decide on the stock of that post."),
    _("Choose a post of yours, or leave the decision to the level above."),
    status=403,
)
NOT_YOUR_OWN = problem(
    "supply.not_your_own",
    _("A request is decided by the level above, or by the post that gives."),
    _("Name a post of yours that gives, or wait for the answer."),
    status=403,
)
ITEM_NOT_ASKED = problem(
    "supply.item_not_asked",
    _("This item is not in the request."),
    _("Ask for it in a request of its own."),
)
WHY_DIFFERENT = problem(
    "supply.why_different",
    _("{received} arrived and {sent} were sent."),
    _("Say why, such as broken boxes or a wrong count."),
)
STAGE_UNKNOWN = problem(
    "production.stage_unknown",
    _("This order has no stage of that number."),
    _("Choose one of its stages."),
)
TIME_ODD = problem(
    "production.time_odd",
    _("The shift ends before it begins, or lies in the future."),
    _("Check the times."),
)
MORE_THAN_CAME = problem(
    "production.more_than_came",
    _("{out} went out of “{stage}”, but only {came} have come in so far."),
    _("Count the stage before it first, or check the number."),
    status=409,
)
CLOSED = problem(
    "production.closed",
    _("This order is closed."),
    _("Open a new one."),
    status=409,
)
NO_AIM = problem(
    "production.no_aim",
    _("It does not say how many are wanted."),
    _("Give the quantity with its deadline, or the target for each day."),
)
PLACE_KNOWN = problem(
    "place.known",
    _("There is a place “{name}” in this area already."),
    _("Open that one."),
    status=409,
)
PLACE_CLOSED = problem(
    "place.closed",
    _("This place was taken out of the register."),
    _("Register it again if it is open."),
    status=409,
)
CHECKS_MISSING = problem(
    "place.checks_missing",
    _("Not every check of the list was answered."),
    _("Answer each one; what can't be looked at is not in order."),
)
FINDING_NOT_NOW = problem(
    "finding.not_now",
    _("This finding stands otherwise by now."),
    _("Look at the place again."),
    status=409,
)
