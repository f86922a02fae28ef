"""The checks of reconciliation, in the order in which a night is held against them."""

from collections.abc import Callable, Iterator

from guiji.pipeline.reconciliation import (
    different_enterprise,
    mass_change,
    missing_record,
    name_of_other_code,
    same_bytes,
    same_number,
    same_record,
    waiting_pairs,
)
from guiji.pipeline.reconciliation.comparison import Comparison
from guiji.pipeline.reconciliation.results import Result

Check = Callable[[Comparison], Iterator[Result]]

CHECKS: tuple[Check, ...] = (
    mass_change.check,
    waiting_pairs.check,
    different_enterprise.check,
    name_of_other_code.check,
    same_record.check,
    same_bytes.check,
    missing_record.check,
    same_number.check,
)
"""What holds rows back comes before what only tells of rows that will be merged."""
