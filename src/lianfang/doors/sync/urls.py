"""The addresses of this door."""

from __future__ import annotations

from django.urls import path

from lianfang.doors.sync import filters, views

app_name = "sync"
urlpatterns = [
    path("sync", views.sync, name="sync"),
    path("sync/login", views.enter, name="login"),
    path("sync/filter", filters.take, name="filter"),
]
