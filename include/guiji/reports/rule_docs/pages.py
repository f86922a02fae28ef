"""What the page of each rule says, ready to be written in any form.

A page belongs to a place, see `rule_anchors`; pages of a dataset follow its suite, and
the shared ones stand for every dataset.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ItemType, Responsibility, Severity
from guiji.checking import delivery_codes, masking, rule_anchors
from guiji.checking.suite import (
    build,
    cell_errors,
    conflicts,
    history,
    reconciliation,
    row_errors,
)
from guiji.checking.suite.read_error import ReadError
from guiji.checking.suite.rules import TABLE, Judgement, RuleExpectation, Wording
from guiji.reading.layout import OPERATION
from guiji.reports.rule_docs import across_examples, examples, remediation
from guiji.reports.rule_docs.examples import Case, Row
from guiji.reports.rule_docs.values import Values

LONGEST = 40
"""Most characters of a value in an example; a longer one is cut and counted."""

EMPTY = "（空）"
ANY = "<数据集>"
FATES = {
    Severity.CRITICAL: "该行不入库，进入隔离区，随退回工作簿退给报送单位；"
    "更正后重新报送即可入库。",
    Severity.WARNING: "该行照常入库；请核对，确有错误的更正后重新报送。",
    Severity.INFO: "不影响入库，只作说明。",
}
WHOLE_FATES = {
    Severity.CRITICAL: "整个文件暂不入库；按下面的办法处理后重新报送。",
    Severity.WARNING: "文件照常入库；请核对。",
    Severity.INFO: "不影响入库，只作说明。",
}
WHOLE = TABLE | {Judgement.FACT}
"""Judgements that no row's cells make good or bad."""

PLATFORM_FATE = "整个文件暂不入库，待平台修复后重新校验；报送单位无需处理。"


@dataclass(frozen=True)
class Table:
    """An example as a table of texts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Page:
    """The page of one rule.

    Attributes:
        place: where it is, see `rule_anchors`.
        rule_id: as findings bear it; of a shared page with a stand-in for the dataset.
        title: what the rule demands, or the name of the fault.
        title_en: the same in English; empty where there is none.
        says: what a finding says, one for each of the rule's wordings.
        severity: what breaking it does.
        fate: the same, for a clerk.
        dimension: of data quality.
        responsibility: who mends it.
        mostly: share of rows that must keep it, else the delivery is refused whole;
            1 = no share is asked for.
        from_rows: rows from which on that share counts.
        clause: document and paragraph.
        note: how it comes about; empty where the rest says it.
        examples: wrong beside right.
        steps: how to mend it in Excel.
    """

    place: str
    rule_id: str
    title: str
    title_en: str
    says: tuple[Wording, ...]
    severity: Severity
    fate: str
    dimension: str
    responsibility: str
    clause: str
    steps: tuple[str, ...]
    mostly: float = 1.0
    from_rows: int = 0
    note: str = ""
    examples: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """The pages of one dataset, or shared ones.

    Attributes:
        folder: below the rules of the jurisdiction.
        title: Chinese.
        pages: in the order of the suite.
    """

    folder: str
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Listed:
    """A rule with the examples that its page shows."""

    rule: RuleExpectation
    cases: tuple[Case, ...]
    steps: tuple[str, ...]


def handbook(catalog: Catalog) -> tuple[Chapter, ...]:
    """Make the pages of a catalogue: its datasets' in their order, then shared ones."""
    of_datasets = [
        Chapter(d.id, d.title, tuple(_of_dataset(catalog, d)))
        for d in catalog.datasets.values()
    ]
    return (
        *of_datasets,
        Chapter(rule_anchors.ROWS, "读取时发现的整行问题", tuple(_of_rows(catalog))),
        Chapter(
            rule_anchors.CELLS, "读取时发现的单元格问题", tuple(_of_cells(catalog))
        ),
        Chapter(
            rule_anchors.DELIVERIES, "整个文件的问题", tuple(_of_deliveries(catalog))
        ),
    )


def suite_of(dataset: Dataset, catalog: Catalog) -> tuple[RuleExpectation, ...]:
    """Return every rule that a dataset can have, to be listed and not to be judged."""
    first = dataset.valid_from  # no night: what is listed is the same every day
    of_rows = build.build(dataset, catalog, first, rows=0, linked=True)
    return (*of_rows, *history.rules(dataset, catalog))


