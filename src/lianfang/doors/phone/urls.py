"""The addresses of this door."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from lianfang.doors.phone import views

app_name = "phone"
urlpatterns = [
    path("phone", RedirectView.as_view(url="/phone/"), name="short"),
    path("phone/", views.app, name="app"),
    path("phone/<path:name>", views.app, name="file"),
    path("d/<str:code>", views.door_code, name="door_code"),
]
