"""Write docs/duties.md: every duty of the documents, and the tests that show it.

The duties are in docs/duties.yml; a test names those that it shows by a marker,
`@pytest.mark.duty("GY1")`. Without arguments the page is written; with --check the
script fails if the page is not what the tests say, or a marker names no duty.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

HOME = Path(__file__).parents[1]
TESTS = HOME / "tests"
DUTIES = HOME / "docs" / "duties.yml"
PAGE = HOME / "docs" / "duties.md"
MARKER = "pytest.mark.duty"
HEAD = """\
# 法定职责与测试 Duties and the tests that show them

由 `python scripts/duties.py` 从 [duties.yml](duties.yml) 和测试上的标记
`@pytest.mark.duty` 生成，测试检查它是否最新。
共 {all} 项：{shown} 项有测试，
其中 {partly} 项尚有未做；{bare} 项没有测试。

*Made from duties.yml and the markers of the tests; a test compares it with both.*
"""
ROW = "| {id} | {duty} | {clause} | {state} | {tests} |\n"
TABLE = "\n## {}\n\n| 编号 | 职责 | 条款 | 状态 | 测试 |\n|---|---|---|---|---|\n"
OPEN = "\n## 未完成 Open\n\n| 编号 | 职责 | 尚缺 |\n|---|---|---|\n"
STATES = {
    (True, False): "有测试",
    (True, True): "部分",
    (False, True): "未做",
    (False, False): "没有测试",
}
"""Whether tests show it, whether something lacks -> what the page says."""


def marked() -> Iterator[tuple[str, str, str]]:
    """Yield each duty that a test names, the test's file and its name."""
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if MARKER not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef):
                continue
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and ast.unparse(call.func) == MARKER:
                    for duty in map(ast.literal_eval, call.args):
                        yield duty, path.relative_to(HOME).as_posix(), node.name


def page() -> str:
    """Return the page that duties and tests give.

    Raises:
        SystemExit: a test names a duty that there is not.
    """
    documents = yaml.safe_load(DUTIES.read_text(encoding="utf-8"))["documents"]
    duties = {i: d for document in documents for i, d in document["duties"].items()}
    tests: dict[str, list[str]] = {duty: [] for duty in duties}
    for duty, file, name in marked():
        if duty not in tests:
            raise SystemExit(f"{file}: {name} shows {duty!r}, which is no duty")
        tests[duty].append(f"[{name}](../{file})")
    shown = [duty for duty in duties if tests[duty]]
    lacking = [duty for duty in duties if "lacks" in duties[duty] or not tests[duty]]
    partly = len({*shown} & {*lacking})
    bare = len(duties) - len(shown)
    parts = [HEAD.format(all=len(duties), shown=len(shown), partly=partly, bare=bare)]
    for document in documents:
        parts.append(TABLE.format(document["title"]))
        for duty, said in document["duties"].items():
            state = STATES[bool(tests[duty]), "lacks" in said]
            listed = "<br>".join(sorted(tests[duty])) or "–"
            row = {"id": duty, "state": state, "tests": listed, **said}
            parts.append(ROW.format(**row))
    parts.append(OPEN)
    for duty in lacking:
        lacks = duties[duty].get("lacks", "没有测试")
        parts.append(f"| {duty} | {duties[duty]['duty']} | {lacks} |\n")
    return "".join(parts)


def main() -> int:
    """Write the page, or compare it."""
    made = page()
    if "--check" not in sys.argv:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print("docs/duties.md is old: run python scripts/duties.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
