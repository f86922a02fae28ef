"""Questions by hand: one file, one enterprise, one query, one id, everything."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guiji.context import Context
from guiji.core import business_date, settings
from guiji.core.errors import UsageError


def check_file(
    file: Path,
    dataset: str | None = None,
    department: str | None = None,
    returned: Path | None = None,
) -> dict[str, Any]:
    """Check one file as the coming night would, and leave nothing behind.

    Args:
        file: the file.
        dataset: what it must be; None = recognised.
        department: who would deliver it; None = anybody who provides such data.
        returned: where its returned workbook goes, if there is one; None = nowhere.

    Returns:
        The receipt that its department would get.

    Raises:
        UsageError: no such dataset or department.
    """
    from guiji.reading.processes import children

    children.prepare()  # it gets ready while this process loads the rest
    context = Context.current()
    from guiji.pipeline.batch import processors
    from guiji.pipeline.batch.pre_check import pre_check

    night = datetime.now(UTC).astimezone(business_date.SHANGHAI).date()
    with tempfile.TemporaryDirectory(prefix="guiji-check-") as folder:
        aside = replace(context.settings, data=Path(folder))
        with processors.for_one_file(context, aside) as processor:
            if department and department not in processor.context.catalog.departments:
                names = ", ".join(processor.context.catalog.departments)
                raise UsageError(f"no department {department!r}; there are {names}")
            if dataset and dataset not in processor.context.catalog.datasets:
                names = ", ".join(processor.context.catalog.datasets)
                raise UsageError(f"no dataset {dataset!r}; there are {names}")
            return pre_check(
                processor, aside, file, night, dataset, department, returned
            )


def returned_workbook(file: Path) -> Path:
    """Return where the returned workbook of a file that is checked by hand goes.

    Files of the same stem beside one another, a.csv and a.xlsx, have workbooks of names
    of their own.
    """
    from guiji.outbox.returned import workbook

    usual = file.with_name(workbook.name(file.name))
    beside = (other for other in file.parent.iterdir() if other.stem == file.stem)
    if any(other.name != file.name for other in beside):
        return file.with_name(f"{file.name}{workbook.SUFFIX}")
    return usual


def show(
    wanted: str,
    as_of: str | None = None,
    valid_on: str | None = None,
    *,
    history: bool = False,
) -> dict[str, Any]:
    """Gather everything held under an enterprise, as known on a day.

    Args:
        wanted: a credit code; else another number or a name of the enterprise.
        as_of: as known on this day; None = now.
        valid_on: of that, only what held good on this day.
        history: give all versions of each record.

    Returns:
        What `warehouse.show` gives, and `found`; if `wanted` is no credit code,
        `candidates`: the codes it belongs to. Of several none is shown.
    """
    from guiji.domain import uscc
    from guiji.warehouse import show as warehouse

    context = Context.current()
    known_on = business_date.parse(as_of) if as_of else None
    day = business_date.parse(valid_on) if valid_on else None
    code = uscc.normalise_one(wanted) or wanted
    extra: dict[str, Any] = {}
    if len(code) != uscc.LENGTH or not code.isascii():
        from guiji.warehouse.search import search

        candidates = search(context.settings, wanted, known_on)
        if len(candidates) != 1:
            return {"found": False, "uscc": wanted, "candidates": candidates}
        code, extra = candidates[0]["uscc"], {"candidates": candidates}
    answer = warehouse.show(
        context,
        code,
        known_on,
        valid_on=day,
        history=history,
    )
    is_found = bool(answer["enterprise"] or answer["datasets"])
    return {"found": is_found, **extra, **answer}


def sql(query: str) -> dict[str, list[Any]]:
    """Run a read-only query over the views; give `columns` and `rows`."""
    from guiji.warehouse.ask import ask

    table = ask(Context.current(), query)
    columns = table.column_names
    values = [c.to_pylist() for c in table.columns]
    return {"columns": columns, "rows": [list(r) for r in zip(*values, strict=True)]}


def explain(identity: str) -> dict[str, Any]:
    """Return how a batch, record, version or published line came about."""
    from guiji.warehouse import explain as warehouse

    context = Context.current()
    answer = {"id": identity, **warehouse.explain(context, identity)}
    if answer["kind"] == "batch":
        delivery = context.ledger.delivery(identity)
        answer["trace"] = [
            {"at": e.at, "kind": e.kind, "details": e.details}
            for e in context.ledger.entries(subject=delivery.delivery_id)
        ]
    return answer


def verify() -> list[str]:
    """List every difference between what is stored and what was recorded."""
    from guiji.pipeline import verification

    return verification.verify(Context.current())


def results(night: str) -> list[str]:
    """Describe where a night's results are, one line each."""
    now = settings.current()
    places = {
        "通报 circular": now.reports / night / "circular.html",
        "通报 workbook": now.reports / night / "circular.xlsx",
        "公示 publication": now.publication / night / "manifest.json",
        "看板 dashboard": now.dashboards / night / "index.html",
        "回执 receipts": now.outbox,
    }
    return [f"{k}: {p if p.exists() else '—'}" for k, p in places.items()]


def report_period(period: str, known_on: str | None = None) -> dict[str, str]:
    """Recompute the circular of a past period, as known then or on another day.

    A period is a month, a quarter or days in a row: 2026-10, 2026-Q4,
    2026-10-01..2026-10-15.

    Catalogue and calendar are those of the last night up to that day. Nothing is
    overwritten: other versions, and another outcome, have a folder of their own.

    Raises:
        UsageError: it is no period, or it or the day is still to come.
        CatalogError: an older release did not keep what that night used.
    """
    from guiji.pipeline import catalog_versions
    from guiji.reports import circular, periods

    asked = business_date.parse(known_on) if known_on else None
    today = business_date.today(datetime.now(UTC))
    covered = periods.read(period).until(asked, today)
    known = asked or covered.last
    context = catalog_versions.known_on(Context.current().at(covered.last), known)
    return circular.build(context, covered, known).named()
