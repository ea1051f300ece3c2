"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from lianfang.directives.views import directive, directives, tasks

_ONE = "directives/<uuid:directive_id>"
_TASK = "tasks/<uuid:task_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("directives", directives.listing, name="directives"),
    path("directives/list.xlsx", directives.xlsx, name="directives_xlsx"),
    path("directives/mine", directives.mine, name="directives_mine"),
    path("directives/new", directives.new, name="directive_new"),
    path("directives/remind", directives.remind, name="directives_remind"),
    path(_ONE, directive.detail, name="directive"),
    path(f"{_ONE}/receivers.xlsx", directive.xlsx, name="directive_xlsx"),
    path(f"{_ONE}/version", directives.new, name="directive_version"),
    path(f"{_ONE}/withdraw", directive.withdraw, name="directive_withdraw"),
    path(f"{_ONE}/files/<uuid:file_id>", directive.file, name="directive_file"),
    path(f"{_ONE}/<str:kind>/<uuid:key>/<str:act>", directive.answer, name="directive_answer"),
    path("tasks", tasks.listing, name="tasks"),
    path("tasks/new", tasks.new, name="task_new"),
    path(_TASK, tasks.detail, name="task"),
    path(f"{_TASK}/open.xlsx", tasks.xlsx, name="task_xlsx"),
    path(f"{_TASK}/close", tasks.close, name="task_close"),
    path(f"{_TASK}/grids/<uuid:area_id>", tasks.grid, name="task_grid"),
    path(f"{_TASK}/grids/<uuid:area_id>/photo", tasks.photo, name="task_photo"),
]
