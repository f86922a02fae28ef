"""`guiji object …`: objections (异议) to records, from receipt to reply."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from guiji import pipeline
from guiji.cli.display import as_text, print_line

app = typer.Typer(help="异议 objections to records.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output")]
By = Annotated[str, typer.Option(help="经办人 name of the person")]
Why = Annotated[str, typer.Option(help="理由 the reason")]
On = Annotated[
    str | None, typer.Option(help="the day that counts, YYYY-MM-DD; default today")
]
Number = Annotated[str, typer.Argument(help="异议编号 number, e.g. 2026-0001")]

STATES = {
    "received": "已收到 received",
    "incomplete_told": "已告知补正 told what is missing",
    "accepted": "已受理，核查中 accepted, being checked",
    "refused": "不予受理 refused",
    "provider_asked": "已通知提供单位 provider asked",
    "answered": "提供单位已答复 answered",
    "upheld": "异议成立 upheld",
    "rejected": "异议不成立 rejected",
    "replied": "已答复申请人 replied",
    "closed": "已办结 closed",
}
STEPS = {
    "waiting": "等待补正 waiting for papers",
    "running": "未到期 running",
    "due_soon": "即将到期 due soon",
    "on_time": "按时 on time",
    "late": "逾期 late",
    "provisional": "日历待定 provisional",
}
MOVES = {
    "accept": "受理 accept an objection whose papers are complete",
    "refuse": "不予受理 refuse it, with the reason",
    "complete": "补齐材料 record that what was missing has come",
    "extend": "延长答复期限 give the provider the longer deadline of a complex case",
    "uphold": "认定成立 uphold it: the provider is to correct or withdraw the record",
    "reject": "认定不成立 reject it",
    "correct": "更正完成 record a correction that no new version shows",
    "reply": "答复申请人 reply to the applicant",
    "withdraw": "撤回 end it: withdrawn, or its papers never came",
    "close": "办结 close it after the reply and the correction",
}
"""Moves that need a person and a reason -> what the verb does."""


@app.command("open")
def open_objection(
    record: Annotated[str, typer.Argument(help="记录标识 id of the record")],
    claim: Annotated[str, typer.Option(help="异议内容 what is wrong")],
    applicant: Annotated[
        str, typer.Option(help="申请人 credit code, or what tells a person apart")
    ],
    by: By,
    item: Annotated[str | None, typer.Option(help="信息项 id or title")] = None,
    department: Annotated[
        str | None, typer.Option(help="提供单位 whose record it is said to be")
    ] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """登记 open an objection to a record; no name of the applicant is kept."""
    opened = pipeline.object_open(
        record, claim, applicant, by, on=on, item=item, department=department
    )
    _print(opened, as_json=as_json)


@app.command()
def incomplete(
    number: Number,
    missing: Annotated[list[str], typer.Option(help="材料 a missing paper; repeat it")],
    by: By,
    why: Why = "申请材料不全",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """一次性告知 tell the applicant, once, of everything that is missing."""
    moved = pipeline.object_move(number, "incomplete", by, why, on=on, missing=missing)
    _print(moved, as_json=as_json)


def _simple(move: str, meaning: str) -> Callable[..., None]:
    def verb(
        number: Number, by: By, why: Why, on: On = None, as_json: AsJson = False
    ) -> None:
        moved = pipeline.object_move(number, move, by, why, on=on)
        _print(moved, as_json=as_json)

    verb.__doc__ = f"{meaning}."
    return verb


for _move, _meaning in MOVES.items():
    app.command(_move)(_simple(_move, _meaning))


@app.command()
def check(
    number: Number,
    result: Annotated[str, typer.Argument(help="own-error or as-source")],
    by: By,
    why: Why,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """核查 say what the check found: an error of our own, or as the provider said."""
    moved = pipeline.object_check(number, result, by, why, on=on)
    _print(moved, as_json=as_json)


@app.command()
def answer(
    number: Number,
    result: Annotated[str, typer.Argument(help="right or wrong: the record")],
    by: By,
    why: Why,
    evidence: Annotated[
        Path | None, typer.Option(help="证据 file that shows that it is right")
    ] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """答复 record what the provider answered."""
    moved = pipeline.object_answer(number, result, by, why, evidence=evidence, on=on)
    _print(moved, as_json=as_json)


@app.command("list")
def list_objections(
    every: Annotated[bool, typer.Option("--all", help="also those that ended")] = False,
    as_json: AsJson = False,
) -> None:
    """列表 list the open objections with their deadlines.

    Exit code 1 if a step is late.
    """
    listed = pipeline.object_list(every=every)
    if as_json:
        print_line(as_text(listed))
    else:
        for objection in listed:
            _print(objection, as_json=False)
        print_line(f"异议 objections: {len(listed)}")
    late = any(step["state"] == "late" for one in listed for step in one["steps"])
    raise typer.Exit(1 if late else 0)


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """查看 show an objection: acts, deadlines, what may be done next."""
    shown = pipeline.object_show(number)
    _print(shown, as_json=as_json)
    if not as_json:
        for act in shown["acts"]:
            print_line(f"    {act['on']} {act['move']} {act['by']}: {act['why']}")
        print_line(f"可办 possible: {', '.join(shown['possible']) or '—'}")


def _print(objection: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one objection, with its steps."""
    if as_json:
        print_line(as_text(objection))
        return
    facts = f"{objection['dataset']} {objection['record_id']}"
    print_line(f"{objection['number']} {STATES[objection['state']]} {facts}")
    for step in objection["steps"]:
        due = step["due_on"] or "—"
        words = f"{step['step']} {step['department']} {due}"
        print_line(f"    {words} {STEPS[step['state']]}")
