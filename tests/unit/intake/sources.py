"""The table of decisions that departments' databases hold, of every kind."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from guiji.catalog.model import Dataset
from guiji.intake.databases.deletion_detection import DeletionComparison

Fill = Callable[..., None]
"""Writes decisions (number, fine) that changed at a time."""

CODE = "91520300214780567N"
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
TABLE = sa.Table(
    "share_penalty",
    sa.MetaData(),
    sa.Column("company", sa.String(50)),
    sa.Column("cf_xdr_shxym", sa.String(50)),
    sa.Column("cf_wsh", sa.String(50)),
    sa.Column("cf_jdrq", sa.Date),
    sa.Column("cf_fk", sa.Numeric(12, 4)),
    sa.Column("updated_at", MOMENT),
)


def decision(changed: str, number: str, fine: str) -> dict[str, Any]:
    """One row of the table."""
    return {
        "company": "甲,乙“公司”",
        "cf_xdr_shxym": CODE,
        "cf_wsh": number,
        "cf_jdrq": date(2026, 11, 2),
        "cf_fk": Decimal(fine),
        "updated_at": datetime.fromisoformat(changed),
    }


def no_sweep(
    dataset: Dataset, department: str, extracted: pa.Table, present: Path
) -> DeletionComparison:
    """Stands for the warehouse where no sweep is due."""
    raise AssertionError(f"{dataset.id} of {department} was swept")
