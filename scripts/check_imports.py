"""Holds the direction of imports between and inside the rooms (see docs/architecture.md).

    config -> doors, briefing, drill -> capabilities -> people -> areas -> web, kernel

Reads the source with `ast`; prints one line for each import that goes the wrong way, and what to
do instead; exits 1 if there was one. An import under `if TYPE_CHECKING:` follows the same
directions, but views may name models there for annotations.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CAPABILITIES = {
    "screening",
    "watching",
    "tracing",
    "stations",
    "arrivals",
    "services",
    "mobilising",
    "directives",
    "supplies",
    "messaging",
}
# A room may import a room of a lower level. doors, briefing and drill are three levels: the
# drill drives the whole through its doors, and doors hand out what briefing computes.
LEVELS = {
    "kernel": 0,
    "web": 1,
    "areas": 2,
    "people": 3,
    **dict.fromkeys(CAPABILITIES, 4),
    "briefing": 5,
    "doors": 6,
    "drill": 7,
    "config": 8,
}
SHARED = {"queries", "rules"}  # what one capability may use of another
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
}
DIRECTION = "config -> doors, briefing, drill -> capabilities -> people -> areas -> web, kernel"


@dataclass(frozen=True)
class Import:
    """One imported module: its dotted name, its line, and whether it is for annotations only."""

    module: str
    line: int
    typing_only: bool


def imports(tree: ast.Module, package: str) -> Iterator[Import]:
    """Yield every module imported anywhere in the tree, relative imports resolved.

    For `from a import b` both `a` and `a.b` are yielded, since `b` may be a module.
    """
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in typing_only)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join(parents[: len(parents) - node.level + 1] + ([base] if base else []))
            yield Import(base, node.lineno, id(node) in typing_only)
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, id(node) in typing_only)


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each call that looks like a write through the ORM or a cursor."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, receiver = node.func.attr, ast.unparse(node.func.value)
        if name in WRITES or (
            name == "update" and (".objects" in receiver or ".filter(" in receiver)
        ):
            yield node.lineno, name
        elif name in {"execute", "executemany"} and node.args:
            statement = ast.unparse(node.args[0]).lstrip("rf'\"\\n ").upper()
            if statement.startswith(("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE")):
                yield node.lineno, statement.split()[0]


def kind_of(part: str) -> str:
    """Return what a module of a room is: `round_queries` is of the kind `queries`."""
    return part.rsplit("_", 1)[-1]


def room_and_part(module: str) -> tuple[str, str] | None:
    """Split lianfang.<room>.<part>… into room and part; None for anything else."""
    words = module.split(".")
    if len(words) < 2 or words[0] != "lianfang" or words[1] not in LEVELS:
        return None
    return words[1], words[2] if len(words) > 2 else ""


def pure(module: str) -> bool:
    """Return whether rules may import the module: no Django but its translation functions."""
    return (
        module.split(".")[0] != "django"
        or module == "django.utils"
        or module.startswith("django.utils.translation")
    )


def wrong_direction(room: str, target: str, part: str) -> str | None:
    """Return what to do about an import of `target`.`part` by `room`; None if it is right."""
    if target == room:
        return None
    if room == "web" and target != "kernel":
        return "web may import kernel only: pass the value in from the view"
    if room == "kernel":
        return "kernel knows no other room: let the room register what it wants with the kernel"
    if room in CAPABILITIES and target in CAPABILITIES:
        if not part or kind_of(part) in SHARED:
            return None
        return (
            f"capabilities share queries and rules only: read through {target}.queries, "
            f"or hang your follow-up on {target}'s record"
        )
    if LEVELS[target] < LEVELS[room]:
        return None
    return f"the direction is {DIRECTION}: move the code down, or register it with the lower room"


def check_module(path: Path, source: Path) -> Iterator[str]:
    """Yield a line for each wrong import or write in one module of `source`/lianfang."""
    dotted = path.relative_to(source).with_suffix("").parts
    where = path.relative_to(source.parent)
    if len(dotted) < 3:
        return
    room, kind = dotted[1], kind_of(dotted[2])
    if room not in LEVELS:
        yield f"{where}: the room {room!r} has no level yet: add it to scripts/check_imports.py"
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ".".join(dotted[:-1])
    seen: set[tuple[int, str]] = set()
    for found in imports(tree, package):
        advice = None
        target = room_and_part(found.module)
        if target is not None:
            advice = wrong_direction(room, *target)
            if kind == "views" and target[1] == "models" and not found.typing_only:
                advice = "views call commands and queries, never models: add a query to the room"
        if kind == "rules" and not pure(found.module):
            advice = "rules are pure: no Django but django.utils.translation; pass values"
        if advice and (found.line, advice) not in seen:
            seen.add((found.line, advice))
            yield f"{where}:{found.line}: imports {found.module}: {advice}"
    if kind == "queries":
        for line, name in writes(tree):
            yield f"{where}:{line}: queries do not write ({name}): commands.py is the only writer"


def check(source: Path) -> list[str]:
    """Return all violations under `source`/lianfang, one line each."""
    return [
        line
        for path in sorted((source / "lianfang").rglob("*.py"))
        if "migrations" not in path.parts
        for line in check_module(path, source)
    ]


if __name__ == "__main__":
    found = check(Path(__file__).resolve().parent.parent / "src")
    for line in found:
        sys.stderr.write(line + "\n")
    sys.exit(1 if found else 0)
