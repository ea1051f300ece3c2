"""The addresses of this door, under /api/."""

from __future__ import annotations

from lianfang.doors.api.site import build, patterns

app_name = "api"
api = build()
urlpatterns = patterns(api)
