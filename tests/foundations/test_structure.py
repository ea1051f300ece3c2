"""The checks of structure find what they are for, and say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import check_imports, check_sizes


def write(base: Path, name: str, text: str) -> None:
    path = base / "lianfang" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "line", "advice"),
    [
        ("kernel/submit.py", "from lianfang.areas import models", "kernel knows no other room"),
        ("web/views.py", "from lianfang.people import queries", "web may import kernel only"),
        ("areas/queries.py", "import lianfang.people.queries", "move the code down"),
        ("areas/queries.py", "from ..people import queries", "move the code down"),
        ("people/commands.py", "from lianfang.screening import rules", "move the code down"),
        ("screening/commands.py", "from lianfang.watching.models import Watch", "share queries"),
        ("screening/commands.py", "from lianfang.watching import commands", "share queries"),
        ("screening/queries.py", "from lianfang.briefing import queries", "move the code down"),
        ("briefing/queries.py", "from lianfang.doors import api", "move the code down"),
        ("people/queries.py", "from lianfang.config import settings", "move the code down"),
        ("people/views.py", "from .models import Person", "never models"),
        ("people/views.py", "from lianfang.areas import models", "never models"),
        ("people/rules.py", "from django.db import models", "rules are pure"),
        ("people/rules.py", "import django", "rules are pure"),
        ("people/queries.py", "Person.objects.filter(x=1).update(y=2)", "queries do not write"),
        ("people/queries.py", "person.save()", "queries do not write"),
        ("people/account_queries.py", "person.save()", "queries do not write"),
        ("people/login_views.py", "from .models import Person", "never models"),
        ("screening/commands.py", "from lianfang.watching import day_commands", "share queries"),
        ("people/queries.py", "cursor.execute('DELETE FROM x')", "queries do not write"),
        ("cellar/rules.py", "x = 1", "has no level"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, module: str, line: str, advice: str) -> None:
    write(tmp_path, module, f"{line}\n")
    found = check_imports.check(tmp_path)
    assert len(found) == 1, found
    assert advice in found[0]


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("config/urls.py", "from lianfang.doors import api"),
        ("drill/towns.py", "from lianfang.doors.imports import commands"),
        ("doors/api.py", "from lianfang.briefing import queries"),
        ("screening/commands.py", "from lianfang.watching import queries, rules"),
        ("screening/commands.py", "from lianfang.watching.rules import due"),
        ("screening/commands.py", "from lianfang.watching.day_queries import due"),
        ("screening/models.py", "from lianfang.people.models import Household"),
        ("people/views.py", "from . import commands, queries"),
        ("people/views.py", "from lianfang.kernel.submit import submit"),
        ("people/rules.py", "from django.utils.translation import gettext_lazy as _"),
        ("people/rules.py", "from django.utils import translation"),
        ("people/queries.py", "counts.update(a=1)"),
        ("people/queries.py", "cursor.execute('SELECT 1')"),
    ],
)
def test_a_right_import_is_let_through(tmp_path: Path, module: str, line: str) -> None:
    write(tmp_path, module, f"{line}\n")
    assert check_imports.check(tmp_path) == []


def test_views_may_name_models_in_annotations(tmp_path: Path) -> None:
    write(
        tmp_path,
        "people/views.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .models import Person\n",
    )
    assert check_imports.check(tmp_path) == []


def test_a_long_module_is_found(tmp_path: Path) -> None:
    write(tmp_path, "people/queries.py", "x = 1\n" * 501)
    write(tmp_path, "people/rules.py", "x = 1\n")
    write(tmp_path, "people/views.py", "x = 1\n")
    found = check_sizes.check(tmp_path)
    assert len(found) == 1
    assert "501 lines" in found[0]
