"""An end of publication that a department states, held against the law's terms."""

from datetime import date

import pyarrow as pa
import pytest
from warehouse_catalog import catalog

from guiji.catalog.model import Catalog
from guiji.checking.findings import BatchInput, Source
from guiji.checking.row_stack import CheckedRows
from guiji.pipeline.batch import stated_terms
from guiji.reading.result import ColumnReading, Reading, SheetReading

PENALTY = "administrative_penalty"
NIGHT = date(2026, 11, 20)


@pytest.fixture
def entries() -> Catalog:
    regimes = [r.model_dump() for r in catalog().jurisdiction.term_regimes]
    regimes[1]["min_months"] = {"一般": 3, "严重": 12}
    return catalog(jurisdiction={"term_regimes": regimes})


@pytest.mark.parametrize(
    ("category", "stated", "is_told"),
    [
        ("罚款", date(2026, 5, 3), True),  # the day after the decision
        ("罚款", date(2026, 8, 1), True),
        ("罚款", date(2026, 8, 2), False),  # three months
        ("罚款", date(2027, 5, 2), False),  # a year
        ("罚款", date(2027, 5, 3), True),
        ("责令关闭", date(2027, 5, 1), True),  # severe: a year at least
        ("责令关闭", date(2029, 5, 2), False),
        ("警告；罚款", date(2026, 8, 2), False),
        ("警告", date(2026, 5, 3), False),  # is not published whatever it says
        ("罚款", None, False),
    ],
)
def test_an_end_outside_of_the_law_is_told(
    entries: Catalog, category: str, stated: date | None, is_told: bool
) -> None:
    rows = {
        "row_id": pa.array([0]),
        "source_sheet": pa.array(["Sheet1"]),
        "source_row": pa.array([2], pa.int32()),
        "penalty_category": pa.array([category]),
        "decided_on": pa.array([date(2026, 5, 2)]),
        "publicity_ends_on": pa.array([stated], pa.date32()),
        "publicity_ends_on__raw": pa.array([stated and f"{stated:%Y/%m/%d}"]),
    }
    column = ColumnReading("K", "公示截止期", "publicity_ends_on", True)
    sheet = SheetReading("Sheet1", 1, (column,), 1, None, ())
    reading = Reading("xlsx", None, None, PENALTY, (sheet,), 1, 0)
    batch = BatchInput("b", NIGHT, "ecology_environment", PENALTY, "处罚.xlsx")
    source = Source(batch, entries.datasets[PENALTY], reading)
    typed = pa.table(rows)
    (found,) = stated_terms.found([CheckedRows(source, typed, typed)], entries)
    assert bool(len(found)) is is_told
    for finding in found.to_pylist():
        assert finding["rule_id"] == f"{PENALTY}.publicity_ends_on.outside_term"
        assert (finding["severity"], finding["source_column"]) == ("warning", "K")
        assert finding["value"] == f"{stated:%Y/%m/%d}"
        assert "法定" in finding["message"]


def test_without_a_shortest_term_nothing_is_told() -> None:
    dataset = catalog().datasets[PENALTY]
    batch = BatchInput("b", NIGHT, "ecology_environment", PENALTY, "处罚.xlsx")
    source = Source(batch, dataset, Reading("xlsx", None, None, PENALTY, (), 0, 0))
    rows = CheckedRows(source, pa.table({}), pa.table({}))
    assert [*map(len, stated_terms.found([rows], catalog()))] == [0]
