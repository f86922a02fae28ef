"""The rules of a dataset, made from its catalogue entry and its rules across items.

Every item brings the rules that its attributes ask for. The typed table's naming is
the only thing assumed: `<item>`, and beside it `<item>__raw` and `<item>__ok` for
everything that is not free text.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from guiji.catalog.model import Catalog, Dataset
from guiji.checking.suite import across, row_rules, table_rules
from guiji.checking.suite.bounds import length, value_range
from guiji.checking.suite.form import form
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.known_name import known_name
from guiji.checking.suite.presence import empty_when, required, required_when
from guiji.checking.suite.rules import RuleExpectation
from guiji.checking.suite.sender import another_department
from guiji.checking.suite.unusual_codes import unusual

ITEM_KINDS: tuple[Callable[[ItemContext], Iterator[RuleExpectation]], ...] = (
    required,
    required_when,
    empty_when,
    form,
    length,
    value_range,
    unusual,
    another_department,
)
"""Kinds of rules about one item, in the order in which an item has them; each yields
the rules that the item's attributes ask for."""


def build(
    dataset: Dataset,
    catalog: Catalog,
    night: date,
    rows: int | None = None,
    linked: bool = False,
    sender: str | None = None,
) -> tuple[RuleExpectation, ...]:
    """Make the suite of a dataset.

    Args:
        dataset: the catalogue entry.
        catalog: the catalogue it belongs to.
        night: the night of the check; no event lies after it.
        rows: rows that the typed table must have; None = any number.
        linked: whether there is a register to compare names with.
        sender: the department that delivers; None = nobody, the rules are listed only.

    Returns:
        Rules in the order of the catalogue, rules of the table first; ids are unique.

    Raises:
        ValueError: two rules have the same id.
    """
    items = {i.id: ItemContext(dataset, catalog, i, sender) for i in dataset.items}
    rules = [
        *table_rules.of_table(dataset, rows),
        *(
            rule
            for item in items.values()
            for kind in ITEM_KINDS
            for rule in kind(item)
        ),
        row_rules.operation(dataset),
        *row_rules.of_keys(dataset),
        *(known_name(items[dataset.subject.name]) if linked else ()),
        *across.of_dataset(dataset, catalog, night),
    ]
    counted = Counter(rule.rule_id for rule in rules)
    repeated = sorted(rule_id for rule_id, times in counted.items() if times > 1)
    if repeated:
        raise ValueError(f"rule ids are repeated: {', '.join(repeated)}")
    least = catalog.jurisdiction.tolerance.from_rows
    return tuple(replace(r, from_rows=least) if r.is_tolerant else r for r in rules)
