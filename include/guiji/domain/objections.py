"""Objections (异议): what is said to be wrong in a record, and what became of it.

An objection is the list of its acts, oldest first; its state follows from them. Which
move may follow which is one table. Nothing here knows a deadline: the clocks are the
catalogue's.

Source: 阳府〔2018〕60号 第二十四至二十七条 (YJ10, YJ13).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from guiji.core import business_date
from guiji.core.errors import UsageError


class State(StrEnum):
    """How far an objection has come."""

    RECEIVED = "received"  # 已收到
    INCOMPLETE_TOLD = "incomplete_told"  # 已一次性告知补正
    ACCEPTED = "accepted"  # 已受理, 核查中
    REFUSED = "refused"  # 不予受理
    PROVIDER_ASKED = "provider_asked"  # 已通知提供单位核查
    ANSWERED = "answered"  # 提供单位已答复
    UPHELD = "upheld"  # 异议成立
    REJECTED = "rejected"  # 异议不成立
    REPLIED = "replied"  # 已答复申请人
    CLOSED = "closed"  # 已办结


class Move(StrEnum):
    """What is done with an objection."""

    OPEN = "open"  # 收到
    INCOMPLETE = "incomplete"  # 一次性告知补正
    COMPLETE = "complete"  # 补齐材料
    ACCEPT = "accept"  # 受理
    REFUSE = "refuse"  # 不予受理
    OWN_ERROR = "own_error"  # 核查: 平台自身差错
    ASK = "ask"  # 核查: 与来源一致, 通知提供单位
    EXTEND = "extend"  # 情况复杂, 延长答复期限
    ANSWER = "answer"  # 提供单位答复
    UPHOLD = "uphold"  # 认定成立
    REJECT = "reject"  # 认定不成立
    CORRECT = "correct"  # 更正完成
    REPLY = "reply"  # 答复申请人
    WITHDRAW = "withdraw"  # 申请人撤回, 或者逾期不补正
    CLOSE = "close"  # 办结


@dataclass(frozen=True)
class Transition:
    """From which states a move may be made, and where it leads.

    Attributes:
        sources: states before it.
        target: state after it; None = it stays.
        is_once: whether an objection has it at most once.
    """

    sources: frozenset[State]
    target: State | None
    is_once: bool = False


def _transition(*sources: State, to: State | None, once: bool = False) -> Transition:
    return Transition(frozenset(sources), to, once)


TRANSITIONS = {
    Move.OPEN: _transition(to=State.RECEIVED),
    # 一次性告知: 缺什么一次说全, 第二次不行
    Move.INCOMPLETE: _transition(State.RECEIVED, to=State.INCOMPLETE_TOLD, once=True),
    Move.COMPLETE: _transition(State.INCOMPLETE_TOLD, to=State.RECEIVED),
    Move.ACCEPT: _transition(State.RECEIVED, to=State.ACCEPTED),
    Move.REFUSE: _transition(State.RECEIVED, to=State.REFUSED),
    Move.OWN_ERROR: _transition(State.ACCEPTED, to=State.UPHELD),
    Move.ASK: _transition(State.ACCEPTED, to=State.PROVIDER_ASKED),
    Move.EXTEND: _transition(State.PROVIDER_ASKED, to=None, once=True),
    Move.ANSWER: _transition(State.PROVIDER_ASKED, to=State.ANSWERED),
    Move.UPHOLD: _transition(State.ANSWERED, to=State.UPHELD),
    Move.REJECT: _transition(State.ANSWERED, to=State.REJECTED),
    Move.CORRECT: _transition(State.UPHELD, State.REPLIED, to=None, once=True),
    Move.REPLY: _transition(State.UPHELD, State.REJECTED, to=State.REPLIED),
    Move.WITHDRAW: _transition(
        State.RECEIVED,
        State.INCOMPLETE_TOLD,
        State.ACCEPTED,
        State.PROVIDER_ASKED,
        State.ANSWERED,
        to=State.CLOSED,
    ),
    Move.CLOSE: _transition(State.REPLIED, to=State.CLOSED),
}

ENDED = frozenset({State.REFUSED, State.CLOSED})
UPHOLDING = frozenset({Move.OWN_ERROR, Move.UPHOLD})
"""Moves after which the record is to be corrected or withdrawn."""


@dataclass(frozen=True)
class Act:
    """One move as it was made.

    Attributes:
        move: what was done.
        on: the day in Shanghai that counts for the deadlines.
        at: when the ledger wrote it, UTC, ISO 8601.
        by: who did it.
        why: the reason.
        details: more of it, JSON values: `missing`, `result`, `evidence`, `version_id`.
    """

    move: Move
    on: date
    at: str
    by: str
    why: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def known_from(self) -> date:
        """The day in Shanghai on which the ledger wrote it."""
        return business_date.today(datetime.fromisoformat(self.at))


@dataclass(frozen=True)
class Objection:
    """An objection.

    Attributes:
        number: its id, such as 2026-0001.
        dataset: of the record.
        record_id: the record objected to (记录标识).
        version_id: its version on that day.
        owner: the department whose record it is (提供单位).
        item: the item that is said to be wrong; None = the record as a whole.
        applicant: the applicant, masked where it is a person.
        applicant_key: keyed digest that tells applicants apart.
        claim: what is said to be wrong, masked.
        source: the row of a form that brought it, or that it was opened by hand.
        acts: what was done, oldest first; the first one is `open`.
    """

    number: str
    dataset: str
    record_id: str
    version_id: str
    owner: str
    item: str | None
    applicant: str
    applicant_key: str
    claim: str
    source: str
    acts: tuple[Act, ...] = ()

    @property
    def state(self) -> State:
        """The state that its acts lead to."""
        state = State.RECEIVED
        for act in self.acts:
            state = TRANSITIONS[act.move].target or state
        return state

    @property
    def received_on(self) -> date:
        """The day on which it came in."""
        return self.acts[0].on

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state not in ENDED

    def act(self, *moves: Move) -> Act | None:
        """Return the last act that is one of some moves; None = there is none."""
        return next((a for a in reversed(self.acts) if a.move in moves), None)

    @property
    def awaits_correction(self) -> bool:
        """Whether it was upheld and the record is not corrected yet."""
        return bool(self.act(*UPHOLDING)) and not self.act(Move.CORRECT)

    def until(self, day: date, known_on: date | None = None) -> "Objection | None":
        """Return it as it stood at the end of a day; None = it was not there yet.

        Args:
            day: acts of later days are left out.
            known_on: acts that the ledger wrote after this day are left out, too.
        """
        acts = tuple(
            act
            for act in self.acts
            if act.on <= day and (known_on is None or act.known_from <= known_on)
        )
        return replace(self, acts=acts) if acts else None

    def possible(self) -> list[Move]:
        """Return the moves that may be made now."""
        return [move for move in Move if self._refusal(move) is None]

    def require(self, move: Move, on: date) -> None:
        """Do nothing if a move may be made on a day.

        Raises:
            UsageError: it may not; says why, and which moves may be made.
        """
        why = self._refusal(move)
        if why is None and on < self.acts[-1].on:
            last = self.acts[-1]
            why = f"{on} is before its last act, {last.move} on {last.on}"
        if why is not None:
            listed = ", ".join(self.possible()) or "none"
            raise UsageError(
                f"objection {self.number} is {self.state}: cannot {move}: {why}; "
                f"possible: {listed}"
            )

    def _refusal(self, move: Move) -> str | None:
        """Return why a move may not be made now; None = it may."""
        transition = TRANSITIONS[move]
        if self.state not in transition.sources:
            return "not in this state"
        if transition.is_once and self.act(move):
            return "it is done once only"
        if move is Move.CORRECT and not self.awaits_correction:
            return "nothing is to be corrected"
        if move is Move.CLOSE and self.awaits_correction:
            return "its record is not corrected yet"
        return None
