"""Every error this package raises on purpose.

GuijiError
├── UsageError             a command was called wrongly        → correct the command
│   └── ObjectionDeclined  an objection cannot be opened       → tell who delivered it
├── CatalogError           a file of the catalogue is wrong    → correct the file
├── BatchRefused           a delivery is unusable              → tell the department
├── SourceUnavailable      a department's database is silent   → the next night tries
├── CalendarGap            workdays.csv begins too late        → add the year
├── NightClosed            the night is already merged         → drop into the next one
├── MergeRefused           a night's rows do not add up        → the message names it
├── PublicationHalted      a check before release fails        → read why, run again
├── LedgerBroken           the trace or a file was altered     → restore, `guiji verify`
└── PassingFault           something is blocked for now        → the task is retried
    ├── LockHeld           another process is writing          → wait, or `break_lock`
    │   └── CommitConflict another writer committed first      → read again, redo it
    ├── StorageUnusable    disk, folder or store fails         → fix it, run again
    └── LedgerUnavailable  the ledger is silent or locked      → check it, run again

A `PassingFault` may be over in five minutes: Airflow retries it. Any other `GuijiError`
will fail the same way again and is never retried. What escapes without being a
`GuijiError` is a bug: about one delivery it becomes the verdict `platform_fault` (see
`platform_faults`), anywhere else it ends the task, which Airflow may retry.
`SourceUnavailable` never leaves a step: the night goes on without the source.
"""

from datetime import date


class GuijiError(Exception):
    """Base class: catch this to catch everything the package raises on purpose."""


class UsageError(GuijiError):
    """A command or step was called with a value it cannot use."""


class ObjectionDeclined(UsageError):
    """An objection that cannot be opened; `notice` goes back to who delivered it.

    Attributes:
        notice: Chinese: what is wrong.
    """

    def __init__(self, log: str, notice: str) -> None:
        self.notice = notice
        super().__init__(log)


class CatalogError(GuijiError):
    """The catalogue does not describe what it should; names file, line and remedy."""


class BatchRefused(GuijiError):
    """A delivery cannot be processed at all; `notice` goes back to its sender.

    `str(error)` is one English line for the log. It never holds a cell's content.

    Attributes:
        code: short upper-case name of the reason, stable, for receipts and counts.
        notice: Chinese: which file, what is wrong.
        remedy: Chinese: what the department should do.
    """

    def __init__(self, code: str, log: str, notice: str, remedy: str) -> None:
        self.code = code
        self.notice = notice
        self.remedy = remedy
        super().__init__(f"{code}: {log}")

    def arguments(self) -> dict[str, str]:
        """Return what makes the same refusal again, as JSON keeps it."""
        return {
            "code": self.code,
            "log": str(self).removeprefix(f"{self.code}: "),
            "notice": self.notice,
            "remedy": self.remedy,
        }


class SourceUnavailable(GuijiError):
    """A department's database did not answer or refused the query.

    Attributes:
        notice: Chinese: what is wrong and what the department should do; empty where
            it is the platform's own matter.
    """

    def __init__(self, log: str, notice: str = "") -> None:
        self.notice = notice
        super().__init__(log)


class CalendarGap(GuijiError):
    """A date lies before the first day of the working-day calendar."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            f"no working-day calendar for {day}; add its year to catalog/workdays.csv"
        )


class NightClosed(GuijiError):
    """A night that is already merged was asked to take more."""


class MergeRefused(GuijiError):
    """What a night would merge is not what its deliveries had accepted.

    Nothing was merged. The message names batch, dataset and the verbs that lead on.
    """


class PublicationHalted(GuijiError):
    """The publication of a night was not released; the last one stays current."""


class ReportIncomplete(GuijiError):
    """A document that was rendered lacks part of what was to stand in it."""


class LedgerBroken(GuijiError):
    """The trace, a manifest or a stored file is not what the ledger says it is."""


class PassingFault(GuijiError):
    """Something outside is in the way for now; the same call may succeed later."""


class LockHeld(PassingFault):
    """Something is being changed by another process; wait for it and run again."""


class CommitConflict(LockHeld):
    """Another writer committed first: read the table again and redo the work."""


class StorageUnusable(PassingFault):
    """A disk, folder or object store is full, read-only or silent; nothing changed."""


class LedgerUnavailable(PassingFault):
    """The ledger's database is locked, does not answer or dropped the connection."""
