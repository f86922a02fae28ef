"""The page of the modules, the rooms and their duties are what the code says."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import grimp
import pytest
from settings_builders import REPOSITORY

PACKAGE = REPOSITORY / "include" / "guiji"
DOCS = REPOSITORY / "docs"


def rooms() -> dict[str, Path]:
    """Return the rooms, each with the module that says its duty."""
    packages = {p.parent.name: p for p in PACKAGE.glob("*/__init__.py")}
    return packages | {"context": PACKAGE / "context.py"}


@pytest.mark.parametrize("name", ["module_map.py", "duties.py"])
def test_a_made_page_is_what_code_and_tests_say(name: str) -> None:
    script = REPOSITORY / "scripts" / name
    ran = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_room_has_one_duty_and_a_place_among_the_layers() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    layered = {x.strip() for layer in contract["layers"] for x in layer.split("|")}
    assert layered == rooms().keys()
    for room, module in rooms().items():
        assert ast.get_docstring(ast.parse(module.read_text("utf-8"))), room
    assert {p.name for p in PACKAGE.glob("*.py")} == {"__init__.py", "context.py"}


def test_the_picture_of_the_rooms_shows_the_imports_of_the_code() -> None:
    """Arrows that follow from others are left out."""
    graph = grimp.build_graph("guiji")
    imports: dict[str, set[str]] = {room: set() for room in rooms()}
    for module in graph.modules - {"guiji"}:
        room = module.split(".")[1]
        for imported in graph.find_modules_directly_imported_by(module) - {"guiji"}:
            imports[room].add(imported.split(".")[1])
    below = {room: reached(room, imports) for room in imports}
    needed = {
        (room, other)
        for room, others in imports.items()
        for other in others - {room}
        if not any(other in below[step] for step in others - {room, other})
    }
    page = (DOCS / "architecture.md").read_text("utf-8")
    assert {*re.findall(r"^  (\w+) --> (\w+)$", page, re.MULTILINE)} == needed


def reached(room: str, imports: Mapping[str, set[str]]) -> set[str]:
    """The rooms below a room, along any number of imports."""
    found: set[str] = set()
    waiting = [room]
    while waiting:
        for other in imports[waiting.pop()] - found - {room}:
            found.add(other)
            waiting.append(other)
    return found


def test_pages_for_engineers_name_modules_that_exist() -> None:
    """A path in backquotes that ends with .py is one of the package."""
    pages = [DOCS / "architecture.md", *sorted((DOCS / "howto").glob("*.md"))]
    assert len(pages) == 7
    for page in pages:
        named = re.findall(r"`([\w/]+\.py)`", page.read_text("utf-8"))
        assert named, page.name
        for path in named:
            roots = (PACKAGE, REPOSITORY)
            assert any((Path(root) / path).is_file() for root in roots), (page, path)


def test_words_of_the_glossary_are_words_of_the_code() -> None:
    """Every word in backquotes of the second column, its last part if it is dotted."""
    code = "\n".join(p.read_text("utf-8") for p in PACKAGE.rglob("*.py"))
    lines = (DOCS / "glossary.md").read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| ")]
    assert len(rows) > 60
    assert {len(row) for row in rows} == {6}
    words = [w for row in rows[1:] for w in re.findall(r"`([^`]+)`", row[2])]
    parts = {part for word in words for part in re.findall(r"\w+", word)}
    modules = {p.stem for p in PACKAGE.rglob("*.py")} | {
        p.name for p in PACKAGE.iterdir()
    }
    assert {x for x in parts - modules if not re.search(rf"\b{x}\b", code)} == set()


def test_benchmarks_and_scripts_import_what_exists() -> None:
    """They are not type-checked, and most of them run by hand only."""
    roots = ("benchmarks", "scripts", "dags", "plugins")
    missing = []
    for path in (p for root in roots for p in (REPOSITORY / root).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and is_ours(node.module):
                names = [alias.name for alias in node.names]
                missing += [(path.name, n) for n in names if not exists(node, n)]
    assert missing == []


def is_ours(module: str | None) -> bool:
    return module is not None and module.partition(".")[0] == "guiji"


def exists(node: ast.ImportFrom, name: str) -> bool:
    """Whether a module, or something in one, has this name."""
    path = PACKAGE.parent.joinpath(*str(node.module).split("."))
    if (path / f"{name}.py").exists() or (path / name / "__init__.py").exists():
        return True
    module = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not module.exists():
        return False
    named: set[str] = set()
    for one in ast.parse(module.read_text("utf-8")).body:
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            named.add(one.name)
        elif isinstance(one, ast.Import | ast.ImportFrom):
            named |= {alias.asname or alias.name for alias in one.names}
        else:
            named |= {n.id for n in ast.walk(one) if isinstance(n, ast.Name)}
    return name in named
