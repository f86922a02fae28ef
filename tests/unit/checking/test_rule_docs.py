"""The pages of rules: one for every id, none that lies, none that is out of date."""

import ast
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from governments import ALL, city, government
from registers import register_of
from settings_builders import REPOSITORY
from small_penalty import NIGHT, RULES, make_catalog, make_dataset

from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.rules import Rule, RuleExample
from guiji.checking import delivery_codes, refusals, rule_anchors
from guiji.checking.suite import (
    cell_errors,
    conflicts,
    history,
    merge_outcomes,
    reconciliation,
    row_errors,
)
from guiji.checking.validator import BatchInput, Validator
from guiji.core import platform_faults
from guiji.core.schemas import TEXT_COLUMNS
from guiji.core.settings import Settings
from guiji.domain import regions
from guiji.parsing.parse import parse
from guiji.reading.layout import OPERATION
from guiji.reading.result import Reading, SheetReading
from guiji.reports.rule_docs import examples, write
from guiji.reports.rule_docs.pages import WHOLE, listed, places_of, suite_of
from guiji.reports.rule_docs.values import Values

PACKAGE = REPOSITORY / "include" / "guiji"
COMMITTED = REPOSITORY / "docs" / "rules"
CATALOGS = {name: government(name) for name in ALL}
ALL_ENTRIES = [(c, d) for c in CATALOGS.values() for d in c.datasets.values()]
ENTRIES = list(
    {
        repr(
            (d.items, d.codes, d.subject, d.key, d.event, d.publication_term, rules)
        ): (
            c,
            d,
        )
        for c, d in reversed(ALL_ENTRIES)
        for rules in (c.rules.get(d.id),)
    }.values()
)
"""Each definition once: what several jurisdictions take over as it is has the same
rules and examples in all of them."""

IN_REPOSITORY = sorted(path.name for path in COMMITTED.iterdir() if path.is_dir())
"""Jurisdictions with pages in Markdown too, of the datasets that have a folder there;
the pages of all are served as HTML beside the dashboards."""


@cache
def handbook_of(jurisdiction: str) -> tuple[Catalog, dict[str, str]]:
    catalog = CATALOGS[jurisdiction]
    return catalog, write.markdown(catalog)


@pytest.fixture(params=sorted(CATALOGS))
def handbook(request: pytest.FixtureRequest) -> tuple[Catalog, dict[str, str]]:
    return handbook_of(request.param)


def test_the_pages_of_the_first_datasets_of_guiyang_are_in_the_repository() -> None:
    assert IN_REPOSITORY == ["guiyang"]
    kept = write.of_folders(CATALOGS["guiyang"], COMMITTED / "guiyang")
    assert [*kept.datasets] == [*city().datasets]


@pytest.mark.parametrize("jurisdiction", IN_REPOSITORY)
def test_the_pages_in_the_repository_are_those_of_the_rules_now(
    jurisdiction: str,
) -> None:
    root = COMMITTED / jurisdiction
    made = write.markdown(write.of_folders(CATALOGS[jurisdiction], root))
    committed = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.md")
    }
    remedy = "run `guiji catalogue rules --write docs/rules`"
    assert sorted(made.keys() - committed.keys()) == [], f"no page: {remedy}"
    assert sorted(committed.keys() - made.keys()) == [], f"no rule: {remedy}"
    assert [n for n in sorted(made) if made[n] != committed[n]] == [], remedy


@cache
def codes_of_deliveries() -> set[str]:
    """Find every code that the package gives to a delivery as a whole."""
    found = {"duplicate", platform_faults.CODE.lower()}
    found |= {refusals.ANSWER_INCOMPLETE.page}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if path.parent.name in ("intake", "outbox") and isinstance(
                node, ast.Constant
            ):
                found |= set(re.findall(r"^batch\.([a-z_]+)$", str(node.value)))
            if isinstance(node, ast.Call) and node.args:
                if getattr(node.func, "id", None) == "Remark":
                    found |= constants(node.args[0])
                found |= refused(node)
    found |= {"mixed_encoding", "private_use"}  # keys of a mapping
    found |= {refusals.TOLERANCE.page, *merge_outcomes.RULES}
    entries = [(d, c) for c in CATALOGS.values() for d in c.datasets.values()]
    full = [(d.model_copy(update={"delivery": "full"}), c) for d, c in entries]
    rules = [rule for entry in full for rule in history.rules(*entry)]
    return found | {history.code(rule).page for rule in rules}