def places_of(catalog: Catalog) -> frozenset[str]:
    """Name the places that have a page, without writing any."""
    places = {f"{rule_anchors.ROWS}/{code.lower()}" for code in row_errors.ERRORS}
    places |= {f"{rule_anchors.CELLS}/{code.lower()}" for code in cell_errors.ERRORS}
    places |= {f"{rule_anchors.DELIVERIES}/{code}" for code in delivery_codes.PAGES}
    for dataset in catalog.datasets.values():
        ids = [rule.rule_id for rule in suite_of(dataset, catalog)]
        ids += [conflicts.rule_id(dataset, kind) for kind in conflicts.KINDS]
        ids += [
            reconciliation.rule_id(dataset, rule)
            for rule in reconciliation.of_dataset(dataset)
        ]
        places |= {rule_anchors.page_of(rule_id) for rule_id in ids}
    return frozenset(places)


def listed(catalog: Catalog, dataset: Dataset) -> Iterator[Listed]:
    """Yield the rules of a dataset with examples and remedies."""
    values = Values(catalog, dataset)
    stated = {f"{dataset.id}.{r.id}": r for r in catalog.rules.get(dataset.id, ())}
    items = {item.id: item for item in dataset.items}
    for rule in suite_of(dataset, catalog):
        item = items.get(rule.item or "")
        of_file = stated.get(rule.rule_id)
        kind = rule.rule_id.removeprefix(f"{dataset.id}.")
        cases: tuple[Case, ...] = ()
        if rule.judgement not in WHOLE:
            if of_file is not None:
                cases = across_examples.across(values, of_file)
            elif item is not None:
                cases = examples.of_item(values, item, kind.rpartition(".")[2])
            else:
                cases = examples.of_row(values, kind)
        if rule.judgement is Judgement.FACT:
            steps = history.code(rule).steps
        else:
            steps = remediation.steps(rule, item.title if item else None)
        yield Listed(rule, cases, steps)


def _of_dataset(catalog: Catalog, dataset: Dataset) -> Iterator[Page]:
    for listed_rule in listed(catalog, dataset):
        rule = listed_rule.rule
        fates = WHOLE_FATES if rule.judgement is Judgement.FACT else FATES
        ours = rule.responsibility is Responsibility.PLATFORM
        yield Page(
            place=rule_anchors.page_of(rule.rule_id),
            rule_id=rule.rule_id,
            title=rule.description,
            title_en=rule.description_en,
            says=tuple(rule.worded().values()) or (rule.wording,),
            severity=rule.severity,
            fate=PLATFORM_FATE if ours else fates[rule.severity],
            dimension=rule.dimension,
            responsibility=rule.responsibility,
            clause=rule.clause,
            mostly=rule.mostly,
            from_rows=rule.from_rows,
            steps=listed_rule.steps,
            examples=_tables(dataset, rule, listed_rule.cases),
        )
    yield from _of_conflicts(dataset)
    yield from _of_reconciliation(dataset)


def _of_conflicts(dataset: Dataset) -> Iterator[Page]:
    for kind in conflicts.KINDS:
        item = conflicts.item_of(dataset, kind)
        said = conflicts.WORDINGS[kind]
        rule_id = conflicts.rule_id(dataset, kind)
        yield Page(
            place=rule_anchors.page_of(rule_id),
            rule_id=rule_id,
            title=conflicts.DESCRIPTION.format(title=item.title),
            title_en=conflicts.DESCRIPTION_EN.format(name=item.id),
            says=(said,),
            severity=conflicts.SEVERITY,
            fate=FATES[conflicts.SEVERITY],
            dimension=conflicts.DIMENSION,
            responsibility=Responsibility.DEPARTMENT,
            clause=conflicts.CLAUSE,
            steps=(remediation.BY_RECEIPT, *conflicts.STEPS, remediation.IF_RIGHT),
        )


def _of_reconciliation(dataset: Dataset) -> Iterator[Page]:
    for rule in reconciliation.of_dataset(dataset):
        rule_id = reconciliation.rule_id(dataset, rule)
        fates = WHOLE_FATES if rule.is_about_delivery else FATES
        yield Page(
            place=rule_anchors.page_of(rule_id),
            rule_id=rule_id,
            title=rule.description,
            title_en=rule.description_en,
            says=(rule.wording,),
            severity=rule.severity,
            fate=fates[rule.severity],
            dimension=rule.dimension,
            responsibility=Responsibility.DEPARTMENT,
            clause=rule.clause,
            steps=rule.steps,
        )


