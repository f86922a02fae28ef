"""The delivery that P11 checks: licences in a workbook as departments send them.

Title rows, a column 序号, date cells, a footer and known faults in two rows of a
hundred: what `guiji sample` makes of the catalogue in use, in one file.
"""

from datetime import date
from pathlib import Path

import numpy as np

from guiji.catalog import load
from guiji.catalog.model import Dataset
from guiji.core import settings
from guiji.domain import workdays
from guiji.sample import drafts, enterprises, places
from guiji.sample.deliver import Maker
from guiji.sample.layouts import Layout
from guiji.sample.written import SHEET

SEED = 20261122
NIGHT = date(2026, 11, 20)
DATASET, DEPARTMENT = "administrative_licence", "market_regulation"
SUBJECTS = 5_000
FILE = "行政许可信息.xlsx"
LAYOUT = Layout(".xlsx", title_rows=2, numbered=True, dates="cell", footer=True)
HEADING_ROW = LAYOUT.title_rows + 1
BELOW = 2
"""Lines of the footer."""

__all__ = ["BELOW", "HEADING_ROW", "SHEET", "dataset", "write"]


def dataset() -> Dataset:
    """Return the catalogue entry of the delivery."""
    return load.load(settings.current()).datasets[DATASET]


def write(folder: Path, rows: int) -> Path:
    """Write the workbook somewhere under a folder; return its path."""
    now = settings.current()
    catalog = load.load(now)
    codes = catalog.jurisdiction.region_codes
    where = places.places(codes, now.catalog / "regions.csv")
    made = enterprises.make(where, SUBJECTS, SEED, NIGHT)
    calendar = workdays.load(now.catalog / "workdays.csv")
    wish = drafts.Wish(
        catalog.datasets[DATASET],
        catalog.departments[DEPARTMENT],
        NIGHT,
        rows,
        LAYOUT,
        (0,),
        np.arange(SUBJECTS),
    )
    world = drafts.World(catalog, calendar, made, SEED)
    Maker(world, folder, ()).try_out(wish, FILE)
    return folder / "inbox" / DEPARTMENT / FILE
