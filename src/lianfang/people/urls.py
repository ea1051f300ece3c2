"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.people.views import (
    account,
    accounts,
    exporting,
    grids,
    home,
    households,
    journal,
    link_sheet,
    login,
    organisations,
    persons,
    searching,
)

_DOOR = "households/<str:district>/<uuid:household_id>"
_PERSON = "persons/<str:district>/<uuid:person_id>"
_ORGANISATION = "organisations/<uuid:organisation_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("duties", home.duties, name="duties"),
    path("duties/<str:district>/<uuid:duty_id>/<slug:step>", home.duty_step, name="duty_step"),
    path("search", searching.search, name="search"),
    # Log-in; "language" stands before the one of `web`, since an account keeps its choice
    path("login", login.login, name="login"),
    path("login/code", login.code, name="login_code"),
    path("in/<str:token>", login.by_link, name="by_link"),
    path("logout", login.logout, name="logout"),
    path("language", login.language, name="set_language"),
    # The own account
    path("settings", account.settings_page, name="account"),
    path("settings/password", account.password, name="password"),
    path("settings/password/first", account.first_password, name="first_password"),
    path("settings/device", account.device, name="device"),
    path("settings/device/off", account.device_off, name="device_off"),
    path("settings/tokens", account.token_new, name="token_new"),
    path("settings/tokens/end", account.token_end, name="token_end"),
    # Doors
    path("areas/<uuid:area_id>/households", households.listing, name="households"),
    path("areas/<uuid:area_id>/households/new", households.register, name="household_register"),
    path("areas/<uuid:area_id>/households/export", exporting.households, name="households_export"),
    path("areas/<uuid:area_id>/split", grids.split, name="grid_split"),
    path("areas/<uuid:area_id>/merge", grids.merge, name="grid_merge"),
    path(_DOOR, households.detail, name="household"),
    path(f"{_DOOR}/correct", households.correct, name="household_correct"),
    path(f"{_DOOR}/close", households.close, name="household_close"),
    path(f"{_DOOR}/merge", households.merge, name="household_merge"),
    path(f"{_DOOR}/people/new", persons.add, name="person_add"),
    # Persons
    path(_PERSON, persons.detail, name="person"),
    path(f"{_PERSON}/reveal", persons.reveal, name="person_reveal"),
    path(f"{_PERSON}/open", persons.open_person, name="person_open"),
    path(f"{_PERSON}/correct", persons.correct, name="person_correct"),
    path(f"{_PERSON}/move", persons.move, name="person_move"),
    path(f"{_PERSON}/leave", persons.leave, name="person_leave"),
    path(f"{_PERSON}/purge", persons.purge, name="person_purge"),
    # Accounts and roles
    path("people", accounts.listing, name="accounts"),
    path("people/links", link_sheet.sheet, name="link_sheet"),
    path("people/<uuid:account_id>", accounts.detail, name="account_page"),
    path("people/<uuid:account_id>/switch", accounts.switch, name="account_switch"),
    path("people/<uuid:account_id>/link", accounts.link, name="account_link"),
    path("people/<uuid:account_id>/device", accounts.forget_device, name="account_device"),
    path("areas/<uuid:area_id>/accounts/new", accounts.create, name="account_new"),
    path("areas/<uuid:area_id>/roles/new", accounts.give, name="grant_give"),
    path("roles/<uuid:grant_id>/end", accounts.end, name="grant_end"),
    # Organisations
    path("organisations", organisations.listing, name="organisations"),
    path("organisations/new", organisations.create, name="organisation_new"),
    path(_ORGANISATION, organisations.detail, name="organisation"),
    path(f"{_ORGANISATION}/areas/new", organisations.attach, name="organisation_attach"),
    path(
        f"{_ORGANISATION}/areas/<uuid:area_id>/end",
        organisations.detach,
        name="organisation_detach",
    ),
    path(f"{_ORGANISATION}/members/new", organisations.join, name="organisation_join"),
    # The journal, and what is not in it
    path("journal", journal.listing, name="journal"),
    path("journal/records/<str:district>/<uuid:record_id>", journal.record, name="record"),
    path("journal/<uuid:subject_id>", journal.about, name="journal_about"),
    path("held", journal.held, name="held"),
    path("held/<str:district>/<uuid:entry_id>", journal.decide, name="held_decide"),
    path("refused", journal.refused, name="refused"),
    path("refused/<str:district>/<uuid:entry_id>", journal.mend, name="mend"),
]
