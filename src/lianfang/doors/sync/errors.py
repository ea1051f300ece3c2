"""What can be wrong with a phone's request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.problems import problem

UNREADABLE = problem(
    "sync.unreadable",
    _("This entry arrived damaged and could not be opened."),
    _("It is kept as it came. Please record it once more."),
)
NOT_UNDERSTOOD = problem(
    "sync.not_understood",
    _("The server did not understand this phone ({reason})."),
    _("Update the app: close it and open it again while there is a network."),
    status=400,
)
UNKNOWN_DEVICE = problem(
    "sync.unknown_device",
    _("This phone is not known to the server."),
    _("Log in again. What waits in the outbox stays on the phone and is sent afterwards."),
    status=401,
)
WRONG_LOGIN = problem(
    "sync.wrong_login",
    _("The login name or the password is wrong."),
    _("Check both, or ask the community lead for a link to log in."),
    status=401,
)
WRONG_LINK = problem(
    "sync.wrong_link",
    _("This link was used already, or it is too old."),
    _("Ask the community lead for a new one."),
    status=401,
)
CODE_WANTED = problem(
    "sync.code_wanted",
    _("This account also asks for the code of the authenticator."),
    _("Type the six digits that the authenticator shows now."),
    status=401,
)
WAIT = problem(
    "sync.wait",
    _("Too many wrong tries. Wait {seconds} seconds."),
    _("If you do not know the password, ask the community lead for a link to log in."),
    status=429,
)
