"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.messaging.views import bulletins, channels, door, feeds, notices, questions

_CHANNEL = "channels/<uuid:channel_id>"
_BULLETIN = "information/<str:district>/<uuid:bulletin_id>"

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
    path("information", bulletins.bulletins, name="bulletins"),
    path("information/new", bulletins.new, name="bulletin_new"),
    path("information/questions", questions.questions, name="questions"),
    path("information/questions/<str:district>/<uuid:ask_id>", questions.question, name="question"),
    path(_BULLETIN, bulletins.bulletin, name="bulletin"),
    path(f"{_BULLETIN}/change", bulletins.change, name="bulletin_change"),
    path(f"{_BULLETIN}/withdraw", bulletins.withdraw, name="bulletin_withdraw"),
    path(f"{_BULLETIN}/knock", bulletins.knock, name="bulletin_knock"),
    path(f"{_BULLETIN}/doors", bulletins.doors, name="bulletin_doors"),
    path(f"{_BULLETIN}/told", bulletins.told, name="bulletin_told"),
    path(f"{_BULLETIN}/print", bulletins.print_page, name="bulletin_print"),
    path("news/<str:code>", feeds.news, name="news"),
    path("feeds/<str:code>.<str:form>", feeds.feed, name="feed"),
    path("feeds/<str:code>/<uuid:bulletin_id>.cap.xml", feeds.cap, name="cap"),
    path("d/<str:code>/news", door.news, name="door_news"),
    path("d/<str:code>/news/<uuid:bulletin_id>", door.one, name="door_news_one"),
]
