"""Evidence pages of a night's checks: Great Expectations' Data Docs, without a network.

A dataset has one page per night, with a section per delivery.

Great Expectations renders each result; its page frame, which would fetch scripts,
fonts and a tracking image from sixteen addresses, is replaced by one of ours, and what
it says in English around the rules is said in Chinese. The pages hold counts only.
"""

import re
import shutil
import warnings
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import jinja2

from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Severity
from guiji.catalog.words import say
from guiji.checking import rule_anchors
from guiji.checking.gx.expectations import gx
from guiji.context import NightContext
from guiji.core import business_date, files
from guiji.ledger.batch_ids import BatchId
from guiji.reports import night_results
from guiji.reports.rule_docs.pages import places_of

with warnings.catch_warnings():
    # What Great Expectations and its dependencies deprecate is theirs to mend.
    warnings.simplefilter("ignore")
    from great_expectations.core.expectation_validation_result import (
        ExpectationSuiteValidationResult,
        expectationSuiteValidationResultSchema,
    )
    from great_expectations.render.renderer import (  # type: ignore[attr-defined]
        ExpectationSuitePageRenderer,
        ValidationResultsPageRenderer,
    )
    from great_expectations.render.view import (  # type: ignore[attr-defined]
        DefaultJinjaPageView,
    )

STATIC = (
    "bootstrap.min.css",
    "bootstrap.LICENSE.txt",
    "NOTICE.txt",
    "site.css",
    "site.js",
)

CHINESE = (
    ("Expectation Validation Result", "校验结果"),
    (
        "Evaluates whether a batch of data matches expectations.",
        "逐条核对当夜各批数据是否符合采集目录。",
    ),
    (
        "A collection of Expectations defined for batches of data.",
        "本数据集的全部规则，以不合格时的提示表示。",
    ),
    ("Table-Level Expectations", "整表规则"),
    ("Table of Contents", "目录"),
    ("Validation Filter:", "筛选："),
    ("Show All", "全部"),
    ("Failed Only", "未通过"),
    ("Unsuccessful Expectations", "未通过"),
    ("Successful Expectations", "通过"),
    ("Evaluated Expectations", "规则总数"),
    ("Success Percent", "通过率"),
    ("Show more info...", "更多信息"),
    ("Expectation Suite:", "规则集："),
    ("Expectation Suite Name", "规则集"),
    ("Expectation Suite", "规则集"),
    ("Data asset:", "批次："),
    ("Observed Value", "实测"),
    ("Great Expectations Version", "Great Expectations 版本"),
    ("Batch Spec", "批次"),
    ("data_asset_name", "编号"),
    ("Run Name", "批次"),
    ("Run Time", "校验之夜"),
    ("Statistics", "统计"),
    ("Overview", "概览"),
    ("Actions", "操作"),
    ("Status:", "结论："),
    ("Succeeded", "通过"),
    ("Failed", "未通过"),
)
"""Phrases of the page frame, longer ones before those that they contain."""

_CELLS = (
    ("Status", "结论"),
    ("Expectation", "不合格时的提示"),
    ("Info", "信息"),
    ("Notes", "备注"),
)
_UNEXPECTED = re.compile(r"([\d.,<≈ ]+)% unexpected")
_FOUND = re.compile(r"([\d,]+) unexpected values found\.")
_OF_ROWS = re.compile(r"≈?([\d.,<]+)% of ([\d,]+) total rows\.")
_CONTAINS = re.compile(
    r"This Expectation suite currently contains (\d+) total Expectations across (\d+)"
    r" columns\."
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SUITE_NAME = re.compile(r'(href="\.\./expectations/[^>]*>)[^<]*<')
_SUITE_LINK = re.compile(r'href="[./]*/expectations/')


RULES = "../../rules"
"""From the folder of a night's evidence pages to the pages of rules."""

_BOILERPLATE = re.compile(
    r' id="section-\d+-content-block-\d+(?:-cell-[\d-]+|-body|-header)?"'
    r'|\sdata-(?:toggle="table"|(?:search|sortable|icon-size)="\w*")'
)
"""Attributes that nothing refers to: half of what Great Expectations renders."""

_RULE = re.compile(r"⟦([^⟦⟧]+)⟧")


def build(context: NightContext) -> Path:
    """Write the evidence pages of a night from the stored results of its batches.

    Args:
        context: settings, where batches and dashboards are; catalogue, titles of
            datasets and departments, and the version whose pages of rules are linked; a
            rule that it does not have is named without a link; night, the night.

    Returns:
        The folder `dashboards/<night>/gx`, replaced as a whole; the same results give
        the same bytes.
    """
    target = context.settings.dashboards / context.night.isoformat() / "gx"
    staging = target.with_name(".gx.tmp")
    shutil.rmtree(staging, ignore_errors=True)
    results = {
        path.parent.name: files.read_json(path)
        for path in sorted(context.settings.batches.glob(f"{context.night}-*/gx.json"))
    }
    site = _Site(context.catalog, places_of(context.catalog))
    by_dataset: dict[str, dict[str, Any]] = {}
    for batch_id, result in results.items():
        by_dataset.setdefault(result["suite_name"], {})[batch_id] = result
    for name, of_dataset in by_dataset.items():
        page = _validation(site, name, context.night, of_dataset)
        files.write_text(staging / "validations" / f"{name}.html", page)
        page = _suite(site, night_results.together(of_dataset.values()))
        files.write_text(staging / "expectations" / f"{name}.html", page)
    files.write_text(
        staging / "index.html", _index(context.catalog, context.night, results)
    )
    for name in STATIC:
        text = _resource(name)
        files.write_text(staging / "static" / name, text)
    shutil.rmtree(target, ignore_errors=True)
    staging.rename(target)
    return target


def _resource(name: str) -> str:
    return (resources(__package__) / "data_docs_pages" / name).read_text(
        encoding="utf-8"
    )


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, keep_trailing_newline=True)
    return environment.from_string(_resource(name))


