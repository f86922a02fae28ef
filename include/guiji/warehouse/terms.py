"""What the catalogue says of each record beside its items: openness, term and grade.

The expressions are computed when a view is read, never stored: a regime or a class
that the catalogue changes counts for all records at once. `publication` decides from
the same catalogue entries what is on show; a test holds the two against each other.
"""

from datetime import date

from guiji.catalog.model import Catalog, Dataset, TermRegime, TermRule
from guiji.engine.sql import literal, name

COLUMNS = {"opening": "varchar", "term_ends_on": "date", "grade": "varchar"}
"""Derived columns of every record: name -> SQL type."""

BETWEEN_VALUES = "；"
"""Separates the values of an item that takes several codes."""


def derived(catalog: Catalog, dataset: Dataset, day: date | None) -> dict[str, str]:
    """Write what is derived from a dataset's entry: column of `COLUMNS` -> expression.

    `opening` is the dataset's open level. `term_ends_on` is the last day of the term,
    the earliest of the record's own end dates and of its start plus the months of its
    class; null = no end. Of the regime in force at the start and the one in force on
    `day` the shorter term counts, of several classes the longest; where a class is
    not published at all, the term ends on its first day. `grade` is the gravest class
    (失信等级); null where the dataset has no classes.

    Args:
        catalog: the regimes.
        dataset: the entry; its items are columns.
        day: the day on which is asked; None = only the regime at the start counts.

    Source:
        阳府〔2018〕60号 第十四、十八条; 贵州省企业公共信用信息平台运行管理规则
        第七条(三); 信用修复管理办法(国家发展改革委令第36号).
    """
    term = dataset.publication_term
    written = {
        "opening": literal(dataset.open_level.value),
        "term_ends_on": _ends_on(catalog, term, day) if term else "null",
        "grade": _grade(term) if term else "null",
    }
    return {c: f"({written[c]})::{kind}" for c, kind in COLUMNS.items()}


def _ends_on(catalog: Catalog, term: TermRule, day: date | None) -> str:
    ends = [name(item) for item in term.end_items]
    regimes = [r for r in catalog.jurisdiction.term_regimes if r.regime == term.regime]
    if regimes:
        start = name(term.start)
        months = _months(term, regimes, start)
        if day is not None:
            months = f"least({months}, {_months(term, regimes, literal(day))})"
        ends.append(f"({start} + to_months({months}))::date")
    if len(ends) < 2:
        return ends[0] if ends else "null"
    return f"least({', '.join(ends)})"


def _months(term: TermRule, regimes: list[TermRegime], day: str) -> str:
    """Write the longest term of a record's classes in the regime of a day."""
    cases = " ".join(
        f"when {day} between {literal(regime.effective_from)} "
        f"and {literal(regime.effective_to or date.max)} then {_by_class(term, regime)}"
        for regime in regimes
    )
    return f"case {cases} end"


def _by_class(term: TermRule, regime: TermRegime) -> str:
    """Write the longest term of a record's classes in one regime."""
    longest_first = sorted(regime.months.items(), key=lambda pair: -pair[1])
    cases = " ".join(
        f"when {_has(term, severity)} then {months}"
        for severity, months in longest_first
    )
    if term.default_class is not None:
        return f"case {cases} end"
    return f"case when {_has_unnamed(term)} then null {cases} end"


def _grade(term: TermRule) -> str:
    """Write the gravest class; the catalogue lists classes from light to grave."""
    gravest_first = [*reversed(term.classes)]
    if term.default_class and term.default_class not in gravest_first:
        gravest_first.append(term.default_class)
    if not gravest_first:
        return "null"
    cases = " ".join(f"when {_has(term, c)} then {literal(c)}" for c in gravest_first)
    return f"case {cases} end"


def _has(term: TermRule, severity: str) -> str:
    """Write whether a value of the record's class item is of a class."""
    is_default = severity == term.default_class
    if term.class_item is None:
        return "true" if is_default else "false"
    values = term.classes.get(severity, ())
    named = " or ".join(_holds(term.class_item, value) for value in values) or "false"
    return f"({named} or {_has_unnamed(term)})" if is_default else f"({named})"


def _has_unnamed(term: TermRule) -> str:
    """Write whether the record has a value that no class names, or none at all."""
    if term.class_item is None:
        return "true"
    column = name(term.class_item)
    named = [literal(v) for values in term.classes.values() for v in values]
    if not named:
        return "true"
    split = f"string_split({column}, '{BETWEEN_VALUES}')"
    unnamed = f"list_filter({split}, lambda one: one not in ({', '.join(named)}))"
    return f"({column} is null or len({unnamed}) > 0)"


def _holds(item: str, value: str) -> str:
    split = f"string_split({name(item)}, '{BETWEEN_VALUES}')"
    return f"coalesce(list_contains({split}, {literal(value)}), false)"
