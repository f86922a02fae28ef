"""Proposed changes of the catalogue, their review, and who decided what.

A proposal is a file (`guiji.catalog.changes`). It is proposed, perhaps sent up for
decision, and accepted or refused once; each act is a line of the trace with a person's
name. An accepted one is in force from its day on, and never for a night before.

Source: 筑府办发〔2016〕39号 三(三) (目录动态管理, GY4); 阳府〔2018〕60号 第七条 (YJ2).
"""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiji.context import Context
from guiji.core import business_date, files
from guiji.core.errors import CatalogError, UsageError
from guiji.pipeline import stage_lock
from guiji.pipeline.stage_lock import exclusive

if TYPE_CHECKING:
    from guiji.core.settings import Settings
    from guiji.ledger.trace import Entry

PROPOSED = "catalogue_proposed"
REFERRED = "catalogue_referred"
ACCEPTED = "catalogue_accepted"
REFUSED = "catalogue_refused"
STATES = {
    PROPOSED: "proposed",
    REFERRED: "referred",
    ACCEPTED: "accepted",
    REFUSED: "refused",
}
"""Kind of a line of the trace -> state of the proposal after it."""

DECISIONS = {"accept": ACCEPTED, "refuse": REFUSED, "refer": REFERRED}


@dataclass(frozen=True)
class Proposal:
    """A proposal and what became of it.

    Attributes:
        number: its id, such as 2026-001.
        title: what it changes.
        in_force_from: its day, ISO 8601.
        state: proposed, referred, accepted or refused.
        acts: who did what and when: `state`, `by`, `why`, `at`, `to` (of a referral).
    """

    number: str
    title: str
    in_force_from: str
    state: str
    acts: tuple[dict[str, str], ...]


@exclusive
def catalogue_propose(path: Path, by: str) -> dict[str, Any]:
    """Propose a change of the catalogue; nothing is changed yet.

    Args:
        path: the file of the change, or a workbook (.xlsx) of the catalogue whose
            first sheet says title, reason and day, and whose others say what is new.
        by: who proposes it.

    Returns:
        `number`, `title`, `in_force_from`, and `differences` that it would make.

    Raises:
        UsageError: no such file, it changes nothing, or its day has come already.
        CatalogError: the change is wrong; names file, line and remedy.
    """
    from guiji.pipeline import catalog_workbooks

    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    if path.suffix.lower() != ".xlsx":
        return _propose(path, by)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, f"{path.stem}.yml")
        catalog_workbooks.write_change(stage_lock.current().settings, path, target)
        return _propose(target, by)


