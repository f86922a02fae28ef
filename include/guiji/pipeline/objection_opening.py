"""Open an objection (异议): the record and its department must be what is said.

Source: 阳府〔2018〕60号 第二十四条 (YJ10).
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from guiji.context import Context
from guiji.core.errors import ObjectionDeclined

if TYPE_CHECKING:
    from guiji.domain.objections import Objection
    from guiji.warehouse.objected_records import HeldRecord

RECORD_ID = re.compile(r"[0-9a-f]{20}")
"""As `parsing.identity` makes them; two digits longer than a person's number."""

PERSON = "自然人"
"""What stands for an applicant without a credit code."""


@dataclass(frozen=True)
class Application:
    """What is said when an objection is opened.

    Attributes:
        record: id of the record (记录标识).
        claim: what is wrong, masked.
        applicant: a credit code, or what tells the person apart; it is not kept.
        by: who received it.
        on: the day on which it came in.
        item: id or title of the item; None = the whole record.
        department: id, title or credit code of the department that is said to have
            delivered the record; None = not stated.
        why: how it came.
        source: the record of a form that opens it once; empty = by hand.
        version_id: the version of that record.
    """

    record: str
    claim: str
    applicant: str
    by: str
    on: date
    item: str | None = None
    department: str | None = None
    why: str = "收到异议申请"
    source: str = ""
    version_id: str = ""


def require_steps(context: Context) -> None:
    """Do nothing if the jurisdiction has steps for objections.

    Raises:
        UsageError: it has none.
    """
    from guiji.catalog import objection_steps

    objection_steps.clocks(context.catalog)


def records(context: Context, wanted: Iterable[str]) -> "Mapping[str, HeldRecord]":
    """Return the records of what was given as ids; what is no id is left out.

    The warehouse is read once for all of them.
    """
    from guiji.warehouse import objected_records

    ids = {record for record in wanted if RECORD_ID.fullmatch(record)}
    return objected_records.current(context, ids)


def open_one(
    context: Context, wanted: Application, known: "Mapping[str, HeldRecord]"
) -> tuple["Objection", bool]:
    """Open an objection, or trace why it cannot be.

    Args:
        context: catalogue, calendar, ledger and the key of persons.
        wanted: what is said.
        known: the record, if it is there; see `records`.

    Returns:
        The objection, and whether it is new.

    Raises:
        ObjectionDeclined: there is no such record or item, it is another department's,
            the same objection is open, or its day lies before the calendar.
        UsageError: the jurisdiction has no steps for objections.
    """
    from guiji.domain.objections import Act, Move, Objection
    from guiji.ledger import objections

    require_steps(context)
    try:
        _check_day(context, wanted.on)
        held = _held(context, known.get(wanted.record), wanted)
        code = _organisation(wanted.applicant)
        objection = Objection(
            number="",
            dataset=held.dataset,
            record_id=held.record_id,
            version_id=held.version_id,
            owner=held.owner,
            item=_item(context, held.dataset, wanted.item),
            applicant=code or PERSON,
            applicant_key=_applicant_key(context, code or wanted.applicant),
            claim=wanted.claim,
            source=wanted.source,
            acts=(Act(Move.OPEN, wanted.on, "", wanted.by, wanted.why),),
        )
        return objections.open_objection(context.ledger, objection)
    except ObjectionDeclined as declined:
        _trace(context, wanted, declined)
        raise


def _trace(context: Context, wanted: Application, declined: ObjectionDeclined) -> None:
    """Trace why an objection was not opened, without what was typed as an id."""
    from guiji.ledger import objections

    is_id = RECORD_ID.fullmatch(wanted.record)
    details = {"reason": declined.notice, "by": wanted.by}
    if is_id:
        details["record_id"] = wanted.record
    if wanted.version_id:
        kind, subject = objections.DECLINED, wanted.version_id
        context.ledger.append_once(kind, subject, details)
    else:
        context.ledger.append(objections.DECLINED, "hand", details)


def _check_day(context: Context, day: date) -> None:
    """Do nothing if deadlines can be counted from a day.

    Raises:
        ObjectionDeclined: it lies before the working-day calendar.
    """
    first = context.calendar.first
    if day < first:
        raise ObjectionDeclined(
            f"{day} is before {first}, the first day of the working-day calendar",
            f"收到日期早于工作日历的第一天（{first}）。",
        )


def _held(
    context: Context, held: "HeldRecord | None", wanted: Application
) -> "HeldRecord":
    """Return the record that is objected to.

    Raises:
        ObjectionDeclined: there is none, it is revoked, or another department's.
    """
    record, department = wanted.record, wanted.department
    if held is None:
        raise ObjectionDeclined(
            f"no record {record!r}; its id is in the last column of its published line",
            "没有该记录标识的记录，记录标识在公示文件的最后一列。",
        )
    if held.operation == "revoke":
        log = f"the record {record} is revoked already"
        raise ObjectionDeclined(log, "该记录已撤销。")
    if department is not None:
        from guiji.catalog import bodies

        named = context.catalog.departments.get(department)
        known = bodies.departments(context.catalog)
        stated = named.id if named else known.find(department)
        if stated != held.owner:
            owner = context.catalog.departments[held.owner].title
            raise ObjectionDeclined(
                f"the record {record} is of {held.owner} ({owner})",
                f"该记录的提供单位是{owner}，与所填的不符。",
            )
    return held


def _item(context: Context, dataset: str, wanted: str | None) -> str | None:
    """Return the id of an item that is named by id or title."""
    if wanted is None:
        return None
    items = context.catalog.datasets[dataset].items
    for item in items:
        if wanted.strip() in (item.id, item.title, *item.aliases):
            return item.id
    titles = "、".join(item.title for item in items)
    raise ObjectionDeclined(
        f"{dataset} has no such item; it has {titles}",
        f"该类信息没有所填的信息项；有：{titles}。",
    )


def _organisation(applicant: str) -> str | None:
    """Return the credit code of an applicant that is an organisation.

    A person's number may pass its check character; it does not begin like a code.
    """
    import pyarrow as pa

    from guiji.domain import uscc

    code = uscc.normalise_one(applicant)
    if code is None or code[:2] not in uscc.PAIRS:
        return None
    levels = uscc.classify(pa.array([code])).to_pylist()
    return code if levels == [uscc.Level.VALID] else None


def _applicant_key(context: Context, applicant: str) -> str:
    """Return the keyed digest by which two objections of one applicant are the same."""
    from guiji.parsing import keys

    text = "".join(applicant.split()).upper()
    if not text:
        raise ObjectionDeclined("--applicant must not be empty", "没有填写申请人。")
    key = keys.person_key(context.settings)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
