"""What no rule asks, added to what the rules found; and the repairs that are proposed.

Cells read otherwise than written, personal data in public texts, ends of publication
that are not the law's. No row is changed by them.
"""

from collections.abc import Sequence
from dataclasses import replace

from guiji.catalog.model import Catalog
from guiji.checking import (
    cleaned_cells,
    findings,
    look_alike_notes,
    personal_texts,
    proposals,
)
from guiji.checking.register import Register
from guiji.checking.result import CheckResult
from guiji.checking.row_stack import CheckedRows
from guiji.core import platform_faults
from guiji.pipeline.batch import stated_terms


def complete(
    catalog: Catalog,
    register: Register | None,
    batches: Sequence[CheckedRows],
    results: Sequence[CheckResult | Exception],
) -> list[CheckResult | Exception]:
    """Complete what was found in deliveries, those of a dataset together.

    Args:
        catalog: their catalogue.
        register: what is known of enterprises; None = nothing is yet.
        batches: the deliveries.
        results: what the rules found in each, or what our own code raised about it.

    Returns:
        The same, completed; or what our own code raised meanwhile.

    Raises:
        Exception: what concerns all deliveries, see `platform_faults`.
    """
    groups: dict[tuple[object, ...], dict[int, CheckResult]] = {}
    for number, (batch, result) in enumerate(zip(batches, results, strict=True)):
        if isinstance(result, CheckResult):
            key = (batch.source.batch.dataset, batch.source.batch.night)
            groups.setdefault(key, {})[number] = result
    completed = dict(enumerate(results))
    for checked in groups.values():
        chosen = [batches[number] for number in checked]
        together = _contained(catalog, register, chosen, [*checked.values()])
        completed |= zip(checked, together, strict=True)
    return [*completed.values()]


def _contained(
    catalog: Catalog,
    register: Register | None,
    batches: Sequence[CheckedRows],
    results: Sequence[CheckResult],
) -> list[CheckResult | Exception]:
    """Complete deliveries of a dataset together; where that raises, each alone."""
    try:
        return [*_together(catalog, register, batches, results)]
    except Exception as error:
        if platform_faults.ends_the_task(error):
            raise
        if len(batches) == 1:
            return [error]
    return [
        completed
        for batch, result in zip(batches, results, strict=True)
        for completed in _contained(catalog, register, [batch], [result])
    ]


def _together(
    catalog: Catalog,
    register: Register | None,
    batches: Sequence[CheckedRows],
    results: Sequence[CheckResult],
) -> list[CheckResult]:
    cells = cleaned_cells.found(batches)
    texts = personal_texts.found(batches, catalog)
    ends = stated_terms.found(batches, catalog)
    completed = []
    for number, (batch, result) in enumerate(zip(batches, results, strict=True)):
        told = findings.not_at_critical_cells(ends[number], result.findings)
        every = findings.together([result.findings, cells[number], texts[number], told])
        every = look_alike_notes.added(cleaned_cells.beside_required(every))
        dataset, typed = batch.source.dataset, batch.typed
        proposed = proposals.propose(dataset, catalog, typed, every, register)
        completed.append(replace(result, findings=proposed))
    return completed
