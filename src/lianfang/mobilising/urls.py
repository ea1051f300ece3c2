"""Addresses of this room: the desk's, and the short ones of signed links."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.mobilising.views import (
    call_people,
    calls,
    deployments,
    duty_times,
    open,
    recalls,
    shifts,
    teams,
    whistles,
)

_CALL = "calls/<str:district>/<uuid:call_id>"
_HELPER = f"{_CALL}/helpers/<uuid:sign_up_id>"
_PLAN = "deployments/<uuid:deployment_id>"
_RECALL = "recalls/<uuid:recall_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("mobilising", duty_times.hub, name="mobilising"),
    path("calls", calls.listing, name="calls"),
    path("calls.xlsx", calls.listing_xlsx, name="calls_xlsx"),
    path("calls/new", calls.new, name="call_new"),
    path(_CALL, calls.detail, name="call"),
    path(f"{_CALL}/poster", calls.poster, name="call_poster"),
    path(f"{_CALL}/close", calls.close, name="call_close"),
    path(f"{_CALL}/helpers.xlsx", call_people.xlsx, name="call_xlsx"),
    path(_HELPER, call_people.helper, name="call_helper"),
    path(f"{_HELPER}/proof.pdf", call_people.proof, name="call_proof"),
    path(f"{_HELPER}/<str:act>", call_people.act, name="call_act"),
    path("whistles", whistles.listing, name="whistles"),
    path("whistles.xlsx", whistles.listing_xlsx, name="whistles_xlsx"),
    path("whistles/new", whistles.new, name="whistle_new"),
    path("whistles/departments", whistles.figures, name="whistle_figures"),
    path("whistles/departments.xlsx", whistles.figures_xlsx, name="whistle_figures_xlsx"),
    path(
        "whistles/<str:district>/<uuid:whistle_id>/photos/<uuid:photo_id>",
        whistles.photo,
        name="whistle_photo",
    ),
    path("whistles/<str:district>/<uuid:whistle_id>", whistles.detail, name="whistle"),
    path("teams", teams.teams, name="teams"),
    path("teams.xlsx", teams.teams_xlsx, name="teams_xlsx"),
    path("teams/new", teams.team_new, name="team_new"),
    path("teams/convert", teams.team_convert, name="team_convert"),
    path("teams/<uuid:team_id>", teams.team, name="team"),
    path("teams/<uuid:team_id>/<str:act>", teams.team_end, name="team_end"),
    path("recalls", recalls.recalls, name="recalls"),
    path("recalls.xlsx", recalls.recalls_xlsx, name="recalls_xlsx"),
    path("recalls/new", recalls.recall_new, name="recall_new"),
    path(_RECALL, recalls.recall, name="recall"),
    path(f"{_RECALL}/units/<uuid:organisation_id>", recalls.recall_unit, name="recall_unit"),
    path(
        f"{_RECALL}/units/<uuid:organisation_id>.xlsx",
        recalls.recall_unit_xlsx,
        name="recall_unit_xlsx",
    ),
    path(
        f"{_RECALL}/members/<str:district>/<uuid:person_id>",
        recalls.recall_member,
        name="recall_member",
    ),
    path(f"{_RECALL}/<str:act>", recalls.recall_act, name="recall_act"),
    path("duty-times", duty_times.board, name="on_duty"),
    path("duty-times.xlsx", duty_times.board_xlsx, name="on_duty_xlsx"),
    path("duty-times/<str:district>/<uuid:person_id>", duty_times.relief, name="relief"),
    path(
        "duty-times/<str:district>/<uuid:person_id>/proof.pdf",
        duty_times.proof,
        name="service_proof",
    ),
    path("deployments", deployments.listing, name="deployments"),
    path("deployments.xlsx", deployments.listing_xlsx, name="deployments_xlsx"),
    path("deployments/new", deployments.new, name="deployment_new"),
    path("deployments/<uuid:deployment_id>", deployments.detail, name="deployment"),
    path(f"{_PLAN}/publish", deployments.publish, name="deployment_publish"),
    path(f"{_PLAN}/needs.xlsx", deployments.needs_xlsx, name="deployment_needs_xlsx"),
    path(f"{_PLAN}/replan", shifts.replan, name="deployment_replan"),
    path(f"{_PLAN}/shifts", shifts.shifts, name="deployment_shifts"),
    path(f"{_PLAN}/shifts.xlsx", shifts.shifts_xlsx, name="deployment_shifts_xlsx"),
    path(
        f"{_PLAN}/shifts/<str:district>/<uuid:shift_id>",
        shifts.shift,
        name="deployment_shift",
    ),
    path(
        "deployments/<uuid:deployment_id>/needs/<str:district>/<uuid:need_id>",
        deployments.need,
        name="deployment_need",
    ),
    path("c/<str:token>", open.join, name="call_join"),
    path("c/mine/<str:token>", open.mine, name="call_mine"),
    path("c/post/<str:token>", open.post, name="call_post"),
    path("r/<str:token>", open.recall, name="recall_answer"),
    path("s/<str:token>", open.shifts, name="shifts"),
    path("s/<str:token>/shifts.ics", open.feed, name="shift_feed"),
    path("o/<str:token>/place.ics", open.place_feed, name="place_feed"),
]
