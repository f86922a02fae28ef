"""How results look on a terminal; with --json, how programs read them."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.tree import Tree

UNCUT = 1_000_000
"""Characters of a line that goes to a pipe or a file: more than any line has."""

console = Console(
    emoji=False,
    markup=False,  # a cell may hold brackets
    width=None if sys.stdout.isatty() else UNCUT,
)

SUMMARY = {
    "night": "夜次 night",
    "deliveries": "报送批次 deliveries",
    "accepted": "全部接收 accepted",
    "partly": "部分接收 partly",
    "refused": "整批退回 refused",
    "duplicate": "重复报送 duplicate",
    "trial": "试报 trial",
    "platform_fault": "平台故障 platform faults",
    "set_aside": "暂缓入库 set aside",
    "rows_read": "读取行数 rows read",
    "rows_accepted": "接收行数 rows accepted",
    "rows_quarantined": "隔离行数 rows quarantined",
    "new": "新增 new",
    "changed": "变更 changed",
    "revoked": "撤销 revoked",
    "unchanged": "未变 unchanged",
    "late": "迟到旧版 late versions",
    "superseded": "旧版本未改变现状 old versions, no change",
    "returned": "回到旧版本 returned",
    "restored": "恢复 restored",
    "absent": "全量报送缺少 absent",
    "published": "公示条数 published lines",
    "withdrawn": "撤下条数 withdrawn",
    "released": "放行 released",
    "breaches": "逾期 breaches",
}


def as_text(value: Any) -> str:
    """Write JSON for programs: one document, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, default=str)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far long work is; give a function (stage, done, total) to tell it.

    A terminal gets a bar per stage; a pipe or a log file gets a line per step, which is
    never cut.
    """
    if sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _line


def _line(stage: str, done: int, total: int) -> None:
    sys.stderr.write(f"{stage} {done}/{total}\n")
    sys.stderr.flush()


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    bars = Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    tasks: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield report


def summary(figures: Mapping[str, Any]) -> None:
    """Print the table that ends a night."""
    table = Table(show_header=False, title=f"夜间归集 {figures['night']}")
    for key, title in SUMMARY.items():
        if key in figures:
            table.add_row(title, str(figures[key]))
    console.print(table)


def counts(title: str, figures: Mapping[str, int]) -> None:
    """Print one line of counts."""
    text = ", ".join(f"{SUMMARY.get(k, k)} {v}" for k, v in figures.items())
    console.print(f"{title}: {text or 0}", highlight=False)


def replayed(done: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what checking the quarantine again has done."""
    if as_json:
        print_line(as_text(done))
        return
    console.print(
        f"重新校验 replay, 夜次 night {done['night']}: 校验 checked {done['checked']}, "
        f"接收 accepted {done['accepted']}, 仍隔离 held {done['held']} "
        f"(原因已变 renewed {done['renewed']})",
        highlight=False,
    )
    titles = {
        "again": "整批重收 taken again by the night",
        "gone": "原始行已不在 nothing left to check",
        "uncomputed": "规则仍不能计算 a rule still has no verdict",
    }
    for key, title in titles.items():
        for batch_id in done[key]:
            console.print(f"{title}: {batch_id}", highlight=False, markup=False)


def receipt(content: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a receipt and its findings, the first fifty of them."""
    if as_json:
        print_line(as_text(content))
        return
    lines = content["rows"]
    console.print(
        f"《{content['file']}》 {content['verdict']}  "
        f"读取 {lines['read']}  接收 {lines['accepted']}  隔离 {lines['quarantined']}",
        highlight=False,
        markup=False,
    )
    table = Table("行 row", "列 column", "信息项 item", "值 value", "问题", "处理")
    shown = content["findings"][:50]
    for finding in shown:
        table.add_row(
            *(str(finding.get(k) or "") for k in ("row", "column", "field", "value")),
            str(finding["message"]),
            f"{finding['remedy']}{_proposed(finding)}",
        )
    if shown:
        console.print(table)
    if len(content["findings"]) > len(shown):
        more = len(content["findings"]) - len(shown)
        console.print(f"另有 {more} 条,见 --json  {more} more with --json")


def _proposed(finding: Mapping[str, Any]) -> str:
    return f"建议值：{finding['proposal']}" if finding.get("proposal") else ""


def released(release: Mapping[str, Any], *, as_json: bool) -> None:
    """Print who released a delivery, from what, and when it is taken."""
    if as_json:
        print_line(as_text(release))
        return
    first = "放行 released" if release["is_new"] else "此前已放行 released before"
    taken = release["taken_as"] or "下一次夜间归集 the coming night"
    for line in (
        f"{first}: {release['first_id']}",
        f"核准人 by: {release['by']}  理由 why: {release['why']}",
        f"规则 rules: {', '.join(release['rules'])}",
        f"再次接收 taken again: {taken}",
    ):
        print_line(line)


def enterprise(answer: Mapping[str, Any], *, as_json: bool) -> None:
    """Print everything held under an enterprise."""
    if as_json:
        print_line(as_text(answer))
        return
    if not answer["found"] and answer.get("candidates"):
        console.print(f"{answer['uscc']} 对应多个代码 belongs to several codes")
        for candidate in answer["candidates"]:
            by = "、".join(f"{f['kind']} {f['value']}" for f in candidate["found_by"])
            console.print(
                f"  {candidate['uscc']}  {candidate['name'] or ''}  ({by})",
                markup=False,
            )
        return
    if not answer["found"]:
        console.print(f"没有 {answer['uscc']} 的信息 nothing held under it")
        return
    tree(answer, as_json=False)


def rows(result: Mapping[str, Sequence[Any]], *, as_json: bool) -> None:
    """Print the rows of a query: `columns` and `rows`."""
    columns = result["columns"]
    if as_json:
        print_line(
            as_text([dict(zip(columns, r, strict=True)) for r in result["rows"]])
        )
        return
    table = Table(*columns)
    for row in result["rows"]:
        table.add_row(*("" if v is None else str(v) for v in row))
    console.print(table)


def tree(content: Mapping[str, Any], *, as_json: bool) -> None:
    """Print nested facts as a tree."""
    if as_json:
        print_line(as_text(content))
        return
    root = Tree(str(content.get("id") or content.get("uscc") or "归集"))
    _grow(root, content)
    console.print(root, highlight=False)


def _grow(branch: Tree, content: Any) -> None:
    pairs = content.items() if isinstance(content, Mapping) else enumerate(content, 1)
    for key, value in pairs:
        if isinstance(value, Mapping) or (isinstance(value, list) and value):
            _grow(branch.add(str(key)), value)
        elif value not in (None, "", []):
            branch.add(f"{key}: {value}")


def print_line(text: str) -> None:
    """Write one line as it is, without wrapping or markup."""
    console.out(text, highlight=False)