def constants(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value.lower()}
    return set()


def refused(node: ast.Call) -> set[str]:
    """Return the code of `CODE.refusal(...)`; of a family of codes a member's."""
    code = node.func.value if isinstance(node.func, ast.Attribute) else None
    is_refusal = isinstance(node.func, ast.Attribute) and node.func.attr == "refusal"
    if not (is_refusal and isinstance(code, ast.Name) and code.id.isupper()):
        return set()
    is_family = len(node.args) > 3
    return {f"{code.id.lower()}_any" if is_family else code.id.lower()}


def rule_ids(catalog: Catalog) -> Iterator[str]:
    """Yield every rule id that a finding or receipt can bear."""
    for dataset in catalog.datasets.values():
        yield from (rule.rule_id for rule in suite_of(dataset, catalog))
        yield from (conflicts.rule_id(dataset, kind) for kind in conflicts.KINDS)
        night_rules = reconciliation.of_dataset(dataset)
        yield from (reconciliation.rule_id(dataset, rule) for rule in night_rules)
        for fault in (*row_errors.ERRORS, "NEVER_HEARD_OF"):
            yield f"{dataset.id}.row.{fault.lower()}"
        for item in (*(i.id for i in dataset.items), OPERATION):
            yield from (f"{dataset.id}.{item}.{c.lower()}" for c in cell_errors.ERRORS)
    yield from (f"batch.{code}" for code in codes_of_deliveries())


def test_every_finding_has_a_page(handbook: tuple[Catalog, dict[str, str]]) -> None:
    catalog, made = handbook
    ids = set(rule_ids(catalog))
    assert len(ids) > 500
    assert {"batch.headings", "batch.kind_any", "batch.sheet_skipped"} <= ids
    assert sorted(i for i in ids if f"{rule_anchors.page_of(i)}.md" not in made) == []


def test_every_page_is_of_a_finding(handbook: tuple[Catalog, dict[str, str]]) -> None:
    catalog, made = handbook
    reached = {f"{rule_anchors.page_of(i)}.md" for i in rule_ids(catalog)}
    assert reached == {f"{place}.md" for place in places_of(catalog)}
    assert {n for n in made if not n.endswith("README.md")} == reached


def test_a_code_of_a_delivery_has_one_page() -> None:
    codes = (
        *delivery_codes.REFUSALS,
        *delivery_codes.OUTCOMES,
        *delivery_codes.REMARKS,
    )
    assert sorted(code.page for code in codes) == sorted(delivery_codes.PAGES)


