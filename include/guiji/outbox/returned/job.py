"""What one returned workbook is made of, and the line that asks a process for it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.reading.limits import Limits
from guiji.reading.result import Reading

MARKED, PLAIN = "marked", "plain"
"""The two ways to make one."""

MAKER = "guiji.outbox.returned.writer_process"
"""The module that answers."""

MODULES = {
    MARKED: "guiji.outbox.returned.marked_workbook",
    PLAIN: "guiji.outbox.returned.plain_workbook",
}
"""Module whose `make` makes a workbook in a way; only the first loads openpyxl."""

LOADS = {
    MARKED: (
        MODULES[MARKED],
        "openpyxl.packaging.extended",
        "encodings.cp437",  # in which zips name their parts
    ),
    PLAIN: (MODULES[PLAIN],),
}
"""What the server loads before it forks, so that the process itself loads nothing."""


class NotMarked(Exception):
    """The workbook cannot be marked as it is: too large, or not wholly understood."""


@dataclass(frozen=True)
class Job:
    """What a workbook is made of.

    Attributes:
        original: the bytes as delivered.
        text: the text table.
        findings: a Parquet file with the columns `findings_view.COLUMNS`.
        out: where the workbook goes.
        scratch: a folder that is removed afterwards.
        about: what the summary says beside the findings.
        reading: how the file was read.
        titles: item -> heading.
        instant: the time that the workbook states.
    """

    original: Path
    text: Path
    findings: Path
    out: Path
    scratch: Path
    about: BatchSummary
    reading: Reading
    titles: Mapping[str, str]
    instant: datetime

    def line(self, way: str, limits: Limits, slots: Path) -> str:
        """Write the job for `worker`, as one line of JSON."""
        paths = ("original", "text", "findings", "out", "scratch")
        return json.dumps(
            {
                "answers": MAKER,
                "loads": LOADS[way],
                "limits": asdict(limits),
                "slots": str(slots),
                "way": way,
                **{name: str(getattr(self, name)) for name in paths},
                "about": self.about.to_json(),
                "reading": self.reading.to_json(),
                "titles": dict(self.titles),
                "instant": self.instant.isoformat(),
            }
        )

    @classmethod
    def of(cls, task: Mapping[str, Any]) -> Self:
        """Make a job of what `line` wrote."""
        return cls(
            original=Path(task["original"]),
            text=Path(task["text"]),
            findings=Path(task["findings"]),
            out=Path(task["out"]),
            scratch=Path(task["scratch"]),
            about=BatchSummary.from_json(task["about"]),
            reading=Reading.from_json(task["reading"]),
            titles=task["titles"],
            instant=datetime.fromisoformat(task["instant"]),
        )
