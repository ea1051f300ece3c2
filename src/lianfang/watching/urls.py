"""Addresses of this room: watches, their checks, referrals, certificates, who saw what."""

from __future__ import annotations

from django.urls import path

from lianfang.watching.views import board, entry, handover, openings, referrals, watch

_WATCH = "watches/<str:district>/<uuid:watch_id>"
_REFERRAL = "referrals/<str:district>/<uuid:referral_id>"

urlpatterns = [
    path("watches", board.board, name="watches"),
    path("watches/export", board.export, name="watches_export"),
    path("watches/checks", entry.entry, name="watch_entry"),
    path("watches/incoming", handover.incoming, name="watch_incoming"),
    path("watches/openings", openings.openings, name="openings"),
    path("watches/openings/export", openings.export, name="openings_export"),
    path(
        "watches/new/<str:district>/<uuid:household_id>",
        watch.start,
        name="watch_start",
    ),
    path(_WATCH, watch.watch, name="watch"),
    path(f"{_WATCH}/take-over", handover.take_over, name="watch_take_over"),
    path(f"{_WATCH}/release.pdf", watch.certificate, name="watch_certificate"),
    path(f"{_WATCH}/<str:act>", watch.act, name="watch_act"),
    path("referrals", referrals.board, name="referrals"),
    path("referrals/export", referrals.export, name="referrals_export"),
    path(_REFERRAL, referrals.referral, name="referral"),
    path(f"{_REFERRAL}/<str:act>", referrals.act, name="referral_act"),
    path("certificates/<str:code>", watch.verify, name="watch_verify"),
]
