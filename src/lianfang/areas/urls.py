"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.areas import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("areas", views.tree, name="areas"),
    path("areas/search", views.search, name="area_search"),
    path("areas/gaps", views.gaps, name="gaps"),
    path("areas/<uuid:area_id>", views.area, name="area"),
    path("areas/<uuid:area_id>/branch", views.branch, name="area_branch"),
    path("areas/<uuid:area_id>/draw", views.draw, name="area_draw"),
    path("areas/<uuid:area_id>/rename", views.rename, name="area_rename"),
    path("areas/<uuid:area_id>/retire", views.retire, name="area_retire"),
]
