"""What the catalogue says of each record beside its items: openness, term, severity.

The expressions are computed when a view is read, never stored: a regime or a class
that the catalogue changes counts for all records at once. The publication term is
defined here alone: views, publication and the findings about stated ends ask for it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from guiji.catalog.model import Catalog, Dataset, TermRegime, TermRule
from guiji.engine.sql import literal, name

COLUMNS = {
    "opening": "varchar",
    "term_ends_on": "date",
    "severity_class": "varchar",
    "grade": "varchar",
}
"""Derived columns of every record: name -> SQL type."""

BETWEEN_VALUES = "；"
"""Separates the values of an item that takes several codes."""

NO_END = 12 * 9999
"""Months that stand for no end, more than any regime gives."""


def derived(catalog: Catalog, dataset: Dataset, day: date | None) -> dict[str, str]:
    """Write what is derived from a dataset's entry: column of `COLUMNS` -> expression.

    `opening` is the dataset's open level. `term_ends_on` is the last day of the term,
    the earliest of the record's own end dates and of its start plus the months of its
    class, a stated end before the shortest term of the class counting as its last day;
    null = no end. Of the regime in force at the start and the one in force on
    `day` the shorter term counts, of several classes the longest; where a class is
    not published at all, the term ends on its first day. `severity_class` is the
    gravest class of its values, null where the dataset has no classes. `grade` is the
    dishonesty grade that was delivered (失信等级), another scale.

    Args:
        catalog: the regimes.
        dataset: the entry; its items are columns.
        day: the day on which is asked; None = only the regime at the start counts.

    Source:
        阳府〔2018〕60号 第十四、十八条; 贵州省企业公共信用信息平台运行管理规则(试行)
        第七条(三); 信用修复管理办法(国家发展改革委令第36号).
    """
    term, regimes = dataset.publication_term, catalog.term_regimes(dataset)
    written = {
        "opening": literal(dataset.open_level.value),
        "term_ends_on": _ends_on(term, regimes, day) if term else "null",
        "severity_class": _severity(term) if term else "null",
        "grade": name(dataset.grade_item) if dataset.grade_item else "null",
    }
    return {c: f"({written[c]})::{kind}" for c, kind in COLUMNS.items()}


def deciding(catalog: Catalog, dataset: Dataset, night: date) -> dict[str, str]:
    """Write what decides on a night whether a record's term runs.

    Args:
        catalog: the regimes.
        dataset: the entry; its items are columns.
        night: the night that asks.

    Returns:
        Name -> expression. `term_ends_on` is that of `derived`; the last day is still
        on show. `is_undecided`: a regime counts, and the record has no start or a
        value that no class names. `is_unpublished`: its classes are not published at
        all, not even on the first day.

    Source:
        阳府〔2018〕60号 第十八条; 信用修复管理办法(国家发展改革委令第36号).
    """
    term, regimes = dataset.publication_term, catalog.term_regimes(dataset)
    is_undecided = is_unpublished = "false"
    if term and regimes:
        named = dict.fromkeys([*term.classes, term.default_class or ""], 0)
        without_class = f"{_largest(term, named, 1)} = 1"
        is_undecided = f"({name(term.start)} is null or {without_class})"
        months = _fewest(term, regimes, night, _months)
        is_unpublished = f"coalesce({months} = 0, false)"
    return {
        "term_ends_on": derived(catalog, dataset, night)["term_ends_on"],
        "is_undecided": is_undecided,
        "is_unpublished": is_unpublished,
    }


def _ends_on(term: TermRule, regimes: Sequence[TermRegime], day: date | None) -> str:
    stated = [name(item) for item in term.end_items]
    if not regimes:
        return _least(stated) if stated else "null"
    latest = _bound(term, regimes, day, _months)
    if not stated:
        return latest
    end = _least(stated)
    if any(regime.min_months for regime in regimes):
        earliest = _bound(term, regimes, day, _min_months)
        end = f"case when {end} is not null then greatest({end}, {earliest}) end"
    return _least([latest, end])


def outside_law(catalog: Catalog, dataset: Dataset, day: date) -> dict[str, str]:
    """Write when a stated end of publication lies outside of the law's terms.

    Args:
        catalog: the regimes.
        dataset: the entry; its items are columns.
        day: the night that asks.

    Returns:
        Item of the end -> expression, true before the shortest and after the longest
        term; null where a date is missing, false where a record is not on show at
        all. Empty where no regime has a shortest term.
    """
    term, regimes = dataset.publication_term, catalog.term_regimes(dataset)
    if term is None or not any(regime.min_months for regime in regimes):
        return {}
    latest = _bound(term, regimes, day, _months)
    earliest = _bound(term, regimes, day, _min_months)
    return {
        item: f"{latest} > {name(term.start)} "
        f"and {name(item)} not between {earliest} and {latest}"
        for item in term.end_items
    }


def _bound(
    term: TermRule,
    regimes: Sequence[TermRegime],
    day: date | None,
    months: Callable[[TermRule, TermRegime], str],
) -> str:
    """Write the start plus the months of the regime then or now, the fewer ones."""
    fewest = _fewest(term, regimes, day, months)
    return f"({name(term.start)} + to_months({fewest}))::date"


def _fewest(
    term: TermRule,
    regimes: Sequence[TermRegime],
    day: date | None,
    months: Callable[[TermRule, TermRegime], str],
) -> str:
    """Write the months of the regime in force at the start or on a day, the fewer."""
    start = name(term.start)
    cases = " ".join(
        f"when {start} between {literal(regime.effective_from)} "
        f"and {literal(_last_day(regime))} then {months(term, regime)}"
        for regime in regimes
    )
    counted = [f"case {cases} end"]
    counted += [months(term, r) for r in regimes if day and _in_force(r, day)]
    return _least(counted)


def _min_months(term: TermRule, regime: TermRegime) -> str:
    shortest = {c: regime.min_months.get(c, 0) for c in regime.months}
    return f"({_largest(term, shortest, 0)})"


def _least(expressions: Sequence[str]) -> str:
    if len(expressions) < 2:
        return expressions[0]
    return f"least({', '.join(expressions)})"


def _last_day(regime: TermRegime) -> date:
    return regime.effective_to or date.max


def _in_force(regime: TermRegime, day: date) -> bool:
    return regime.effective_from <= day <= _last_day(regime)


def _months(term: TermRule, regime: TermRegime) -> str:
    """Write the longest term of a record's classes in one regime; null = no end."""
    months = _largest(term, regime.months, NO_END)
    return months if term.default_class else f"nullif({months}, {NO_END})"


