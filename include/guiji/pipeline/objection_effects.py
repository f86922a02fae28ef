"""What objections (异议) bring about: notices, deliveries taken again, corrections.

Everything here follows from the ledger and the warehouse, and is done once: whatever a
killed process left out, the next stage does.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from guiji.context import Context, NightContext

if TYPE_CHECKING:
    from guiji.domain.objections import Objection
    from guiji.warehouse.objected_records import FormRow, HeldRecord

TAKEN_AGAIN = "taken_again_for_objection"
MARK = "objection"
"""Kind of the trace's line, and what the mark begins with, of a delivery that is taken
again because the platform erred."""

CORRECTED = "记录已有新的版本入库"
OPENED = "异议申请表 {batch_id} 第 {row} 行"


def settle(context: Context, objections: "Iterable[Objection] | None" = None) -> None:
    """Write the notices of objections and ask for deliveries; what is done stays.

    Args:
        context: settings, catalogue, calendar and ledger.
        objections: which; None = all that are open or refused, whose last notice a
            killed process may have left out.
    """
    from guiji.domain.objections import State
    from guiji.ledger import objections as ledger_objections
    from guiji.outbox import objection_notices

    if context.catalog.jurisdiction.objections is None:
        return
    if objections is None:
        listed = ledger_objections.every(context.ledger)
        objections = [o for o in listed if o.is_open or o.state is State.REFUSED]
    for objection in objections:
        _take_again(context, objection)
        objection_notices.write(context, objection)


def problems(context: Context) -> Iterator[str]:
    """Yield, in Chinese, which evidence of answers is missing or was altered."""
    from guiji.core import files

    for entry in context.ledger.entries("objection_answer"):
        digest = entry.details.get("evidence")
        if digest is None:
            continue
        folder = context.settings.objections / entry.subject
        kept = [*folder.glob(f"{digest}*")] if folder.is_dir() else []
        if not any(files.sha256_of(path) == digest for path in kept):
            yield f"异议 {entry.subject}: 答复的证据缺失或已被改动"


def _take_again(context: Context, objection: "Objection") -> None:
    """Request that a delivery is taken again in which the platform erred (当晚更正)."""
    from guiji.domain.objections import Move
    from guiji.ledger.resubmission import Request

    act = objection.act(Move.OWN_ERROR)
    if act is None or not act.details["taken_again"] or objection.act(Move.CORRECT):
        return
    first = context.ledger.delivery(act.details["batch_id"]).delivery_id
    details = {"objection": objection.number, "by": act.by, "why": act.why}
    request = Request(f"{MARK}:{objection.number}:{first}", first, details)
    context.ledger.ask_again(request, TAKEN_AGAIN, details)


def after_merge(context: NightContext) -> None:
    """Open what the forms of a night bring, and see which records are corrected."""
    if context.catalog.jurisdiction.objections is None:
        return
    _open_forms(context)
    _corrected(context)
    settle(context)


def _open_forms(context: NightContext) -> None:
    """Open an objection for each row of a form; tell who delivered it."""
    from guiji.core.errors import ObjectionDeclined
    from guiji.outbox import objection_notices
    from guiji.pipeline import objection_opening
    from guiji.warehouse import objected_records

    rules = context.catalog.jurisdiction.objections
    if rules is None or rules.form is None:
        return
    lines: dict[str, list[str]] = {}
    rows = objected_records.form_rows(context, rules.form, context.night)
    known = objection_opening.records(context, [row.objected.strip() for row in rows])
    for row in rows:
        try:
            number = _opened(context, row, known)
            said = f"已登记，异议编号 {number}。"
        except ObjectionDeclined as declined:
            said = f"未登记：{declined.notice}请核对后以“变更”重新报送该行。"
        sheet = f" 工作表“{row.sheet}”" if row.sheet else ""
        where = f"{row.batch_id}{sheet} 第 {row.row} 行"
        lines.setdefault(row.department, []).append(f"{where}：{said}")
    for department, told in lines.items():
        objection_notices.write_intake(context, context.night, department, told)


def _opened(
    context: NightContext, row: "FormRow", known: "Mapping[str, HeldRecord]"
) -> str:
    """Open the objection of a row of a form, once; return its number.

    Raises:
        ObjectionDeclined: it cannot be opened.
    """
    from guiji.core.errors import ObjectionDeclined
    from guiji.ledger import objections
    from guiji.pipeline.batch.signatures import scrubbed
    from guiji.pipeline.objection_opening import Application, open_one

    source = f"form:{row.record_id}"
    for earlier in objections.every(context.ledger):
        if earlier.source == source:
            return earlier.number
    for declined in context.ledger.entries(objections.DECLINED, row.version_id):
        reason = declined.details["reason"]
        raise ObjectionDeclined(f"{row.version_id} was declined before", reason)
    application = Application(
        record=row.objected.strip(),
        claim=scrubbed("claim", row.claim),
        applicant=row.uscc or row.subject,
        by=context.catalog.departments[row.department].title,
        on=row.received_on,
        item=row.item,
        department=row.provider,
        why=OPENED.format(batch_id=row.batch_id, row=row.row),
        source=source,
        version_id=row.version_id,
    )
    return open_one(context, application, known)[0].number


def _corrected(context: NightContext) -> None:
    """Record which objections have their correction: another version than upheld."""
    from guiji.domain.objections import UPHOLDING, Act, Move
    from guiji.ledger import objections
    from guiji.outbox.objection_notices import PLATFORM
    from guiji.warehouse import objected_records

    waiting = [o for o in objections.every(context.ledger) if o.awaits_correction]
    held = objected_records.current(context, {o.record_id for o in waiting})
    for objection in waiting:
        upheld, now = objection.act(*UPHOLDING), held.get(objection.record_id)
        if upheld is None or now is None:
            continue
        if now.version_id != upheld.details["version_id"]:
            on = max(context.night, objection.acts[-1].on)
            details = {"version_id": now.version_id, "night": str(context.night)}
            act = Act(Move.CORRECT, on, "", PLATFORM, CORRECTED, details)
            objections.move(context.ledger, objection.number, act)
