"""What a fault is that is found when a file is read, before any rule looks."""

from dataclasses import dataclass

from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.rules import Wording


@dataclass(frozen=True)
class ReadError:
    """A fault of a row or of a cell, with all that is said of it.

    Attributes:
        dimension: of data quality.
        wording: what a finding says; of a cell with `{title}` and `{name}`.
        note: Chinese, how it comes about, for its page.
        steps: Chinese, how a clerk mends it.
        severity: what it does to its row.
        wrong: an example for its page; empty = none.
        right: the same as it should be.
    """

    dimension: Dimension
    wording: Wording
    note: str
    steps: tuple[str, ...]
    severity: Severity = Severity.CRITICAL
    wrong: str = ""
    right: str = ""

    def worded(self, title: str, name: str) -> Wording:
        """Return the sentences about an item's cell.

        Args:
            title: the item in Chinese.
            name: the item in English.
        """
        return Wording(
            self.wording.message.replace("{title}", title),
            self.wording.message_en.replace("{name}", name),
            self.wording.remedy,
        )