def _framed(title: str, content: str, root: str = "../") -> str:
    return _template("page.html.j2").render(
        title=title,
        content=content,
        root=root,
        version=gx.__version__,
    )


@dataclass(frozen=True)
class _Site:
    """What pages name: titles of the catalogue, and places that have a rule's page."""

    catalog: Catalog
    places: frozenset[str]


def _validation(
    site: _Site, dataset: str, night: date, results: dict[str, dict[str, Any]]
) -> str:
    """Render the page of a dataset: all its deliveries together, then each."""
    title = _title(site.catalog, dataset)
    name = f"{title}，共 {len(results)} 批"
    run = {"run_name": name, "run_time": business_date.instant(night).isoformat()}
    document = _told(night_results.together(results.values()))
    document["meta"] = {
        **document["meta"],
        "run_id": run,
        "batch_spec": {"data_asset_name": name},
    }
    main = _main(site, ValidationResultsPageRenderer(), _loaded(document))
    main = _SUITE_NAME.sub(rf"\1{title}<", main)
    deliveries = _template("deliveries.html.j2").render(
        batches=[_delivery(site, *of_batch) for of_batch in results.items()], say=say
    )
    return _framed(f"{title} {night}", main + deliveries)


def _delivery(site: _Site, batch_id: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of its dataset says of one delivery."""
    return {
        "id": batch_id,
        "department": _department(site.catalog, batch_id),
        "rows": _rows(result),
        "rules": result["statistics"]["evaluated_expectations"],
        "broken": [
            {
                "id": night_results.rule_of(one),
                "severity": Severity(one["expectation_config"]["severity"]),
                "description": one["expectation_config"]["description"],
                "page": _rule_page(site, night_results.rule_of(one)),
                "faults": one["result"].get("unexpected_count"),
                "percent": one["result"].get("unexpected_percent"),
            }
            for one in result["results"]
            if not one["success"]
        ],
    }


def _rule_page(site: _Site, rule_id: str) -> str | None:
    """Return the way from a page of evidence to a rule's page, if it has one."""
    place = rule_anchors.page_of(rule_id)
    if place not in site.places:
        return None
    return f"../{RULES}/{site.catalog.version}/{place}.html"


def _suite(site: _Site, result: dict[str, Any]) -> str:
    """Render the page of a suite."""
    title = _title(site.catalog, result["suite_name"])
    configs = [r.expectation_config for r in _loaded(_told(result)).results]
    suite = gx.ExpectationSuite(
        name=title,
        expectations=[c.to_domain_obj() for c in configs if c is not None],
    )
    main = _main(site, ExpectationSuitePageRenderer(), suite)
    return _framed(f"规则集 {title}", main)


def _title(catalog: Catalog, dataset: str) -> str:
    """Name a suite as people do; one whose dataset is gone by its id."""
    entry = catalog.datasets.get(dataset)
    return entry.title if entry else dataset


def _loaded(result: dict[str, Any]) -> ExpectationSuiteValidationResult:
    loaded: ExpectationSuiteValidationResult
    loaded = expectationSuiteValidationResultSchema.load(result)
    return loaded


def _told(result: dict[str, Any]) -> dict[str, Any]:
    """Replace the columns of the staged table by the titles of their items."""
    return {**result, "results": [_told_rule(outcome) for outcome in result["results"]]}


def _told_rule(row: dict[str, Any]) -> dict[str, Any]:
    config = row["expectation_config"]
    meta, kwargs = config["meta"], dict(config["kwargs"])
    if "column" in kwargs:
        kwargs["column"] = meta["title"]
    said = (config["severity"], meta["dimension"], meta["rule_id"])
    description = f"{config['description']}⟦{'|'.join(said)}⟧"
    outcome = dict(row["result"])
    if isinstance(outcome.get("observed_value"), list):
        outcome["observed_value"] = f"{len(outcome['observed_value'])} 列"
        outcome.pop("details", None)
    shown = {**config, "kwargs": kwargs, "description": description}
    return {**row, "expectation_config": shown, "result": outcome}


@cache
def _view() -> Any:
    """Make the renderer of pages once: its templates take long to compile."""
    return DefaultJinjaPageView()


def _main(site: _Site, renderer: Any, content: Any) -> str:
    """Render the body of a page, in Chinese, the same every time."""
    page = _view().render(renderer.render(content))
    first = page.index('<div class="container-fluid')
    main = page[first : page.rindex("<footer>")]
    main = re.sub(r"<script>.*?</script>", "", main, flags=re.DOTALL)
    main = re.sub(r"<input[^>]*>", "", main)
    main = main.replace('onclick="showAllValidations()"', 'data-filter="all"')
    main = main.replace('onclick="hideSucceededValidations()"', 'data-filter="failed"')
    main = _SUITE_LINK.sub('href="../expectations/', main)
    main = _BOILERPLATE.sub("", main).replace("<br><br>", "")
    main = re.sub(r"\s*\n\s*", "\n", main)
    main = _numbered(_translated(main))
    return _RULE.sub(lambda match: _marked(site, match[1]), main)


def _marked(site: _Site, said: str) -> str:
    """Return severity, dimension and id of a rule, the id linked to its page."""
    severity, dimension, rule_id = said.split("|")
    badge = say(Severity(severity))
    identity = f"<code>{rule_id}</code>"
    if path := _rule_page(site, rule_id):
        identity = f'<a class="rule" href="{path}">{identity}</a>'
    return (
        f'<span class="about"><b class="{severity}">{badge}</b>'
        f"<span>{dimension}</span>{identity}</span>"
    )


def _translated(main: str) -> str:
    for english, chinese in CHINESE:
        main = main.replace(english, chinese)
    for english, chinese in _CELLS:
        main = re.sub(rf">(\s*){english}(\s*)<", rf">\1{chinese}\2<", main)
    main = _CONTAINS.sub(r"共 \1 条规则，涉及 \2 个信息项。", main)
    main = _UNEXPECTED.sub(r"\1% 不合格", main)
    main = _FOUND.sub(r"不合格 \1 行，", main)
    return _OF_ROWS.sub(r"占全部 \2 行的 \1%。", main)


def _numbered(main: str) -> str:
    """Replace random ids of elements by numbers in the order of the page."""
    seen: dict[str, str] = {}
    return _UUID.sub(lambda m: seen.setdefault(m[0], str(len(seen) + 1)), main)


def _index(catalog: Catalog, night: date, results: dict[str, dict[str, Any]]) -> str:
    batches = [
        {
            "id": batch_id,
            "department": _department(catalog, batch_id),
            "suite": result["suite_name"],
            "title": _title(catalog, result["suite_name"]),
            "rows": _rows(result),
            "rules": result["statistics"]["evaluated_expectations"],
            "failed": _failed(result),
        }
        for batch_id, result in results.items()
    ]
    content = _template("index.html.j2").render(
        night=night, batches=batches, severities=tuple(Severity), say=say
    )
    return _framed(night.isoformat(), content, "")


def _department(catalog: Catalog, batch_id: str) -> str:
    """Return the title of a batch's department."""
    identity = BatchId.parse(batch_id).department
    entry = catalog.departments.get(identity)
    return entry.title if entry else identity


def _failed(result: dict[str, Any]) -> dict[Severity, int]:
    """Count the rules that are broken by what breaking them does."""
    counts = dict.fromkeys(Severity, 0)
    for outcome in result["results"]:
        if not outcome["success"]:
            counts[Severity(outcome["expectation_config"]["severity"])] += 1
    return counts


def _rows(result: dict[str, Any]) -> int:
    """Return the rows that were judged; rules on facts of the delivery have one row."""
    for outcome in result["results"]:
        if outcome["expectation_config"]["meta"]["rule_id"].endswith(".table.rows"):
            return int(outcome["result"].get("observed_value", 0))
    return 0
