"""The page of the modules, the rooms and their duties are what the code says."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "include" / "guiji"
DOCS = REPOSITORY / "docs"


def rooms() -> set[str]:
    return {p.parent.name for p in PACKAGE.glob("*/__init__.py")}


def test_the_page_of_modules_is_what_the_code_says() -> None:
    script = REPOSITORY / "scripts" / "module_map.py"
    ran = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_room_has_one_duty_and_a_place_among_the_layers() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    layered = {x.strip() for layer in contract["layers"] for x in layer.split("|")}
    assert layered == rooms()
    for room in rooms():
        tree = ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))
        assert ast.get_docstring(tree), room
    assert {p.name for p in PACKAGE.glob("*.py")} == {"__init__.py"}


def test_pages_for_engineers_name_modules_that_exist() -> None:
    """A path in backquotes that ends with .py is one of the package."""
    pages = [DOCS / "architecture.md", *sorted((DOCS / "howto").glob("*.md"))]
    assert len(pages) == 5
    for page in pages:
        named = re.findall(r"`([\w/]+\.py)`", page.read_text("utf-8"))
        assert named, page.name
        for path in named:
            roots = (PACKAGE, REPOSITORY)
            assert any((Path(root) / path).is_file() for root in roots), (page, path)
