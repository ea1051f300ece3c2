"""Addresses of this room: manifests under /arrivals, sites under /sites, who stays under /stays."""

from __future__ import annotations

from django.urls import path

from lianfang.arrivals.views import board, manifests, passengers, sites, stays, triage

_MANIFEST = "arrivals/<str:district>/<uuid:manifest_id>"
_PASSENGER = f"{_MANIFEST}/passengers/<uuid:passenger_id>"
_SITE = "sites/<str:district>/<uuid:site_id>"
_STAY = "stays/<str:district>/<uuid:person_id>"

urlpatterns = [
    path("arrivals", manifests.index, name="arrivals"),
    path("arrivals/new", manifests.new, name="manifest_new"),
    path("arrivals/rules", triage.edit, name="triage_rules"),
    path(_MANIFEST, manifests.manifest, name="manifest"),
    path(f"{_MANIFEST}/export", manifests.export, name="manifest_export"),
    path(f"{_MANIFEST}/board", board.board, name="manifest_board"),
    path(f"{_MANIFEST}/board/family", board.decide, name="family_decide"),
    path(f"{_MANIFEST}/passengers/new", passengers.extra, name="passenger_new"),
    path(_PASSENGER, passengers.passenger, name="passenger"),
    path(f"{_PASSENGER}/double", passengers.double, name="passenger_double"),
    path(f"{_PASSENGER}/place", passengers.place, name="passenger_place"),
    path(f"{_PASSENGER}/mark/<str:act>", manifests.mark, name="passenger_mark"),
    path(f"{_MANIFEST}/<str:act>", manifests.act, name="manifest_act"),
    path("sites", sites.index, name="sites"),
    path("sites/new", sites.new, name="site_new"),
    path("sites/export", sites.export, name="sites_export"),
    path(_SITE, sites.site, name="site"),
    path(f"{_SITE}/export", sites.site_export, name="site_export"),
    path(f"{_SITE}/close", sites.close, name="site_close"),
    path(f"{_SITE}/place", stays.place, name="site_place"),
    path(f"{_SITE}/rooms/<uuid:room_id>", stays.room, name="room"),
    path(_STAY, stays.stay, name="stay"),
    path(f"{_STAY}/<str:act>", stays.act, name="stay_act"),
]
