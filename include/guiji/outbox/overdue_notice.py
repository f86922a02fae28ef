"""The answer to a delivery that never came: a notice at the end of its period.

A department that drops nothing gets no receipt, so nothing would tell its clerk that
something was due. On the first night after a dataset's update cycle ran out, a notice
lies in the outbox, once for each period that ran out.

Source: 阳府〔2018〕60号 第八条 (更新周期).
"""

from collections.abc import Iterable
from typing import Any

from guiji.context import NightContext
from guiji.core import files
from guiji.core.platform_faults import contained
from guiji.outbox import receipts

TRACE = "nothing_arrived"
REMEDY = "请尽快报送；本期确无数据的，请报送只有表头的文件（零报告）。"


def answer(context: NightContext, silent: Iterable[dict[str, Any]]) -> list[str]:
    """Notify departments of the datasets that they did not deliver in time.

    A period is told once, by the night that is the first to find it over; that night,
    run again, writes the same notices.

    Args:
        context: settings, where the outbox is; catalogue, words and signs the notices;
            ledger, remembers which periods were told, and by which night; night, the
            night that found them.
        silent: duties whose cycle ran out, as in `schemas.BREACHES`: department,
            dataset, `event_on` (last delivery, None = none ever), `due_on`, clause.

    Returns:
        The traced periods that this night tells, sorted.
    """
    subjects = []
    for duty in silent:
        subject = f"{duty['department']}:{duty['dataset']}:{duty['due_on']}"
        with contained(context.ledger, context.night, "absence", subject):
            context.ledger.append_once(TRACE, subject, {"night": str(context.night)})
            first = context.ledger.entries(TRACE, subject)[0].details["night"]
            if first == str(context.night):
                _write(context, duty)
                subjects.append(subject)
    return sorted(subjects)


def _write(context: NightContext, duty: dict[str, Any]) -> None:
    title = context.catalog.datasets[duty["dataset"]].title
    department = context.catalog.departments[duty["department"]].title
    last = duty["event_on"]
    since = f"最近一次报送：{last}" if last else "尚无报送记录"
    receipts.write_notice(
        context,
        duty["department"],
        f"{title}.未报送.txt",
        "数据归集未报送提醒\n\n"
        f"报送单位：{department}\n数据目录：{title}\n"
        f"应报送截止日：{duty['due_on']}（{duty['clause']}）\n{since}\n\n"
        f"处理办法：{REMEDY}\n",
    )
    folder = receipts.outbox(context.settings, duty["department"], context.night)
    files.write_json(
        folder / f"{title}.未报送.json",
        {
            "night": str(context.night),
            "department": duty["department"],
            "dataset": duty["dataset"],
            "due_by": str(duty["due_on"]),
            "last_delivery": str(last) if last else None,
            "message": f"《{title}》在更新周期内没有报送。",
            "remedy": REMEDY,
            "clause": duty["clause"],
            "catalogue_version": context.catalog.version,
        },
    )
