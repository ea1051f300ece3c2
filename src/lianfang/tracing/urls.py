"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.tracing.views import cases, chain, contacts, lists

_CASE = "cases/<str:district>/<uuid:case_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases", cases.listing, name="cases"),
    path("cases.xlsx", cases.xlsx, name="cases_xlsx"),
    path("cases/new", cases.new, name="case_new"),
    path("cases/chain", chain.chain, name="chain"),
    path(_CASE, cases.detail, name="case"),
    path(f"{_CASE}/dates", cases.dates, name="case_dates"),
    path(f"{_CASE}/judge", cases.judge, name="case_judge"),
    path(f"{_CASE}/interview", cases.interview, name="case_interview"),
    path("contacts", lists.listing, name="contact_lists"),
    path("contacts/<str:district>/<uuid:contact_id>", contacts.detail, name="contact"),
    path("contacts/<str:district>/<uuid:contact_id>/answer", lists.answer, name="contact_answer"),
]
