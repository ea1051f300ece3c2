"""Addresses of the imports."""

from __future__ import annotations

from django.urls import path

from lianfang.doors.imports import pages, upload

urlpatterns = [
    path("imports", pages.listing, name="imports"),
    path("imports/new", upload.new, name="import_new"),
    path("imports/<uuid:job_id>", pages.show, name="import"),
    path("imports/<uuid:job_id>/columns", upload.columns, name="import_columns"),
    path("imports/<uuid:job_id>/progress", pages.progress, name="import_progress"),
    path("imports/<uuid:job_id>/returned.xlsx", pages.returned, name="import_returned"),
]