def _of_rows(catalog: Catalog) -> Iterator[Page]:
    for code, error in row_errors.ERRORS.items():
        yield _damaged(catalog, f"{ANY}.row.{code.lower()}", error, error.wording)


def _of_cells(catalog: Catalog) -> Iterator[Page]:
    for code, error in cell_errors.ERRORS.items():
        said = error.worded("<信息项>", "the item")
        yield _damaged(catalog, f"{ANY}.<信息项>.{code.lower()}", error, said)


def _damaged(catalog: Catalog, rule_id: str, error: ReadError, said: Wording) -> Page:
    table: tuple[Table, ...] = ()
    if error.wrong and error.right:
        table = (Table(("错误", "正确"), ((error.wrong, error.right),)),)
    return Page(
        place=rule_anchors.page_of(rule_id),
        rule_id=rule_id,
        title=said.message,
        title_en=said.message_en,
        says=(said,),
        severity=error.severity,
        fate=FATES[error.severity],
        dimension=error.dimension,
        responsibility=Responsibility.DEPARTMENT,
        clause=catalog.jurisdiction.document,
        steps=error.steps,
        note=error.note,
        examples=table,
    )


def _of_deliveries(catalog: Catalog) -> Iterator[Page]:
    for code, prose in delivery_codes.PAGES.items():
        is_critical = prose.severity is Severity.CRITICAL
        ours = is_critical and prose.responsibility is Responsibility.PLATFORM
        yield Page(
            place=f"{rule_anchors.DELIVERIES}/{code}",
            rule_id=f"{rule_anchors.BATCH}.{code}"
            + ("_…" if code == rule_anchors.KIND else ""),
            title=prose.title,
            title_en="",
            says=(),
            severity=prose.severity,
            fate=PLATFORM_FATE if ours else WHOLE_FATES[prose.severity],
            dimension=prose.dimension,
            responsibility=prose.responsibility,
            clause=catalog.jurisdiction.document,
            steps=prose.steps,
            note=prose.meaning,
        )


def _tables(
    dataset: Dataset, rule: RuleExpectation, cases: tuple[Case, ...]
) -> tuple[Table, ...]:
    """Lay the examples of a rule out; several of one cell share a table."""
    if len(cases) < 2:
        return tuple(_table(dataset, case) for case in cases)
    rows = []
    for case in cases:
        ((title, wrong, right),) = _table(dataset, case).rows
        said = rule.worded().get(case.level or "", rule.wording)
        rows.append((title, wrong, said.message, right))
    return (Table(("信息项", "错误", "提示", "正确"), tuple(rows)),)


def _table(dataset: Dataset, case: Case) -> Table:
    """Lay an example out: an item a line, the wrong rows before the right ones."""
    items = {item.id: item for item in dataset.items}
    names = list(dict.fromkeys(n for row in (*case.wrong, *case.right) for n in row))
    several = len(case.wrong) > 1
    wrong = [
        f"错误 第{i}行" if several else "错误" for i in range(1, len(case.wrong) + 1)
    ]
    head = ("信息项", *wrong, *["正确" for _ in case.right])
    rows = [
        (
            "操作" if name == OPERATION else items[name].title,
            *(_shown(items.get(name), row, name) for row in case.wrong),
            *(_shown(items.get(name), row, name) for row in case.right),
        )
        for name in names
    ]
    return Table(head, tuple(rows))


def _shown(item: Item | None, row: Row, name: str) -> str:
    """Write a value as an example may show it: never an identity number."""
    text = row.get(name) or ""
    if not text:
        return EMPTY
    if item is not None and item.type is ItemType.PERSON_ID:
        return f"{text[:6]}{'*' * (len(text) - 6)}（{len(text)}位）"
    doubtful = item is not None and item.type is ItemType.USCC
    text = str(masking.scrub(pa.array([text]), doubtful)[0])
    if len(text) > LONGEST:
        return f"{text[: LONGEST // 2]}…（共{len(text)}个字符）"
    return text
