"""Objections (异议) to records: opened, moved on and listed, each act with its person.

What may follow what is `domain.objections`, the deadlines are the catalogue's
(`catalog.objection_steps`), the ledger keeps the acts. Of an applicant a credit code is
kept, or a keyed digest and no name.

Source: 阳府〔2018〕60号 第二十四至二十七条 (YJ10, YJ13).
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiji.context import Context
from guiji.core import business_date, files
from guiji.core.errors import UsageError
from guiji.pipeline import objection_opening, stage_lock
from guiji.pipeline.stage_lock import exclusive

if TYPE_CHECKING:
    from guiji.domain.objections import Act, Objection

CHECKS = {"own-error": "own_error", "as-source": "ask"}
"""What a check (核查) may find -> the move that follows."""

LONGEST_NAME = 200
"""Characters that the ledger keeps of a person's name."""

RESULTS = ("right", "wrong")
"""What a provider may answer of its record."""

SIMPLE = (
    *("accept", "refuse", "complete", "extend", "uphold", "reject", "correct"),
    *("reply", "withdraw", "close"),
)
"""Moves that need nothing but a person and a reason."""


@exclusive
def object_open(
    record: str,
    claim: str,
    applicant: str,
    by: str,
    *,
    on: str | None = None,
    item: str | None = None,
    department: str | None = None,
) -> dict[str, Any]:
    """Open an objection to a record, as received by hand.

    Args:
        record: the record's id (记录标识 of its published line).
        claim: what is said to be wrong; personal numbers in it are masked.
        applicant: credit code, or what tells the person apart: it is not kept.
        by: who received it.
        on: the day on which it came in, YYYY-MM-DD; None = today.
        item: id or title of the item that is said to be wrong; None = all of it.
        department: id or title of the department that is said to have delivered it.

    Returns:
        The objection, as `object_show`.

    Raises:
        UsageError: the jurisdiction has no objections, there is no such record or
            item, it is another department's, or the same objection is open. It is
            traced.
    """
    context = stage_lock.current()
    by, claim = _signature(by, claim)
    application = objection_opening.Application(
        record, claim, applicant, by, _day(on), item, department
    )
    objection_opening.require_steps(context)
    known = objection_opening.records(context, [record])
    opened, _ = objection_opening.open_one(context, application, known)
    return _shown(context, opened)


@exclusive
def object_move(
    number: str,
    move: str,
    by: str,
    why: str,
    *,
    on: str | None = None,
    missing: Iterable[str] = (),
) -> dict[str, Any]:
    """Make a move of an objection; the notices that follow from it are written.

    Args:
        number: the objection.
        move: one of `SIMPLE`, or incomplete.
        by: who does it.
        why: the reason; personal numbers in it are masked.
        on: the day that counts, YYYY-MM-DD; None = today.
        missing: of `incomplete`: every paper that is missing (一次性告知).

    Returns:
        The objection, as `object_show`.

    Raises:
        UsageError: there is no such objection, the move may not be made now, or
            nothing missing is named.
    """
    by, why = _signature(by, why)
    papers = [_scrubbed("--missing", paper) for paper in missing]
    if (move == "incomplete") != bool(papers):
        raise UsageError("--missing names every missing paper, of `incomplete` only")
    if move not in (*SIMPLE, "incomplete"):
        raise UsageError(f"no move {move!r}; use {', '.join(SIMPLE)} or incomplete")
    details: dict[str, Any] = {"missing": papers} if papers else {}
    context = stage_lock.current()
    if move == "extend":
        _require_extension(context)
    if move == "uphold":
        details = _whereabouts(context, _find(context, number))
    return _moved(context, number, move, by, why, on, details)


