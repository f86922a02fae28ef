"""What a way to break a row is."""

from collections.abc import Callable
from dataclasses import dataclass

from guiji.catalog.vocabulary import Severity
from guiji.sample import truth
from guiji.sample.draft import Draft, Flags

Edits = dict[str, str]
"""Item -> what is written into its cell."""

KINDS = {
    Severity.CRITICAL: truth.QUARANTINE,
    Severity.WARNING: truth.WARNING,
    Severity.INFO: truth.INFO,
}


@dataclass(frozen=True)
class Way:
    """One way to break one rule.

    Attributes:
        rule_id: the rule.
        item: the item that the finding points at; None = the whole row.
        kind: what it does to the row: quarantine, warning or info.
        rows: tells the rows that can be broken so.
        edits: item -> what to write into a row; nothing if the row is not fit.
        twin: the row first becomes a copy of another one.
        both: and both of them break the rule.
    """

    rule_id: str
    item: str | None
    kind: str
    rows: Callable[[Draft], Flags]
    edits: Callable[[Draft, int], Edits]
    twin: bool = False
    both: bool = False


def always(edits: Edits) -> Callable[[Draft, int], Edits]:
    """Write the same into whatever row it is."""
    return lambda draft, row: edits