def test_a_refusal_is_made_of_its_code_only() -> None:
    made = [
        (path.name, node.lineno)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", None) == "BatchRefused"
        and node.args
        and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert made == []


@pytest.mark.parametrize(
    ("catalog", "dataset"),
    ENTRIES,
    ids=[f"{c.jurisdiction.id}-{d.id}" for c, d in ENTRIES],
)
def test_every_example_is_true(
    settings: Settings, catalog: Catalog, dataset: Dataset, complete: bool
) -> None:
    if not complete and catalog.jurisdiction.id != "guiyang":
        pytest.skip("only Guiyang's without --complete")
    rules = [one for one in listed(catalog, dataset) if one.cases]
    wrong = [(one.rule.rule_id, c.wrong) for one in rules for c in one.cases]
    right = [(one.rule.rule_id, c.right) for one in rules for c in one.cases]
    silent = {r for r, ids in judged(settings, catalog, dataset, wrong) if r not in ids}
    assert silent == set(), "the wrong example does not break its rule"
    false = {r for r, ids in judged(settings, catalog, dataset, right) if r in ids}
    assert false == set(), "the right example breaks its rule"


@pytest.mark.parametrize(
    ("catalog", "dataset"),
    ENTRIES,
    ids=[f"{c.jurisdiction.id}-{d.id}" for c, d in ENTRIES],
)
def test_a_rule_without_example_is_one_that_no_cell_breaks(
    catalog: Catalog, dataset: Dataset
) -> None:
    bare = [one.rule for one in listed(catalog, dataset) if not one.cases]
    for rule in bare:
        if rule.judgement in WHOLE:
            continue
        kind = rule.rule_id.rpartition(".")[2]
        assert kind == "length", rule.rule_id
        item = dataset.item(str(rule.item))  # the values of its code list all fit
        codes = Values(catalog, dataset).codes(item).values
        assert max(len(c.code) for c in codes) <= (item.length or 0)


def judged(
    settings: Settings,
    catalog: Catalog,
    dataset: Dataset,
    cases: list[tuple[str, tuple[examples.Row, ...]]],
) -> list[tuple[str, set[str]]]:
    """Judge the rows of examples as one delivery; the rest of each row is in order.

    Returns:
        For each example its rule and the rules that any of its rows breaks.
    """
    values = Values(catalog, dataset)
    required = [i for i in dataset.items if i.required or i.id in dataset.key]
    rows, places_of = [], []
    for number, (rule_id, changes) in enumerate(cases, 1000):
        rest = {i.id: values.right(i, number) for i in required}
        places_of.append((rule_id, range(len(rows), len(rows) + len(changes))))
        rows += [{**rest, **change} for change in changes]
    broken = broken_rules(settings, catalog, dataset, rows)
    return [(r, set().union(*(broken[i] for i in where))) for r, where in places_of]


def broken_rules(
    settings: Settings, catalog: Catalog, dataset: Dataset, rows: list[dict[str, str]]
) -> list[set[str]]:
    """Judge rows as a night does; give the rules that each breaks."""
    names = [*(i.id for i in dataset.items), OPERATION]
    schema = pa.schema([*TEXT_COLUMNS, *((n, pa.string()) for n in names)])
    content = [
        {"source_row": i + 2, **{k: v or None for k, v in row.items()}}
        for i, row in enumerate(rows)
    ]
    text = pa.Table.from_pylist(content, schema)
    known = regions.load(REPOSITORY / "catalog" / "regions.csv")
    owner = dataset.providers[0]
    typed = parse(text, dataset, catalog, owner, b"key", known)
    sheet = SheetReading(None, 1, (), len(rows), None, ())
    reading = Reading("text", "utf-8", ",", dataset.id, (sheet,), len(rows), 0)
    batch = BatchInput("b", NIGHT, owner, dataset.id, "b.csv")
    (right,) = examples.known_name(Values(catalog, dataset)).right
    subject = dataset.subject
    known = (right[subject.uscc], right[subject.name])
    register = register_of(Path(tempfile.mkdtemp(dir=settings.data)), known)
    with Validator(settings, catalog) as validator:
        result = validator.check(batch, text, typed, reading, register)
    assert result.batch_refusal is None
    broken: list[set[str]] = [set() for _ in rows]
    for finding in result.findings.to_pylist():
        broken[finding["source_row"] - 2].add(finding["rule_id"])
    return broken


def test_a_rule_of_a_file_may_bring_its_own_example() -> None:
    own = RuleExample(wrong={"fine": "3"}, right={"fine": "5"})
    rule = Rule(**{**RULES[0].model_dump(), "example": own.model_dump()})
    dataset = make_dataset()
    page = write.markdown(make_catalog(dataset, (rule,)))[f"penalty/{rule.id}.md"]
    assert "| 罚款金额 | 3 | 5 |" in page


def test_an_example_shows_no_identity_number(
    handbook: tuple[Catalog, dict[str, str]],
) -> None:
    _, made = handbook
    number = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
    found = {n for text in made.values() for n in number.findall(text)}
    assert found == {"915201007411019254"}  # a credit code
    assert any("110105\\*" in text for text in made.values())


def test_a_page_says_what_the_rule_says() -> None:
    dataset = make_dataset()
    catalog = make_catalog(dataset)
    (rule,) = [
        r for r in suite_of(dataset, catalog) if r.rule_id == "penalty.fine.range"
    ]
    page = write.markdown(catalog)["penalty/fine.range.md"]
    said = (rule.description, rule.description_en, rule.wording.message, rule.clause)
    assert all(words in page for words in said)
    assert "| 罚款金额 | -1 |" in page
    assert "| 罚款金额 | 1001 |" in page
    assert "不小于 0、不大于 1,000（单位：万元）" in page


def test_the_tolerance_of_a_rule_is_told() -> None:
    (rule, *_) = suite_of(make_dataset(), make_catalog(make_dataset()))
    assert rule.mostly == 1.0
    page = next(
        p for c in write.handbook(make_catalog(make_dataset())) for p in c.pages
    )
    assert write.tolerance(page) == "按行判断，不因比例整批退回"
    strict = replace(page, mostly=0.995, from_rows=50)
    told = "满 50 行的，不合格的行超过 0.50% 时整批退回"
    assert write.tolerance(strict) == told


class Links(HTMLParser):
    """Gathers what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [v for k, v in attrs if k in ("href", "src") and v]


def test_html_refers_only_to_pages_that_are_there(tmp_path: Path) -> None:
    catalog = make_catalog(make_dataset())
    write.put_html(catalog, tmp_path / "rules")
    pages = sorted((tmp_path / "rules").rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?:https?:)?//[a-z]", text), page
        links = Links()
        links.feed(text)
        assert links.found
        for link in links.found:
            assert (page.parent / link).resolve().is_file(), (page, link)
    styles = (tmp_path / "rules" / write.STYLES).read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(", styles)


def test_html_is_written_once_per_version_of_catalogue_and_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = make_catalog(make_dataset())
    folder = tmp_path / "rules"
    write.put_html(catalog, folder)
    (folder / "index.html").write_text("kept")
    write.put_html(catalog, folder)
    assert (folder / "index.html").read_text() == "kept"
    monkeypatch.setattr("guiji.__version__", "99")
    write.put_html(catalog, folder)
    assert "数据校验规则" in (folder / "index.html").read_text(encoding="utf-8")


def test_a_folder_with_pages_of_some_datasets_gets_those_only(tmp_path: Path) -> None:
    other = make_dataset().model_copy(update={"id": "other"})
    catalog = make_catalog(make_dataset())
    both = {**catalog.datasets, other.id: other}
    catalog = catalog.model_copy(update={"datasets": both})
    root = write.put_markdown(catalog, tmp_path / "all")
    assert (root / "other" / "README.md").exists()
    (tmp_path / "some" / root.name / "penalty").mkdir(parents=True)
    root = write.put_markdown(catalog, tmp_path / "some")
    assert (root / "penalty" / "README.md").exists()
    assert not (root / "other").exists()
    assert "other/" not in (root / "README.md").read_text(encoding="utf-8")


def test_pages_of_rules_that_went_go_and_notes_stay(tmp_path: Path) -> None:
    dataset = make_dataset()
    root = write.put_markdown(make_catalog(dataset), tmp_path)
    (root / "notes.md").write_text("by hand", encoding="utf-8")
    assert (root / "penalty" / "decided_since_1949.md").exists()
    write.put_markdown(make_catalog(dataset, RULES[:2]), tmp_path)
    assert not (root / "penalty" / "decided_since_1949.md").exists()
    assert (root / "penalty" / "decided_by_tonight.md").exists()
    assert (root / "notes.md").read_text(encoding="utf-8") == "by hand"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (None, "rules/0/penalty/uscc.form.html"),
        ("https://dq.example/", "https://dq.example/rules/0/penalty/uscc.form.html"),
    ],
)
def test_a_receipt_can_name_the_page(base: str | None, expected: str) -> None:
    catalog = make_catalog(make_dataset())
    here: Any = catalog.jurisdiction.model_copy(update={"rule_pages": base})
    served = catalog.model_copy(update={"jurisdiction": here})
    assert rule_anchors.rule_page(served, "penalty.uscc.form") == expected


def test_markdown_shows_a_text_as_it_is() -> None:
    assert write.escaped("*a* | <b>\nc") == r"\*a\* \| \<b><br>c"