def _propose(path: Path, by: str) -> dict[str, Any]:
    from guiji.catalog import changes
    from guiji.pipeline.batch.signatures import signature

    context = stage_lock.current()
    change = changes.read_one(path)
    by, why = signature(by, change.reason)
    _check_day(context, change.in_force_from)
    listed = effect(context.settings, path, change.in_force_from)
    content = path.read_bytes()
    number = _next_number(context)
    files.write_bytes(_proposed(context.settings, number), content)
    details = {
        "title": change.title,
        "why": why,
        "by": by,
        "in_force_from": change.in_force_from.isoformat(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "differences": len(listed),
    }
    context.ledger.append_once(PROPOSED, _subject(context.settings, number), details)
    return {
        "number": number,
        "title": change.title,
        "in_force_from": change.in_force_from.isoformat(),
        "differences": listed,
    }


def catalogue_proposals() -> list[dict[str, Any]]:
    """List all proposals of the jurisdiction, the oldest first, as `Proposal`."""
    return [asdict(p) for p in _proposals(Context.current()).values()]


def catalogue_proposal_effect(number: str) -> list[dict[str, Any]]:
    """List what differs in the catalogue on the day of a proposal, with and without.

    Raises:
        UsageError: no such proposal.
        CatalogError: it does not fit the catalogue of today any more.
    """
    context = Context.current()
    proposal = _find(context, number)
    day = date.fromisoformat(proposal.in_force_from)
    return effect(context.settings, _proposed(context.settings, number), day)


def catalogue_review_page(number: str) -> dict[str, str]:
    """Describe a proposal for those who decide on it, in Markdown.

    Returns:
        `subject`, one line, and `body`: who proposed it and why, what it makes
        different, and what it would do to the deliveries in the archive.

    Raises:
        UsageError: no such proposal, or it is decided already.
        CatalogError: it does not fit the catalogue of today any more.
    """
    from guiji.pipeline import catalog_commands, review_page

    context = Context.current()
    proposal = _undecided(context, number)
    now, path = context.settings, _proposed(context.settings, number)
    day = date.fromisoformat(proposal.in_force_from)
    listed = effect(now, path, day)
    changed = now, None, None, (*_others(now, path, day), path)
    trial = catalog_commands.tried(changed, None, lambda *_: None)
    entries = context.catalog.departments | context.catalog.datasets
    titles = {name: entry.title for name, entry in entries.items()}
    return review_page.page(asdict(proposal), listed, trial, titles)


@exclusive
def catalogue_decide(
    number: str, decision: str, by: str, why: str, to: str | None = None
) -> dict[str, Any]:
    """Accept or refuse a proposal, or send it up for decision.

    Args:
        number: its id.
        decision: accept, refuse or refer.
        by: who decides.
        why: the reason.
        to: of a referral: the office that is to decide.

    Returns:
        The proposal as it is then.

    Raises:
        UsageError: no such proposal or decision, or it is decided already, or its day
            has come before it was accepted.
        CatalogError: an accepted one does not fit the catalogue of today any more.
    """
    from guiji.pipeline.batch.signatures import signature

    if decision not in DECISIONS:
        raise UsageError(f"no decision {decision!r}; use {', '.join(DECISIONS)}")
    if (to is not None) != (decision == "refer"):
        raise UsageError("--to names the office of a referral, and of nothing else")
    by, why = signature(by, why)
    context = stage_lock.current()
    proposal = _undecided(context, number)
    if decision == "accept":
        _check_acceptable(context, proposal)
    details = {"by": by, "why": why} | ({"to": to} if to else {})
    subject = _subject(context.settings, number)
    with context.ledger.changing() as (_, trace):
        trace(DECISIONS[decision], subject, details)
    settle(context)
    return asdict(_find(context, number))


def settle(context: Context) -> None:
    """Put every accepted change in force that a killed process left out.

    The trace is first: from then on the change is accepted, whatever happens.
    """
    if not context.settings.proposed_changes.is_dir():
        return
    for proposal in _proposals(context).values():
        if proposal.state != "accepted":
            continue
        target = _accepted(context.settings, proposal)
        if not target.exists():
            content = _proposed(context.settings, proposal.number).read_bytes()
            files.write_bytes(target, content)


def problems(context: Context) -> Iterator[str]:
    """Yield, in Chinese, what of the accepted changes is not as it was decided."""
    folder = context.settings.accepted_changes / context.settings.jurisdiction
    if not folder.is_dir():
        return
    present = {path.name: path for path in sorted(folder.iterdir())}
    for proposal in _proposals(context).values():
        if proposal.state != "accepted":
            continue
        path = present.pop(_accepted(context.settings, proposal).name, None)
        digest = path and hashlib.sha256(path.read_bytes()).hexdigest()
        if digest != _first(context, proposal)["sha256"]:
            what = "已被改动" if path else "缺失"
            yield f"目录修改 {proposal.number}: 施行的文件{what}"
    for name in present:
        yield f"目录修改 {name}: 没有审定记录"


def proposed_change(settings: "Settings", number: str) -> tuple[Path, ...]:
    """Return the changes that are in force on a proposal's day, and its own file.

    Raises:
        UsageError: no such proposal.
    """
    proposal = _find(Context(settings), number)
    path = _proposed(settings, number)
    day = date.fromisoformat(proposal.in_force_from)
    return (*_others(settings, path, day), path)


def effect(settings: "Settings", path: Path, day: date) -> list[dict[str, Any]]:
    """List what a change would make of the catalogue that is in force on its day.

    Raises:
        UsageError: it changes nothing.
        CatalogError: it is wrong; names file, line and remedy.
    """
    from guiji.catalog import load
    from guiji.catalog.differences import differences

    others = _others(settings, path, day)
    before = load.load_folder(*load.roots(settings), True, others)
    after = load.load_folder(*load.roots(settings), True, (*others, path))
    listed = [asdict(difference) for difference in differences(before, after)]
    if not listed:
        raise UsageError("the change makes no difference to the catalogue")
    return listed


def _others(settings: "Settings", path: Path, day: date) -> tuple[Path, ...]:
    """Return the changes in force on a day but for the accepted copy of a file."""
    from guiji.catalog import changes

    in_force = changes.in_force(settings, day)
    return tuple(
        other for other in in_force if not other.name.endswith(f"-{path.name}")
    )


def _check_day(context: Context, day: date) -> None:
    today = business_date.today(datetime.now(UTC))
    nights = context.ledger.nights()
    latest = max((today, *nights))
    if day <= latest:
        raise UsageError(
            f"in_force_from is {day}: a change cannot begin before {latest} is over, "
            "since no night is judged by later words; write a later day"
        )


def _check_acceptable(context: Context, proposal: Proposal) -> None:
    day = date.fromisoformat(proposal.in_force_from)
    _check_day(context, day)
    path = _proposed(context.settings, proposal.number)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _first(context, proposal)["sha256"]:
        raise CatalogError(f"{path} was altered after it was proposed; propose it anew")
    effect(context.settings, path, day)


def _first(context: Context, proposal: Proposal) -> dict[str, Any]:
    subject = _subject(context.settings, proposal.number)
    (entry,) = context.ledger.entries(PROPOSED, subject)
    return entry.details


def _next_number(context: Context) -> str:
    year = business_date.today(datetime.now(UTC)).year
    taken = [n for n in _proposals(context) if n.startswith(f"{year}-")]
    return f"{year}-{len(taken) + 1:03}"


def _find(context: Context, number: str) -> Proposal:
    proposals = _proposals(context)
    if number not in proposals:
        listed = ", ".join(proposals) or "none"
        raise UsageError(f"no proposal {number!r}; there are: {listed}")
    return proposals[number]


def _undecided(context: Context, number: str) -> Proposal:
    proposal = _find(context, number)
    if proposal.state in ("accepted", "refused"):
        raise UsageError(f"proposal {number} is {proposal.state} already")
    return proposal


def _proposals(context: Context) -> dict[str, Proposal]:
    proposals: dict[str, Proposal] = {}
    for entry in _acts(context):
        number = entry.subject.partition("/")[2]
        act = {
            "state": STATES[entry.kind],
            "by": entry.details["by"],
            "why": entry.details["why"],
            "at": entry.at,
        }
        if "to" in entry.details:
            act["to"] = entry.details["to"]
        before = proposals.get(number)
        proposals[number] = Proposal(
            number,
            before.title if before else entry.details["title"],
            before.in_force_from if before else entry.details["in_force_from"],
            act["state"],
            (*(before.acts if before else ()), act),
        )
    return proposals


def _acts(context: Context) -> Iterator["Entry"]:
    """Yield the lines of the trace about proposals, in their order."""
    here = f"{context.settings.jurisdiction}/"
    lines = [e for kind in STATES for e in context.ledger.entries(kind)]
    yield from sorted(
        (e for e in lines if e.subject.startswith(here)), key=lambda e: e.seq
    )


def _subject(settings: "Settings", number: str) -> str:
    return f"{settings.jurisdiction}/{number}"


def _proposed(settings: "Settings", number: str) -> Path:
    return settings.proposed_changes / settings.jurisdiction / f"{number}.yml"


def _accepted(settings: "Settings", proposal: Proposal) -> Path:
    name = f"{proposal.in_force_from}-{proposal.number}.yml"
    return settings.accepted_changes / settings.jurisdiction / name
