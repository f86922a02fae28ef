"""Write docs/modules.md: every room, every module, the first line of its docstring.

Without arguments the page is written; with --check the script fails if the page is not
what the code says.
"""

import ast
import sys
from pathlib import Path

HOME = Path(__file__).parents[1]
PACKAGE = HOME / "include" / "guiji"
PAGE = HOME / "docs" / "modules.md"
HEAD = """\
# Modules

Made by `python scripts/module_map.py`; a test compares it with the code.
The rooms and how they stand are in [architecture.md](architecture.md).
"""


def duty(path: Path) -> str:
    """Return the first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0].replace("|", "\\|") if text else ""


def page() -> str:
    """Return the page that the code gives."""
    alone = sorted(p for p in PACKAGE.glob("*.py") if p.name != "__init__.py")
    parts = [HEAD, *(f"\n## {path.stem}\n\n{duty(path)}\n" for path in alone)]
    for room in sorted(p.parent for p in PACKAGE.glob("*/__init__.py")):
        modules = sorted(p for p in room.rglob("*.py") if p.name != "__init__.py")
        parts.append(f"\n## {room.name}\n\n{duty(room / '__init__.py')}\n\n")
        parts.append("| module | what it holds |\n|---|---|\n")
        for path in modules:
            if said := duty(path):
                name = path.relative_to(room).with_suffix("").as_posix()
                parts.append(f"| `{name}` | {said} |\n")
    return "".join(parts)


def main() -> int:
    """Write the page, or compare it."""
    made = page()
    if "--check" not in sys.argv:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == made:
        return 0
    print("docs/modules.md is old: run python scripts/module_map.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
