"""Faults of the platform that concern one delivery, department or extract alone.

Whatever our own code raises about one of them is written down and the loop goes on
with the next. What is wrong with the machine or the ledger itself (`ends_the_task`)
would fail all the others, too: it ends the task, which is run again.

An exception's own text may quote a cell, so only its class and the place in the code
are told: `OverflowError at guiji.domain.dates:133`.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from guiji.core.errors import CalendarGap, CatalogError, GuijiError
from guiji.core.system_errors import is_passing

log = logging.getLogger(__name__)

TRACE = "platform_fault"
"""Kind of the line that each such fault leaves in the trace."""

CODE = "PLATFORM_FAULT"
VERDICT = "platform_fault"
RULE = f"batch.{CODE.lower()}"

PACKAGE = Path(__file__).parents[1]
ABOUT_ONE_DELIVERY = (CalendarGap, CatalogError)
"""Errors raised on purpose that another delivery need not meet."""


class Trace(Protocol):
    """What writes a line about a fault, once."""

    def append_once(self, kind: str, subject: str, details: Mapping[str, Any]) -> bool:
        """Add a line unless that kind is already there for the subject."""


@dataclass(frozen=True)
class PlatformFault:
    """What is known of a fault without quoting any data.

    Attributes:
        error: name of the exception's class.
        place: module and line of the innermost function of this package.
    """

    error: str
    place: str

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Describe an exception."""
        if isinstance(error, Faulted):
            return cls(error.fault.error, error.fault.place)
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if Path(f.filename).is_relative_to(PACKAGE)]
        frame = (own or frames)[-1] if frames else None
        return cls(type(error).__name__, _place(frame) if frame else "unknown")

    @property
    def details(self) -> dict[str, str]:
        """Return it as the trace keeps it."""
        return {"error": self.error, "place": self.place}

    def __str__(self) -> str:
        return f"{self.error} at {self.place}"


class Faulted(Exception):
    """A fault of ours that another process met and described.

    Attributes:
        fault: its class and place there.
    """

    def __init__(self, fault: PlatformFault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def is_raised_by_us(error: BaseException) -> bool:
    """Return whether an exception was raised by a function of this package."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).is_relative_to(PACKAGE)


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    if not path.is_relative_to(PACKAGE):
        return f"{path.name}:{frame.lineno}"
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return f"{'.'.join(parts)}:{frame.lineno}"


def ends_the_task(error: BaseException) -> bool:
    """Return whether an exception concerns more than the delivery at hand.

    So do the passing faults (a full disk, a held lock, a lost connection), a broken
    ledger, a night that is closed, and whatever stops a program (Ctrl-C). A
    `MemoryError` does not: one file may need what all the others do not.
    """
    if not isinstance(error, Exception) or is_passing(error):
        return True
    raised_on_purpose = isinstance(error, GuijiError)
    return raised_on_purpose and not isinstance(error, ABOUT_ONE_DELIVERY)


@contextmanager
def contained(ledger: Trace, night: object, stage: str, subject: str) -> Iterator[None]:
    """Contain a fault of ours about one subject, so that the others go on.

    It is logged as an error and traced once per night, stage and subject; the
    dashboard shows what is traced.

    Args:
        ledger: takes the line of the trace.
        night: the night at work.
        stage: what was being done: claim, extract, answer, push, absence.
        subject: about whom: a delivery id, a department, an extract.

    Raises:
        Exception: what `ends_the_task`.
    """
    try:
        yield
    except Exception as error:
        if ends_the_task(error):
            raise
        record(ledger, night, stage, subject, PlatformFault.of(error))


def record(
    ledger: Trace, night: object, stage: str, subject: str, fault: PlatformFault
) -> None:
    """Log and trace a fault that was caught; see `contained`."""
    log.error("platform fault: %s of %s: %s", stage, subject, fault)
    details = {"stage": stage, "subject": subject, **fault.details}
    ledger.append_once(TRACE, f"{night}:{stage}:{subject}"[:300], details)
