"""Message catalogues: extract the source texts, compile, and find what is not translated.

`python -m lianfang.config.catalogues update|check|compile`; also `lianfang messages …`. Works on
the files alone, without Django's start-up, so that it runs on a tree whose models do not load.

Source texts are English. Each room has its own catalogue at `locale/zh_Hans/LC_MESSAGES/django.po`.
Chinese in the source is refused, except where it is data: a line that ends in `# cjk: reason` (or
`{# cjk: reason #}` in a template), or a whole file with such a comment on a line of its own. Bare
text in a template, whatever its language, is refused too; `{# plain: reason #}` lets it stand.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
CATALOGUE = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"

# The function names that Django's makemessages knows, in xgettext's notation.
KEYWORDS = [
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
]
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
MARK = re.compile(r"(#|\{#)\s*cjk:\s*\S")
PLAIN = re.compile(r"\{#\s*plain:\s*\S")
TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)

# What of a template is not text: translated blocks, the template's tags, scripts, styles, keys.
NOT_TEXT = re.compile(
    r"\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}|\{%.*?%\}|\{\{.*?\}\}"
    r"|<(script|style|kbd)\b.*?</\1>|<!.*?>|&\w+;",
    re.DOTALL,
)
SHOWN_ATTRIBUTE = re.compile(r"""\b(?:alt|title|placeholder|aria-label)\s*=\s*("[^"]*"|'[^']*')""")
HTML_TAG = re.compile(r"</?[A-Za-z][^>]*>", re.DOTALL)
WORD = re.compile(r"(?!Lianfang\b)\b[A-Za-z]{2,}")

Key = tuple[str | None, str]


def rooms(package: Path = PACKAGE) -> list[Path]:
    """Return the folders of all rooms, in alphabetical order."""
    return sorted(p.parent for p in package.glob("*/__init__.py"))


def sources(room: Path) -> Iterator[Path]:
    """Yield the room's Python files and templates that may hold text for people."""
    for path in sorted(room.rglob("*")):
        inside = path.relative_to(room).parts
        if path.suffix == ".py":
            wanted = "migrations" not in inside
        else:
            wanted = path.suffix in {".html", ".txt", ".svg"} and "templates" in inside
        if wanted:
            yield path


