"""The addresses of this door."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from lianfang.doors.phone import views

urlpatterns = [
    path("phone", RedirectView.as_view(url="/phone/"), name="phone_short"),
    path("phone/", views.app, name="phone"),
    path("phone/<path:name>", views.app, name="phone_file"),
    path("devices", views.listing, name="devices"),
    path("devices/<uuid:device_id>/lost", views.lost, name="device_lost"),
]
