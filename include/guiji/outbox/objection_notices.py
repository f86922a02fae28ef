"""Notices of objections (异议): to the provider, and sheets for the applicant.

Each act that somebody must be told of has one notice. It is made of the ledger alone,
so that a notice that is written again has the same bytes. What concerns the applicant
lies in the outbox of the office that took the objection; it knows the applicant by its
own number, no notice has a name, a number or an address.

Source: 阳府〔2018〕60号 第二十四至二十七条 (YJ10, YJ13).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from guiji.catalog import objection_steps
from guiji.context import Context
from guiji.domain.objections import Act, Move, Objection
from guiji.outbox import receipts

PLATFORM = "平台"
"""Who acts where no person does."""


@dataclass(frozen=True)
class Notice:
    """What goes out on an act.

    Attributes:
        title: its first line.
        suffix: of the name of its file.
        is_for_provider: to the department whose record it is; else to the office.
        body: makes its lines.
    """

    title: str
    suffix: str
    is_for_provider: bool
    body: Callable[[Context, Objection, Act], Iterator[str]]


def write(context: Context, objection: Objection) -> list[Path]:
    """Write the notices of an objection that are not there; return the new ones.

    A notice lies in the folder of the day on which the ledger wrote the act.
    """
    rules = context.catalog.jurisdiction.objections
    if rules is None:
        return []
    written = []
    for number, act in enumerate(objection.acts, 1):
        notice = NOTICES.get(act.move)
        if notice is None:
            continue
        department = objection.owner if notice.is_for_provider else rules.office
        file = f"异议{objection.number}.{notice.suffix}.txt"
        night = context.at(act.known_from)
        path = receipts.outbox(context.settings, department, night.night) / file
        if not path.exists():
            until = replace(objection, acts=objection.acts[:number])
            text = "\n".join(_page(context, notice, until, act))
            written.append(receipts.write_notice(night, department, file, text))
    return written


def write_intake(
    context: Context, night: date, department: str, lines: Sequence[str]
) -> Path:
    """Tell a department what became of the rows of its forms (异议申请表)."""
    text = "\n".join(["异议申请登记情况", "", *lines, ""])
    name = "异议申请.登记情况.txt"
    return receipts.write_notice(context.at(night), department, name, text)


def _page(
    context: Context, notice: Notice, objection: Objection, act: Act
) -> Iterator[str]:
    catalog = context.catalog
    dataset = catalog.datasets.get(objection.dataset)
    items = dataset.items if dataset else ()
    item = next((i for i in items if i.id == objection.item), None)
    owner = catalog.departments.get(objection.owner)
    yield notice.title
    yield ""
    yield f"异议编号：{objection.number}（{objection.received_on} 收到）"
    yield f"数据目录：{dataset.title if dataset else objection.dataset}"
    yield f"记录标识：{objection.record_id}"
    yield f"提供单位：{owner.title if owner else objection.owner}"
    yield f"异议信息项：{item.title if item else '整条记录'}"
    yield ""
    yield from notice.body(context, objection, act)
    yield ""


def _due(context: Context, objection: Objection, act: Act, *steps: str) -> str:
    """Return until when a step that an act started must be done, with its clause."""
    table = objection_steps.steps(
        context.catalog, context.calendar, [objection], act.on
    )
    rows = [r for r in table.to_pylist() if r["step"] in steps and not r["done_on"]]
    if not rows:
        return "及时"
    open_calendar = context.calendar.announced_until < rows[-1]["due_on"]
    doubt = "，该年工作日历未公布，届时以公布的为准" if open_calendar else ""
    return f"{rows[-1]['due_on']} 前（{rows[-1]['clause']}{doubt}）"


def _incomplete(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    yield "申请材料不全，请一次补齐以下全部材料（一次性告知）："
    for number, paper in enumerate(act.details["missing"], 1):
        yield f"{number}. {paper}"
    yield "补齐之前不计算受理期限，自补齐之日重新计算。"


def _refused(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    yield f"经审查，本异议不予受理。理由：{act.why}"


def _asked(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    yield f"异议内容：{objection.claim}"
    yield f"平台核查：平台记录与贵单位报送的内容一致（{act.why}）。"
    yield f"公示渠道：{_channels(context, act)}"
    yield f"答复期限：{_due(context, objection, act, 'objection_answer')}"
    yield "处理办法：请核实。信息有误的，请重新报送更正的行，或以“撤销”报送；"
    yield "信息无误的，请附核实的证据。答复由受理单位登记。"


def _extended(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    yield f"情况复杂，答复期限延长。理由：{act.why}"
    yield f"答复期限：{_due(context, objection, act, 'objection_answer')}"
    yield "延长后的期限自收到核查通知之日起算，不另加原期限。"


def _upheld(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    yield f"认定：异议成立。理由：{act.why}"
    yield "请重新报送更正的行，或以“撤销”报送。更正入库之前，该记录停止公示。"
    yield f"更正期限：{_due(context, objection, act, 'correction')}"
    yield f"曾公示该记录的渠道，更正随当晚的增量送达：{_channels(context, act)}"


def _own_error(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    yield f"核查：系平台自身的技术或者操作差错，贵单位无需处理。说明：{act.why}"
    taken = act.details.get("taken_again")
    how = "当晚重新处理原报送文件" if taken else "由平台当晚更正"
    yield f"更正：{how}；更正之前，该记录停止公示。"
    yield f"曾公示该记录的渠道，更正随当晚的增量送达：{_channels(context, act)}"


def _replied(context: Context, objection: Objection, act: Act) -> Iterator[str]:
    ruling = objection.act(Move.OWN_ERROR, Move.UPHOLD, Move.REJECT)
    is_rejected = ruling is not None and ruling.move is Move.REJECT
    yield f"处理结果：异议{'不成立，信息维持' if is_rejected else '成立'}。"
    if ruling is not None:
        yield f"理由：{ruling.why}"
    if not is_rejected:
        done = objection.act(Move.CORRECT)
        yield f"更正：{f'已于 {done.on} 更正' if done else '正在更正，其间停止公示'}。"
    yield f"答复：{act.why}"


def _channels(context: Context, act: Act) -> str:
    titles = {c.id: c.title for c in context.catalog.jurisdiction.channels}
    return "、".join(titles.get(c, c) for c in act.details.get("channels", ())) or "无"


NOTICES = {
    Move.INCOMPLETE: Notice("异议申请补正告知书", "补正告知", False, _incomplete),
    Move.REFUSE: Notice("异议不予受理告知书", "不予受理", False, _refused),
    Move.ASK: Notice("异议核查通知", "核查通知", True, _asked),
    Move.EXTEND: Notice("异议答复延期通知", "延期通知", True, _extended),
    Move.UPHOLD: Notice("异议成立更正通知", "更正通知", True, _upheld),
    Move.OWN_ERROR: Notice("异议成立更正通知", "更正通知", True, _own_error),
    Move.REPLY: Notice("异议处理答复书", "答复", False, _replied),
}
"""Move -> its notice."""
