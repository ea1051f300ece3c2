"""The phone's words for posts and passages, and for checks of those under watch."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianfang.kernel.problems import Words

SCREEN: dict[str, Words] = {
    "posts": pgettext_lazy("tab", "Posts"),
    "posts.which": _("At which post do you stand?"),
    "posts.here": _("here"),
    "posts.none": _("No post where you record passages is open."),
    "scan.not_my_post": _("You record no passages at this post."),
    "passage.plate": _("Number plate"),
    "passage.none": _("none yet"),
    "passage.province": _("Province of the plate"),
    "passage.way": _("Which way"),
    "passage.in": pgettext_lazy("way", "in"),
    "passage.out": pgettext_lazy("way", "out"),
    "passage.phone": _("Telephone"),
    "passage.person": _("Temperature of person {n}"),
    "passage.route": _("From – to"),
    "passage.from": _("From where"),
    "passage.to": _("To where"),
    "passage.walker": _("No vehicle"),
    "passage.save": _("Record and let pass"),
    "passage.save_stop": _("Record and stop the vehicle"),
    "passage.saved": _("recorded"),
    "passage.today": _("{count} today on this phone"),
    "passage.plate_wanted": _("The plate is not complete."),
    "passage.temp_wanted": _("A temperature for each person, please."),
    "passage.filter": _("Isolation is checked without network until {when}"),
    "passage.no_filter": _("Not checked against isolation: no network since the shift began"),
    "passage.call_desk": _("Call the desk"),
    "passage.called": _("I have called"),
    "stop.fever": _("Fever: {value} °C"),
    "stop.mask": _("Everybody in the vehicle puts a mask on."),
    "stop.aside": _("Lead the vehicle aside, out of the line."),
    "stop.call_fever": _("Call the desk: a doctor or an ambulance comes."),
    "stop.not_on": _("Let nobody go on alone, and nobody else come near."),
    "stop.call": _("Call the desk and wait for its word."),
    "stop.quiet": _("Say nothing of it to others: it may be a mistake."),
    "stop.maybe": _("About one such alarm in a hundred passages is none. The desk knows."),
    "stop.saved_fever": _(
        "It is recorded. The referral is opened as soon as this phone has sent it."
    ),
    "stop.done": _("Done so, next"),
}
ACTS: dict[str, Words] = {"passage.record": _("Passage"), "watch.check": _("Check")}