@exclusive
def object_check(
    number: str, result: str, by: str, why: str, *, on: str | None = None
) -> dict[str, Any]:
    """Say what the check of an accepted objection found (核查).

    An error of the platform's own (own-error) upholds it: the delivery that brought
    the record is taken again in the coming night, from its landed bytes. A record that
    is as its provider delivered it (as-source) is put to the provider by a notice.

    Returns:
        The objection, as `object_show`.

    Raises:
        UsageError: as `object_move`, or there is no such result.
    """
    if result not in CHECKS:
        raise UsageError(f"no result {result!r}; use {', '.join(CHECKS)}")
    by, why = _signature(by, why)
    context = stage_lock.current()
    details = _whereabouts(context, _find(context, number))
    if result == "own-error":
        from guiji.intake import landing

        delivery = context.ledger.delivery(details["batch_id"])
        original = landing.original(context.settings, delivery.sha256)
        details["taken_again"] = original.exists()
    return _moved(context, number, CHECKS[result], by, why, on, details)


def object_decide(
    number: str, decision: str, by: str, why: str, missing: str = ""
) -> dict[str, Any]:
    """Take the step that a person decided on: a move, or the result of the check.

    Args:
        number: the objection.
        decision: as `move` of `object_move` or `result` of `object_check`.
        by: who decided.
        why: the reason.
        missing: of `incomplete`: the missing papers, one on each line.

    Returns:
        The objection, as `object_show`.

    Raises:
        UsageError: as those two.
    """
    if decision in CHECKS:
        return object_check(number, decision, by, why)
    papers = [line for line in missing.splitlines() if line.strip()]
    return object_move(number, decision, by, why, missing=papers)


@exclusive
def object_answer(
    number: str,
    result: str,
    by: str,
    why: str,
    *,
    evidence: Path | None = None,
    on: str | None = None,
) -> dict[str, Any]:
    """Record what the provider answered (答复): its record is right or wrong.

    Args:
        number: the objection.
        result: right or wrong.
        by: who answered.
        why: the answer; personal numbers in it are masked.
        evidence: of a right record: the file that shows it; its bytes are kept.
        on: the day that counts, YYYY-MM-DD; None = today.

    Returns:
        The objection, as `object_show`.

    Raises:
        UsageError: as `object_move`; no such result; a right record without evidence.
    """
    if result not in RESULTS:
        raise UsageError(f"no answer {result!r}; use {' or '.join(RESULTS)}")
    if result == "right" and evidence is None:
        raise UsageError("an answer that the record is right needs --evidence FILE")
    by, why = _signature(by, why)
    context = stage_lock.current()
    details: dict[str, Any] = {"result": result}
    if evidence is not None:
        _find(context, number)
        details["evidence"] = _keep_evidence(context, number, evidence)
    return _moved(context, number, "answer", by, why, on, details)


def object_list(*, every: bool = False) -> list[dict[str, Any]]:
    """List the open objections, or all, each with its steps, the oldest first."""
    from guiji.ledger import objections

    context = Context.current()
    objection_opening.require_steps(context)
    listed = objections.every(context.ledger)
    return [_shown(context, o) for o in listed if every or o.is_open]


def object_show(number: str) -> dict[str, Any]:
    """Return an objection with its acts, its steps and what may be done next.

    Raises:
        UsageError: there is none of that number.
    """
    context = Context.current()
    return _shown(context, _find(context, number))


def object_page(number: str) -> dict[str, str]:
    """Describe an objection for those who decide on it, in Markdown.

    Returns:
        `subject`, one line; `body`: what is said, what was done, what is due.

    Raises:
        UsageError: there is none of that number, or it has ended.
    """
    shown = object_show(number)
    if not shown["possible"]:
        raise UsageError(
            f"objection {number} is {shown['state']}: nothing is to decide"
        )
    facts = f"`{shown['record_id']}` {shown['dataset']} {shown['owner']}"
    lines = [f"**{_cell(shown['claim'])}**", "", facts, ""]
    lines += [
        f"- {act['on']} {act['move']} {_cell(act['by'])}: {_cell(act['why'])}"
        for act in shown["acts"]
    ]
    lines += ["", "| 步骤 step | 责任 department | 到期 due | 状态 state |"]
    lines.append("|---|---|---|---|")
    for step in shown["steps"]:
        cells = (step[key] or "" for key in ("step", "department", "due_on", "state"))
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"可办 possible: {', '.join(shown['possible'])}"]
    return {"subject": f"异议 {number} objection", "body": "\n".join(lines)}


