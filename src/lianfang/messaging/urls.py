"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.messaging.views import channels, notices

_CHANNEL = "channels/<uuid:channel_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices", notices.notices, name="notices"),
    path("notices/count", notices.count, name="notices_count"),
    path("notices/read", notices.read_all, name="notices_read"),
    path("notices/<str:district>/<uuid:notice_id>", notices.notice, name="notice"),
    path("channels", channels.channels, name="channels"),
    path("channels/new", channels.new, name="channel_new"),
    path("channels/new-group", channels.new, {"group": True}, name="channel_new_group"),
    path(_CHANNEL, channels.channel, name="channel"),
    path(f"{_CHANNEL}/edit", channels.edit, name="channel_edit"),
    path(f"{_CHANNEL}/test", channels.test, name="channel_test"),
    path(f"{_CHANNEL}/stop", channels.stop, name="channel_stop"),
    path(f"{_CHANNEL}/messages/<uuid:message_id>/again", channels.again, name="channel_again"),
]
