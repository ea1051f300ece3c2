"""Catalogues: what is not translated is found, and an update keeps what was translated."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from lianfang.config import catalogues


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A made-up package with one room, one module and one template."""
    room = tmp_path / "lianfang" / "people"
    (room / "templates").mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "rules.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        "a = _('Door')\n"
        "b = pgettext_lazy('verb', 'Close')\n"
        "c = ngettext('%(count)s door', '%(count)s doors', 2)\n"
    )
    (room / "templates" / "x.html").write_text(
        "{% load i18n %}<p>{% translate 'Household' %}</p>"
        "{% blocktranslate count counter=n %}{{ counter }} visit{% plural %}"
        "{{ counter }} visits{% endblocktranslate %}\n"
    )
    return tmp_path / "lianfang"


def fill(package: Path, **extra: str) -> polib.POFile:
    path = package / "people" / catalogues.CATALOGUE
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: f"X{entry.msgid_plural}"}
        else:
            entry.msgstr = extra.get(entry.msgid, f"X{entry.msgid}")
    catalogue.save()
    return catalogue


def test_every_text_of_code_and_templates_is_asked_for(package: Path) -> None:
    found = "\n".join(catalogues.problems(package))
    for text in ("Door", "Close", "%(count)s door", "Household", "%(counter)s visit"):
        assert f"not translated: {text!r}" in found
    assert catalogues.update(package / "people") == 5
    assert len(catalogues.problems(package)) == 5


def test_a_full_catalogue_has_no_problems(package: Path) -> None:
    catalogues.update(package / "people")
    fill(package)
    assert catalogues.problems(package) == []
    assert catalogues.compile_all(package) == 1
    assert catalogues.compile_all(package) == 0


def test_an_update_keeps_translations_and_drops_texts_that_are_gone(package: Path) -> None:
    catalogues.update(package / "people")
    fill(package)
    rules = package / "people" / "rules.py"
    rules.write_text(rules.read_text().replace("_('Door')", "_('Gate')"))
    assert catalogues.update(package / "people") == 1
    texts = {e.msgid: e.msgstr for e in catalogues.read(package / "people")}
    assert texts["Household"] == "XHousehold"
    assert texts["Gate"] == ""
    assert "Door" not in texts


def test_a_fuzzy_translation_does_not_count(package: Path) -> None:
    catalogues.update(package / "people")
    catalogue = fill(package)
    next(e for e in catalogue if e.msgid == "Door").flags.append("fuzzy")
    catalogue.save()
    assert ["not translated: 'Door'" in p for p in catalogues.problems(package)] == [True]


def test_a_lost_placeholder_is_found(package: Path) -> None:
    rules = package / "people" / "rules.py"
    rules.write_text("from django.utils.translation import gettext as _\n_('%(n)s left')\n")
    catalogues.update(package / "people")
    fill(package, **{"%(n)s left": "none"})
    assert any("placeholders" in p for p in catalogues.problems(package))


def test_two_rooms_that_disagree_are_found(package: Path) -> None:
    other = package / "areas"
    other.mkdir()
    (other / "__init__.py").write_text("")
    (other / "rules.py").write_text(
        "from django.utils.translation import gettext as _\n_('Door')\n"
    )
    catalogues.update(package / "people")
    catalogues.update(other)
    fill(package)
    entries = polib.pofile(str(other / catalogues.CATALOGUE))
    entries[0].msgstr = "Y"
    entries.save()
    assert any("agree on one" in p for p in catalogues.problems(package))


def test_chinese_in_the_source_wants_a_mark(package: Path) -> None:
    catalogues.update(package / "people")
    fill(package)
    data = package / "people" / "headers.py"
    data.write_text('"""A docstring: 户."""\n# 注释\nx = "户主"\ny = "姓名"  # cjk: a header\n')
    found = catalogues.problems(package)
    assert len(found) == 1
    assert "headers.py:3" in found[0]
    data.write_text('# cjk: headers as rosters have them\nx = "户主"\ny = "姓名"\n')
    assert catalogues.problems(package) == []
    template = package / "people" / "templates" / "y.html"
    template.write_text("{# 注释 #}\n<p>户主</p>\n")
    assert ["y.html:2" in p for p in catalogues.problems(package)] == [True]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("<p>Hello</p>", True),
        ("<a title=\"Hello\">{% translate 'Household' %}</a>", True),
        ('<input placeholder="Search">', True),
        ("<a class='big' href=\"{% url 'x' %}\">&nbsp;{{ name }} 3 % · ×</a>", False),
        ("<script>let hello = 1</script><!-- note -->{# note #}", False),
        ("<kbd>Esc</kbd><title>Lianfang</title>", False),
        ("<b>GPS</b> {# plain: the same everywhere #}", False),
    ],
)
def test_bare_text_in_a_template_is_found(package: Path, line: str, found: bool) -> None:
    catalogues.update(package / "people")
    fill(package)
    template = package / "people" / "templates" / "y.html"
    template.write_text(f"{{% load i18n %}}\n{line}\n")
    assert ["y.html:2" in p for p in catalogues.problems(package)] == ([True] if found else [])
