"""Questions by hand: one file, one enterprise, one query, one id, everything."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guiji import nights, settings
from guiji.errors import UsageError
from guiji.steps import opening


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
    from guiji import arrow_alone
    from guiji.reading.processes import children

    children.prepare()  # it gets ready while this process loads the rest
    arrow_alone.settle()
    from guiji.batch.pre_check import pre_check

    night = datetime.now(UTC).astimezone(nights.SHANGHAI).date()
    with tempfile.TemporaryDirectory(prefix="guiji-check-") as folder:
        aside = replace(settings.current(), data=Path(folder))
        with opening.trial_desk(aside) as desk:
            if department and department not in desk.catalog.departments:
                known = ", ".join(desk.catalog.departments)
                raise UsageError(f"no department {department!r}; there are {known}")
            if dataset and dataset not in desk.catalog.datasets:
                known = ", ".join(desk.catalog.datasets)
                raise UsageError(f"no dataset {dataset!r}; there are {known}")
            return pre_check(desk, aside, file, night, dataset, department, returned)


def returned_workbook(file: Path) -> Path:
    """Tell where the returned workbook of a file that is checked by hand goes.

    Files of the same stem beside one another, a.csv and a.xlsx, have workbooks of names
    of their own.
    """
    from guiji.intake.returned import workbook

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

    now = settings.current()
    known = nights.parse(as_of) if as_of else None
    day = nights.parse(valid_on) if valid_on else None
    code = uscc.normalise_one(wanted) or wanted
    told: dict[str, Any] = {}
    if len(code) != uscc.LENGTH or not code.isascii():
        from guiji.warehouse.search import search

        candidates = search(now, wanted, known)
        if len(candidates) != 1:
            return {"found": False, "uscc": wanted, "candidates": candidates}
        code, told = candidates[0]["uscc"], {"candidates": candidates}
    held = warehouse.show(
        now, opening.catalog(), code, known, valid_on=day, history=history
    )
    found = bool(held["enterprise"] or held["datasets"])
    return {"found": found, **told, **held}


def sql(query: str) -> dict[str, list[Any]]:
    """Run a read-only query over the views; give `columns` and `rows`."""
    from guiji.warehouse.ask import ask

    table = ask(settings.current(), opening.catalog(), query)
    columns = table.column_names
    values = [c.to_pylist() for c in table.columns]
    return {"columns": columns, "rows": [list(r) for r in zip(*values, strict=True)]}


def explain(identity: str) -> dict[str, Any]:
    """Tell how a batch, record, version or published line came about."""
    from guiji.warehouse import explain as warehouse

    now, ledger = settings.current(), opening.ledger()
    told = {"id": identity, **warehouse.explain(now, opening.catalog(), identity)}
    if told["kind"] == "batch":
        delivery = ledger.delivery(identity)
        told["trace"] = [
            {"at": e.at, "kind": e.kind, "details": e.details}
            for e in ledger.entries(subject=delivery.delivery_id)
        ]
    return told


def verify() -> list[str]:
    """List every difference between what is stored and what was recorded."""
    from guiji import verify as whole

    return whole.verify(settings.current(), opening.catalog(), opening.ledger())


def sample(rows: int, seed: int, nights_in_a_row: int, last_night: str) -> list[str]:
    """Write realistic drops and department databases with known faults.

    Returns:
        Lines that say what was written where.
    """
    from guiji.sample.generate import folder, generate

    now = settings.current()
    made = generate(
        now, opening.catalog(), rows, seed, nights_in_a_row, nights.parse(last_night)
    )
    return [
        f"报送 deliveries: {made.deliveries}, 行 rows: {made.rows}, {now.inbox}",
        f"已知问题 known faults: {made.faults}, {folder(now)}",
    ]


def release_sample(night: str) -> str:
    """Drop a generated night that waits: files into inboxes, rows into databases."""
    from guiji.sample.generate import release

    touched = release(settings.current(), nights.parse(night))
    return f"报送 files and databases: {touched}, {night}"


def results(night: str) -> list[str]:
    """Say where a night's results are, one line each."""
    now = settings.current()
    places = {
        "通报 circular": now.reports / night / "circular.html",
        "通报 workbook": now.reports / night / "circular.xlsx",
        "公示 publication": now.publication / night / "manifest.json",
        "看板 dashboard": now.dashboards / night / "index.html",
        "回执 receipts": now.outbox,
    }
    return [f"{k}: {p if p.exists() else '—'}" for k, p in places.items()]
