"""Addresses of this room: the resident's page under /d/, the desk's under /services/."""

from __future__ import annotations

from django.urls import path

from lianfang.services.views import card_sheets, door

urlpatterns = [
    path("d/<str:code>", door.home, name="door"),
    path("d/<str:code>/order", door.order, name="door_order"),
    path("d/<str:code>/orders/<uuid:order_id>", door.order_page, name="door_order_page"),
    path("d/<str:code>/orders/<uuid:order_id>/<str:act>", door.order_act, name="door_order_act"),
    path("d/<str:code>/report", door.report, name="door_report"),
    path("d/<str:code>/ask", door.ask, name="door_ask"),
    path("d/<str:code>/bind", door.bind, name="door_bind"),
    path("d/<str:code>/data", door.data, name="door_data"),
    path("services/cards/<uuid:area_id>", card_sheets.index, name="cards"),
    path("services/cards/<uuid:area_id>/print", card_sheets.sheet, name="card_print"),
    path(
        "services/cards/<str:district>/<uuid:household_id>/<str:act>",
        card_sheets.change,
        name="card_change",
    ),
]
