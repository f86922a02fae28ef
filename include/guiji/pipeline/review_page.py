"""The page on which a person decides on a proposed change of the catalogue."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

SHOWN = 100
"""Lines of a table; the command line lists all."""

COUNTS = ("newly_held", "newly_freed", "newly_refused")
"""Of rows that a change would put away or accept, and of deliveries refused."""

SHARES = (
    "| 单位 unit | 数据 dataset | 新增隔离 held | 不再隔离 freed | 新增退回 refused |"
)


def page(
    proposal: Mapping[str, Any],
    differences: Sequence[Mapping[str, Any]],
    trial: Mapping[str, Any],
    titles: Mapping[str, str],
) -> dict[str, str]:
    """Write the page.

    Args:
        proposal: as `catalog_proposals.Proposal`.
        differences: as `catalog.differences.Difference`.
        trial: what `catalogue_try` returned.
        titles: id of a unit or dataset -> its title; one that is new has none.

    Returns:
        `subject` and `body`, Markdown, Chinese first.
    """
    number, begins = proposal["number"], proposal["in_force_from"]
    lines = [
        f"**{_text(proposal['title'])}** · 拟自 {begins} 起施行 in force from {begins}",
        "",
        *_acts(proposal),
        "",
        f"### 修改内容 what it makes different ({len(differences)})",
        "",
        *_differences(differences),
        "",
        "### 对已归档报送的影响 effect on archived deliveries",
        "",
        *_effect(trial, titles),
        "",
        f"`guiji catalogue proposal {number}`",
        f"`guiji catalogue try --proposal {number}`",
    ]
    subject = f"目录修改 {number} catalogue change: {proposal['title']}"
    return {"subject": subject, "body": "\n".join(lines)}


def _acts(proposal: Mapping[str, Any]) -> Iterator[str]:
    for act in proposal["acts"]:
        to = f" → {_text(act['to'])}" if "to" in act else ""
        yield f"- {act['at'][:16]}Z {_text(act['by'])}{to}: {_text(act['why'])}"


def _differences(differences: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| 位置 place | 修改前 before | 修改后 after |"
    yield "|---|---|---|"
    for one in differences[:SHOWN]:
        place = ".".join(one["place"])
        yield f"| {_text(place)} | {_value(one['before'])} | {_value(one['after'])} |"
    if len(differences) > SHOWN:
        yield f"| … | 另有 {len(differences) - SHOWN} 处 more | |"


def _effect(trial: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[str]:
    touched = [s for s in trial["shares"] if _is_touched(s)]
    batches = sum(share["batches"] for share in trial["shares"])
    if not touched:
        yield f"{batches} 批报送的结论不变 deliveries, none judged otherwise"
        return
    yield SHARES
    yield "|---|---|---|---|---|"
    for share in touched[:SHOWN]:
        counts = " | ".join(str(share[key]) for key in COUNTS)
        named = (share[key] for key in ("department", "dataset"))
        unit, dataset = (_text(titles.get(name, name)) for name in named)
        yield f"| {unit} | {dataset} | {counts} |"


def _is_touched(share: Mapping[str, Any]) -> bool:
    return any(share[key] for key in COUNTS)


def _value(value: Any) -> str:
    return _text("—" if value is None else json.dumps(value, ensure_ascii=False))


def _text(text: str) -> str:
    """Write a text that a table of Markdown keeps in its cell, cut where it is long."""
    line = " ".join(str(text).split()).replace("|", "\\|")
    return line if len(line) <= 200 else line[:199] + "…"
