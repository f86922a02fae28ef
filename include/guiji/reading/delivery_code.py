"""A code that a receipt gives to a delivery as a whole, with all that is said of it."""

from dataclasses import dataclass

from guiji.catalog.vocabulary import Dimension, Responsibility, Severity
from guiji.core.errors import BatchRefused


@dataclass(frozen=True)
class DeliveryCode:
    """One reason why a delivery is refused or put off, or one remark about it.

    The functions beside each code make its refusals: one per notice. The clause of all
    codes is the document of the jurisdiction (`Jurisdiction.document`).

    Attributes:
        code: upper case, stable, for receipts and counts; of a family of codes what
            they begin with.
        title: Chinese, of its page.
        meaning: Chinese, what it means, for its page.
        dimension: of data quality.
        steps: Chinese, what a clerk does about it, for its page.
        severity: critical where nothing of the delivery is merged for it.
        responsibility: who mends it.
    """

    code: str
    title: str
    meaning: str
    dimension: Dimension
    steps: tuple[str, ...]
    severity: Severity = Severity.CRITICAL
    responsibility: Responsibility = Responsibility.DEPARTMENT

    @property
    def page(self) -> str:
        """Return the name of its page: the code in lower case."""
        return self.code.lower()

    def refusal(
        self, log: str, notice: str, remedy: str, member: str = ""
    ) -> BatchRefused:
        """Refuse a delivery for this reason.

        Args:
            log: English, for the log; never a cell's content.
            notice: Chinese: which file, what is wrong.
            remedy: Chinese: what the department should do.
            member: which code of a family; empty where there is one only.
        """
        code = f"{self.code}_{member.upper()}" if member else self.code
        return BatchRefused(code, log, notice, remedy)