def extract(room: Path) -> polib.POFile:
    """Return the source texts of a room, as xgettext and Django's template reader find them.

    Raises FileNotFoundError where gettext is not installed.
    """
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    if shutil.which("xgettext") is None:
        raise FileNotFoundError("xgettext is missing: install gettext (make setup does)")
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for path in sources(room):
            name = str(path.relative_to(room.parent))
            text = path.read_text(encoding="utf-8")
            target = Path(folder) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text if path.suffix == ".py" else templatize(text, origin=name))
            names.append(name)
        if not names:
            return polib.POFile()
        command = [
            "xgettext",
            "--language=Python",
            "--from-code=UTF-8",
            "--add-comments=Translators",
            "--output=-",
            *(f"--keyword={k}" for k in KEYWORDS),
            *names,
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return polib.pofile(done.stdout.replace("charset=CHARSET", "charset=UTF-8"))


def read(room: Path) -> polib.POFile:
    """Return a room's catalogue; an empty one where the file does not exist."""
    path = room / CATALOGUE
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    return polib.POFile(wrapwidth=100)


def key(entry: polib.POEntry) -> Key:
    """Return what identifies an entry: its context and its source text."""
    return entry.msgctxt, entry.msgid


def translated(entry: polib.POEntry) -> bool:
    """Return whether an entry has a translation that will be shown: not fuzzy, no form empty."""
    if entry.obsolete or entry.fuzzy:
        return False
    if entry.msgid_plural:
        return bool(entry.msgstr_plural) and all(entry.msgstr_plural.values())
    return bool(entry.msgstr)


def update(room: Path) -> int:
    """Bring a room's catalogue up to date; return how many texts still want a translation.

    Texts that are gone leave the catalogue; places are given by file, without line numbers, and
    there is no date of creation, so that two branches seldom touch the same line.
    """
    found = extract(room)
    if not found:
        return 0
    catalogue = read(room)
    known = {key(e): e for e in catalogue}
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = {
        "Project-Id-Version": "lianfang",
        "Language": LOCALE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for entry in found:
        old = known.get(key(entry))
        entry.occurrences = sorted({(name, "") for name, _line in entry.occurrences})
        if old is not None:
            entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural
            entry.tcomment = old.tcomment
            if old.fuzzy:
                entry.flags.append("fuzzy")
        if entry.msgid_plural and set(entry.msgstr_plural) != {0}:
            entry.msgstr_plural = {0: entry.msgstr_plural.get(0, "")}
        fresh.append(entry)
    path = room / CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(path))
    return sum(not translated(e) for e in fresh)


def compile_all(package: Path = PACKAGE) -> int:
    """Compile each catalogue that is newer than its .mo file; return how many were compiled."""
    count = 0
    for room in rooms(package):
        source = room / CATALOGUE
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        part = target.with_suffix(".mo.part")
        read(room).save_as_mofile(str(part))
        part.replace(target)
        count += 1
    return count


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def problems(package: Path = PACKAGE) -> list[str]:
    """Return what is wrong with the texts of all rooms, one line each; empty when all is well.

    A text counts as translated when any room's catalogue has it, as Django merges them. Two
    rooms that translate one text differently are reported: the first would silently win.
    """
    result: list[str] = []
    meanings: dict[Key, tuple[str, Path]] = {}
    for room in rooms(package):
        for entry in read(room):
            if entry.obsolete or not translated(entry):
                continue
            shown = entry.msgstr or entry.msgstr_plural[0]
            seen = meanings.setdefault(key(entry), (shown, room))
            if seen[0] != shown:
                result.append(
                    f"{room.name}: {entry.msgid!r} is {shown!r} here, but {seen[0]!r} in "
                    f"{seen[1].name}: agree on one, or tell them apart with pgettext"
                )
            sources_of = {entry.msgid, entry.msgid_plural}
            forms = [sorted(PLACEHOLDER.findall(s)) for s in sources_of if s]
            if sorted(PLACEHOLDER.findall(shown)) not in forms:
                result.append(f"{room.name}: {shown!r} has other placeholders than {entry.msgid!r}")
    for room in rooms(package):
        for entry in extract(room):
            if key(entry) not in meanings:
                where = ", ".join(f"{name}:{line}" for name, line in entry.occurrences[:2])
                result.append(
                    f"{where}: not translated: {entry.msgid!r}; "
                    f"run `make messages`, then fill in {room.name}/{CATALOGUE}"
                )
        for path in sources(room):
            result.extend(stray_chinese(path, package.parent))
            if path.suffix == ".html":
                result.extend(bare_text(path, package.parent))
    return result


def stray_chinese(path: Path, base: Path) -> Iterator[str]:
    """Yield a line for each Chinese text in a source file that is not marked as data."""
    text = path.read_text(encoding="utf-8")
    if not CJK.search(text):
        return
    lines = text.splitlines()
    if any(MARK.match(line.strip()) for line in lines):
        return
    numbers = _python_lines(text) if path.suffix == ".py" else _template_lines(text)
    for number in sorted(numbers):
        if not MARK.search(lines[number - 1]):
            yield (
                f"{path.relative_to(base)}:{number}: Chinese in the source: write English in "
                "gettext and translate it in the catalogue, or mark data with `cjk: reason`"
            )


def _python_lines(text: str) -> set[int]:
    """Return the lines on which a string with Chinese starts; docstrings are not for users."""
    tree = ast.parse(text)
    documentation = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for child in body if isinstance(body, list) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                documentation.add(id(child.value))
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
        and CJK.search(node.value)
    }


def _template_lines(text: str) -> set[int]:
    """Return the lines with Chinese outside of template comments."""
    blank = TEMPLATE_COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
    return {n for n, line in enumerate(blank.splitlines(), 1) if CJK.search(line)}


def bare_text(path: Path, base: Path) -> Iterator[str]:
    """Yield a line for each text of a template that no gettext tag wraps.

    A line with `{# plain: reason #}` is left out, and so is a file with one on a line of its own.
    """
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if any(PLAIN.match(line.strip()) for line in lines):
        return

    def blank(match: re.Match[str]) -> str:
        return " " + "\n" * match.group().count("\n")

    def shown(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n") + " ".join(SHOWN_ATTRIBUTE.findall(match.group()))

    text = NOT_TEXT.sub(blank, TEMPLATE_COMMENT.sub(blank, text))
    for number, line in enumerate(HTML_TAG.sub(shown, text).splitlines(), 1):
        if WORD.search(line) and not PLAIN.search(lines[number - 1]):
            yield (
                f"{path.relative_to(base)}:{number}: text outside of gettext: {line.strip()!r}; "
                "wrap it in {% translate %}, or mark the line with {# plain: reason #}"
            )


def run(action: str) -> int:
    """Do `update`, `check` or `compile` for all rooms; return the exit code."""
    if action == "compile":
        compile_all()
        return 0
    if action == "update":
        for room in rooms():
            wanting = update(room)
            if wanting:
                sys.stdout.write(f"{room.name}: {wanting} texts want a translation\n")
        return 0
    if action == "check":
        found = problems()
        for line in found:
            sys.stderr.write(line + "\n")
        return 1 if found else 0
    sys.stderr.write("catalogues: update, check or compile?\n")
    return 2


if __name__ == "__main__":
    sys.exit(run(sys.argv[1] if len(sys.argv) == 2 else ""))
