"""The root of all addresses; each room brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("lianfang.people.urls")),
    path("", include("lianfang.areas.urls")),
    path("", include("lianfang.screening.urls")),
    path("", include("lianfang.mobilising.urls")),
    path("", include("lianfang.watching.urls")),
    path("", include("lianfang.tracing.urls")),
    path("", include("lianfang.stations.urls")),
    path("", include("lianfang.arrivals.urls")),
    path("", include("lianfang.messaging.urls")),
    path("", include("lianfang.directives.urls")),
    path("", include("lianfang.supplies.urls")),
    path("", include("lianfang.briefing.urls")),
    path("", include("lianfang.doors.imports.urls")),
    path("", include("lianfang.services.urls")),
    path("", include("lianfang.web.urls")),
    path("api/", include("lianfang.doors.api.urls")),
    path("", include("lianfang.doors.sync.urls")),
    path("", include("lianfang.doors.phone.urls")),
]

handler400 = "lianfang.web.views.bad_request"
handler403 = "lianfang.web.views.forbidden"
handler404 = "lianfang.web.views.not_found"
handler500 = "lianfang.web.views.broken"
