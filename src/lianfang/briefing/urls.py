"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.briefing.views import board, brief, burden, tables

urlpatterns: list[URLPattern | URLResolver] = [
    path("board", board.board, name="board"),
    path("board/<slug:code>", board.figure, name="board_figure"),
    path("burden", burden.meter, name="burden"),
    path("table", tables.answer, name="table_answer"),
    path("brief", brief.brief, name="brief"),
    path("brief/arrange", brief.arrange, name="brief_arrange"),
    path("brief/file.<str:form>", brief.file, name="brief_file"),
]
