"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from lianfang.stations.views import board, passing, posts

_POST = "posts/<str:district>/<uuid:post_id>"

urlpatterns = [
    path("posts", posts.index, name="posts"),
    path("posts/export", posts.export, name="posts_export"),
    path("posts/board", board.board, name="posts_board"),
    path("posts/new", posts.new, name="post_new"),
    path(_POST, posts.post, name="post"),
    path(f"{_POST}/hours", posts.hours, name="post_hours"),
    path(f"{_POST}/edit", posts.edit, name="post_edit"),
    path(f"{_POST}/close", posts.close, name="post_close"),
    path(f"{_POST}/count", posts.count, name="post_count"),
    path(f"{_POST}/pass", passing.record, name="post_pass"),
    path(f"{_POST}/recognise", passing.recognise, name="post_recognise"),
]