def _severity(term: TermRule) -> str:
    """Write the gravest class; the catalogue lists classes from light to grave."""
    classes = [*term.classes]
    if term.default_class and term.default_class not in classes:
        classes.insert(0, term.default_class)
    if not classes:
        return "null"
    numbers = {severity: number for number, severity in enumerate(classes)}
    cases = " ".join(f"when {n} then {literal(one)}" for one, n in numbers.items())
    return f"case {_largest(term, numbers, None)} {cases} end"


def _largest(term: TermRule, numbers: Mapping[str, int], unnamed: int | None) -> str:
    """Write the largest number of the classes of a record's values.

    Args:
        term: names the classes of values.
        numbers: class -> its number; a class without one does not count.
        unnamed: number of a value that no class names, and of a record without any
            value, where there is no default class; None = it does not count.
    """
    default = numbers.get(term.default_class) if term.default_class else unnamed
    other = "null" if default is None else str(default)
    if term.class_item is None or not any(term.classes.values()):
        return other
    column = name(term.class_item)
    largest_first = sorted(term.classes, key=lambda one: -numbers.get(one, -1))
    cases = " ".join(
        f"when one in ({', '.join(literal(v) for v in term.classes[severity])}) "
        f"then {numbers.get(severity, 'null')}"
        for severity in largest_first
        if term.classes[severity]
    )
    values = f"string_split({column}, '{BETWEEN_VALUES}')"
    each = f"list_transform({values}, lambda one: case {cases} else {other} end)"
    return f"case when {column} is null then {other} else list_max({each}) end"
