"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.supplies.views import places, production, requests, stock

_PLACE = "key-places/<str:district>/<uuid:place_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("supplies", stock.listing, name="supplies"),
    path("supplies/stock.xlsx", stock.xlsx, name="stock_xlsx"),
    path("supplies/expiring", stock.expiring, name="stock_expiring"),
    path("supplies/items/new", stock.new_item, name="supply_item_new"),
    path("supplies/posts/<str:district>/<uuid:post_id>", stock.at_post, name="stock_post"),
    path("supplies/requests", requests.listing, name="supply_requests"),
    path("supplies/requests/new", requests.ask, name="supply_ask"),
    path(
        "supplies/requests/<str:district>/<uuid:request_id>",
        requests.detail,
        name="supply_request",
    ),
    path("productions", production.listing, name="productions"),
    path("productions/new", production.new, name="production_new"),
    path("productions/<str:district>/<uuid:production_id>", production.detail, name="production"),
    path("key-places", places.listing, name="key_places"),
    path("key-places.xlsx", places.xlsx, name="key_places_xlsx"),
    path("key-places/new", places.new, name="key_place_new"),
    path(_PLACE, places.detail, name="key_place"),
    path(f"{_PLACE}/inspect", places.inspect, name="key_place_inspect"),
    path(f"{_PLACE}/close", places.close, name="key_place_close"),
    path(f"{_PLACE}/findings/<uuid:finding_id>", places.finding, name="finding"),
]
