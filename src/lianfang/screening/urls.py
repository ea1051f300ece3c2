"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.screening.views import closing, daily, doors, opening, overview, proof, visits, wall

_ROUND = "rounds/<uuid:round_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("rounds", overview.listing, name="rounds"),
    path("rounds.xlsx", overview.listing_xlsx, name="rounds_xlsx"),
    path("rounds/new", opening.open_round, name="round_open"),
    path("rounds/new/areas", opening.find_areas, name="round_open_areas"),
    path("rounds/new/question", opening.one_question, name="round_open_question"),
    path(_ROUND, overview.overview, name="round"),
    path(f"{_ROUND}/wall", wall.wall, name="round_wall"),
    path(f"{_ROUND}/doors", doors.listing, name="round_doors"),
    path(f"{_ROUND}/doors.xlsx", doors.xlsx, name="round_doors_xlsx"),
    path(f"{_ROUND}/fevers", doors.fevers, name="round_fevers"),
    path(f"{_ROUND}/building", doors.building, name="round_building"),
    path(f"{_ROUND}/visit/<str:district>/<uuid:household_id>", visits.visit, name="round_visit"),
    path(f"{_ROUND}/days", daily.days, name="round_days"),
    path(f"{_ROUND}/close", closing.close, name="round_close"),
    path(f"{_ROUND}/proof", proof.proof, name="round_proof"),
    path(f"{_ROUND}/proof/file", proof.take, name="round_proof_file"),
    path(f"{_ROUND}/proof/verify", proof.verify, name="round_proof_verify"),
]
