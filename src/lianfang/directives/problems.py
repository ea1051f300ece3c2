"""What can be wrong with an act of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.problems import problem

EXISTS = problem(
    "directive.exists",
    _("A directive with this id exists already."),
    _("Make a new id for a new directive."),
    status=409,
)
OUTSIDE = problem(
    "directive.outside",
    _("{name} does not lie below the level that issues this."),
    _("Take it out, or let the level above issue the directive."),
)
NO_RECEIVER = problem(
    "directive.no_receiver",
    _("This directive would reach nobody."),
    _("Choose areas or organisations, and a level that lies below."),
)
PAST_DUE = problem(
    "directive.past_due",
    _("The deadline lies in the past."),
    _("Correct the date."),
)
OVER = problem(
    "directive.over",
    _("This directive was withdrawn or has a newer version."),
    _("Open the list and take the newest one."),
    status=409,
)
NOT_RECEIVER = problem(
    "directive.not_receiver",
    _("Only the receiver itself can do this."),
    _("Ask somebody who leads there; nobody answers in another one's name."),
    status=403,
)
NOT_REACHED = problem(
    "directive.not_reached",
    _("The level above has not passed this directive on yet."),
    _("Remind the level above."),
    status=409,
)
LAST_HAND = problem(
    "directive.last_hand",
    _("There is no level below to pass it on to."),
    _("Acknowledge it instead."),
    status=409,
)
NO_RECORD = problem(
    "directive.no_record",
    _("No record {record} of this kind is known."),
    _("Choose one from the list of your own records."),
)
OTHER_MEASURE = problem(
    "directive.other_measure",
    _("This id belongs to a measure of somebody else."),
    _("Make a new measure."),
    status=409,
)
TASK_EXISTS = problem(
    "task.exists",
    _("A task with this id exists already."),
    _("Make a new id for a new task."),
    status=409,
)
TASK_OVER = problem(
    "task.over",
    _("This task is closed here."),
    _("Look at the task's page."),
    status=409,
)
NO_PROOF = problem(
    "task.no_proof",
    _("This task asks for a {proof}."),
    _("Add it, then say that it is done."),
)
DOORS_OPEN = problem(
    "task.doors_open",
    _("{count} households of this grid are still open."),
    _("Mark each as done, or excuse it with a reason."),
    status=409,
)
NOT_NOW = problem(
    "task.not_now",
    _("The line stands otherwise by now, so this can't be done."),
    _("Look at the task's page to see what happened meanwhile."),
    status=409,
)
NO_REASON = problem(
    "task.no_reason",
    _("Households that are excused need a reason."),
    _("Write it in a few words."),
)
NOT_HERE = problem(
    "task.not_here",
    _("Some of these households do not live in this grid."),
    _("Load the list again."),
    status=409,
)