def _cell(text: str) -> str:
    """Write a text that Markdown keeps on its line."""
    return " ".join(text.split()).replace("|", "\\|")


def _shown(context: Context, objection: "Objection") -> dict[str, Any]:
    from guiji.catalog import objection_steps

    today = _today()
    steps = objection_steps.steps(context.catalog, context.calendar, [objection], today)
    return {
        "number": objection.number,
        "state": objection.state.value,
        "dataset": objection.dataset,
        "record_id": objection.record_id,
        "version_id": objection.version_id,
        "owner": objection.owner,
        "item": objection.item,
        "applicant": objection.applicant,
        "claim": objection.claim,
        "received_on": str(objection.received_on),
        "acts": [_act(act) for act in objection.acts],
        "steps": [_plain(row) for row in steps.to_pylist()],
        "possible": [move.value for move in objection.possible()],
    }


def _act(act: "Act") -> dict[str, Any]:
    said = {"move": act.move.value, "on": str(act.on), "by": act.by, "why": act.why}
    return said | {"at": act.at, "details": dict(act.details)}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: str(v) if isinstance(v, date) else v for k, v in row.items()}


def _moved(
    context: Context,
    number: str,
    move: str,
    by: str,
    why: str,
    on: str | None,
    details: Mapping[str, Any],
) -> dict[str, Any]:
    from guiji.domain.objections import Act, Move
    from guiji.ledger import objections
    from guiji.pipeline import objection_effects

    objection_opening.require_steps(context)
    act = Act(Move(move), _day(on), "", by, why, details)
    moved = objections.move(context.ledger, number, act)
    objection_effects.settle(context, [moved])
    return _shown(context, moved)


def _find(context: Context, number: str) -> "Objection":
    from guiji.ledger import objections

    objection_opening.require_steps(context)
    return objections.find(context.ledger, number)


def _require_extension(context: Context) -> None:
    """Do nothing if the catalogue has a longer deadline for complex answers."""
    from guiji.catalog import objection_steps
    from guiji.catalog.vocabulary import ClockKind

    kinds = [clock.kind for clock in objection_steps.clocks(context.catalog)]
    if kinds.count(ClockKind.OBJECTION_ANSWER) < 2:
        here = context.catalog.jurisdiction.id
        raise UsageError(f"{here} has no longer deadline for a complex answer")


def _whereabouts(context: Context, objection: "Objection") -> dict[str, Any]:
    """Return the current version of the record, its delivery and its channels."""
    from guiji.warehouse import objected_records

    record = objection.record_id
    held = objected_records.current(context, [record]).get(record)
    if held is None:
        raise UsageError(f"the record {record} is not in the warehouse any more")
    return {
        "version_id": held.version_id,
        "batch_id": held.batch_id,
        "channels": list(held.channels),
    }


def _keep_evidence(context: Context, number: str, evidence: Path) -> str:
    """Keep the bytes of a file under their SHA-256; return that."""
    if not evidence.is_file():
        raise UsageError(f"no such file: {evidence}")
    content = evidence.read_bytes()
    if not content:
        raise UsageError(f"{evidence} is empty: it shows nothing")
    digest = hashlib.sha256(content).hexdigest()
    folder = context.settings.objections / number
    files.write_bytes(folder / f"{digest}{evidence.suffix.lower()}", content)
    return digest


def _signature(by: str, why: str) -> tuple[str, str]:
    from guiji.pipeline.batch.signatures import signature

    by, why = signature(by, why)
    if len(by) > LONGEST_NAME:
        raise UsageError(f"--by is longer than {LONGEST_NAME} characters")
    return by, why


def _scrubbed(option: str, text: str) -> str:
    from guiji.pipeline.batch.signatures import scrubbed

    return scrubbed(option, text)


def _today() -> date:
    return business_date.today(datetime.now(UTC))


def _day(on: str | None) -> date:
    """Return the day that counts: today, or an earlier one."""
    return business_date.begun(on, datetime.now(UTC)) if on else _today()
