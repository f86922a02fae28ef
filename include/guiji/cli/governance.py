"""How rules, and what a change of them would do, look on a terminal."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Column, Table

from guiji.cli.display import as_text, console, print_line
from guiji.core.errors import UsageError

HEADS = {
    "zh": ("规则", "要求", "严重程度", "维度", "责任", "容许", "办法", "依据"),
    "en": ("rule", "demand", "severity", "dimension", "mended by", "tolerance",
           "remedy", "clause"),
}  # fmt: skip
SHARES = (
    "单位 department",
    "数据 dataset",
    "批次 batches",
    "行数 rows",
    "新增隔离 held",
    "不再隔离 freed",
    "新增整批退回 refused",
)
CHANGES = (
    "单位 department",
    "规则 rule",
    "新增不合格 fails",
    "不再不合格 passes",
    "程度 severity",
    "",
)
ACTS = {
    "proposed": "提出 proposed",
    "referred": "报请审定 referred",
    "accepted": "同意 accepted",
    "refused": "不同意 refused",
}
OPENINGS = {
    "undecided": "待定，未报请 undecided",
    "referred": "待定，已报请 referred",
    "answered": "待定，已答复 answered",
    "decided": "已定 decided",
}
STATES = {"kept": "", "new": "新规则 new", "removed": "取消 removed"}
UNTRIED = {
    "refused_at_reading": "读取时整批退回 refused at reading",
    "trial_delivery": "试报 trial deliveries",
    "unfinished": "未校验完 unfinished",
    "rows_expired": "明细已按期清理 rows expired",
    "platform_fault": "平台故障 platform faults",
    "dataset_not_in_catalogue": "目录中已无该数据 dataset not in the catalogue",
}


def rules(listed: Sequence[Mapping[str, Any]], language: str, *, as_json: bool) -> None:
    """Print the rules of a dataset.

    Raises:
        UsageError: nothing is printed in that language.
    """
    if language not in HEADS:
        raise UsageError(f"no rules in the language {language!r}; use zh or en")
    if as_json:
        print_line(as_text(listed))
        return
    demand = "description" if language == "zh" else "description_en"
    columns = [Column(head, overflow="fold") for head in HEADS[language]]
    table = Table(*columns, show_lines=True)
    for rule in listed:
        loss = 1 - rule["mostly"]
        table.add_row(
            rule["rule_id"],
            rule[demand],
            rule["severity"],
            rule["dimension"],
            rule["responsibility"],
            f"{loss:.2%}" if loss else "0",
            rule["remedy"],
            rule["clause"],
        )
    console.print(table)


def trial(result: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what a changed catalogue would do."""
    if as_json:
        print_line(as_text(result))
        return
    table = Table(*SHARES)
    for share in result["shares"]:
        table.add_row(
            share["department"],
            share["dataset"],
            *(f"{share[n]:,}" for n in ("batches", "rows")),
            _of_all(share["newly_held"], share["rows"]),
            _of_all(share["newly_freed"], share["rows"]),
            f"{share['newly_refused']:,}",
        )
    console.print(table)
    _changes(result["changes"])
    for reason, batches in result["untried"].items():
        console.print(f"未试算 not tried: {UNTRIED[reason]} {batches:,}")
    for item in result["unread"]:
        console.print(
            f"未试算 not tried: {item['dataset']}.{item['item']}，当时目录没有这一列 "
            f"column not kept then, {item['batches']:,} 批"
        )
    console.print(f"目录版本 catalogue {result['catalogue_version']}", highlight=False)


def _changes(changes: Sequence[Mapping[str, Any]]) -> None:
    if not changes:
        console.print("没有变化 nothing would change")
        return
    table = Table(*(Column(head, overflow="fold") for head in CHANGES))
    for change in changes:
        table.add_row(
            change["department"],
            change["rule_id"],
            _of_all(change["failing"], change["rows"]),
            _of_all(change["passing"], change["rows"]),
            _severity(change),
            STATES[change["state"]],
        )
    console.print(table)


def _severity(change: Mapping[str, Any]) -> str:
    then, now = change["severity_then"], change["severity_now"]
    if then and now and then != now:
        return f"{then} → {now}"
    return str(now or then)


def _of_all(rows: int, whole: int) -> str:
    """Write a count of rows with its share of all."""
    if not rows:
        return "0"
    return f"{rows:,} ({rows / whole:.2%})" if whole else f"{rows:,}"


def differences(listed: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print what differs between two catalogues, a line for each."""
    if as_json:
        print_line(as_text(listed))
        return
    for one in listed:
        place = ".".join(one["place"])
        if one["is_value"]:
            before, after = (_value(one[side]) for side in ("before", "after"))
            print_line(f"变更 changed  {place}: {before} → {after}")
        elif one["before"] is None:
            print_line(f"新增 added    {place}: {_value(one['after'])}")
        else:
            print_line(f"取消 removed  {place}: {_value(one['before'])}")
    print_line(f"不同之处 differences: {len(listed)}")


def _value(value: Any) -> str:
    """Write a value on one line; of an entry its title or id."""
    if isinstance(value, dict):
        return str(value.get("title") or value.get("id") or f"{len(value)} 项 keys")
    return json.dumps(value, ensure_ascii=False)


def proposed(proposal: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a proposal that came in, and what it would change."""
    if as_json:
        print_line(as_text(proposal))
        return
    differences(proposal["differences"], as_json=False)
    number, begins = proposal["number"], proposal["in_force_from"]
    print_line(f"修改 {number} 已提出，拟自 {begins} 起施行，待审定 proposed")
    print_line(f"    guiji catalogue try --proposal {number}")
    print_line(f"    guiji catalogue decide {number} accept --by … --why …")


def proposals(listed: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print proposals, each with who did what."""
    if as_json:
        print_line(as_text(listed))
        return
    for one in listed:
        state = ACTS[one["state"]]
        begins = one["in_force_from"]
        print_line(f"{one['number']} {state} 自 {begins} from {begins}: {one['title']}")
        for act in one["acts"]:
            to = f" → {act['to']}" if "to" in act else ""
            words = f"{ACTS[act['state']]}{to} {act['by']}: {act['why']}"
            print_line(f"    {act['at'][:16]}Z {words}")
    if not listed:
        print_line("没有修改 no proposal")


def openings(listed: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print undecided openings, each with who referred and who answered it."""
    if as_json:
        print_line(as_text(listed))
        return
    for one in listed:
        title = f"{one['title']}·{one['item']}" if one["item"] else one["title"]
        print_line(f"{one['place']} {title}: {OPENINGS[one['state']]}")
        for act in one["acts"]:
            did = f"报请 referred → {act['to']}" if "to" in act else "答复 answered"
            level = f" {act['level']}" if "level" in act else ""
            words = f"{did}{level} {act['by']}: {act['why']}"
            print_line(f"    {act['at'][:16]}Z {words}")
    if not listed:
        print_line("没有待定的开放属性 no undecided opening")
