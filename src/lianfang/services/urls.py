"""Addresses of this room: the resident's page under /d/, the desk's under /services/."""

from __future__ import annotations

from django.urls import path

from lianfang.services.views import card_sheets, care, desk, door, door_checks, orders

urlpatterns = [
    path("d/<str:code>", door.home, name="door"),
    path("d/<str:code>/order", door.order, name="door_order"),
    path("d/<str:code>/orders/<uuid:order_id>", door.order_page, name="door_order_page"),
    path("d/<str:code>/orders/<uuid:order_id>/<str:act>", door.order_act, name="door_order_act"),
    path("d/<str:code>/report", door.report, name="door_report"),
    path("d/<str:code>/checks", door_checks.checks, name="door_checks"),
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
    path("errands", orders.errands, name="errands"),
    path("services", orders.board, name="services"),
    path("services/export", desk.export, name="services_export"),
    path("services/orders/<str:district>/<uuid:order_id>", orders.order, name="services_order"),
    path(
        "services/orders/<str:district>/<uuid:order_id>/photo/<str:which>",
        orders.photo,
        name="services_photo",
    ),
    path("services/orders/<str:district>/<uuid:order_id>/call", orders.call, name="services_call"),
    path(
        "services/orders/<str:district>/<uuid:order_id>/<str:act>",
        orders.act,
        name="services_act",
    ),
    path("services/asks", desk.asks, name="services_asks"),
    path("services/asks/<str:district>/<uuid:ask_id>", desk.answer, name="services_answer"),
    path("services/catalogue", desk.catalogue, name="services_catalogue"),
    path("services/catalogue/desk", desk.desk, name="services_desk"),
    path("services/catalogue/shops/new", desk.shop, name="services_shop_new"),
    path("services/catalogue/shops/<uuid:shop_id>", desk.shop, name="services_shop"),
    path("services/catalogue/kinds/<str:code>", desk.kind, name="services_kind"),
    path("services/money", desk.money, name="services_money"),
    path("services/money/hand", desk.hand, name="services_hand"),
    path("services/money/export", desk.money_export, name="services_money_export"),
    path("services/care", care.care, name="services_care"),
    path("services/care/export", care.care_export, name="services_care_export"),
    path("services/runs", care.plan, name="services_runs"),
    path(
        "services/households/<str:district>/<uuid:household_id>/<str:act>",
        care.household,
        name="services_household",
    ),
]
