"""How a dataset is read from a department's database (数据自动采集).

What is read is a table or view, or the one SELECT of a file under
`sql/extracts/<jurisdiction>/`.

Source: 筑府办发〔2016〕39号 三(三)4 (GY2).
"""

from typing import Self

import pydantic

from guiji.catalog.base import Identifier, Model
from guiji.catalog.vocabulary import UpdateCycle

MOST_ROWS = 20_000_000


class Extract(Model):
    """How a dataset is read from a department's database; `table` or `sql` is given."""

    department: Identifier
    connection: Identifier
    """Airflow connection id."""

    table: str | None = None
    """Table or view, with its schema where it has one."""

    sql: str | None = pydantic.Field(default=None, pattern=r"^[a-z][a-z0-9_]*\.sql$")
    """A file of `sql/extracts/<jurisdiction>/` with one SELECT."""

    watermark: str | None = None
    """Column that says when a row last changed; None = all rows each time."""

    overlap_hours: int = pydantic.Field(default=2, ge=0)
    """Hours before the last watermark that are read again: longer than the longest
    transaction of the department's system."""

    cycle: UpdateCycle | None = None
    """How often it is read; None = the dataset's update cycle."""

    sweep: UpdateCycle | None = None
    """How often the keys of all rows are compared with what was collected, and what
    has vanished is revoked; None = never."""

    most_rows: int = pydantic.Field(default=MOST_ROWS, ge=1)
    """More rows than these are a mistake in the query: nothing is taken."""

    columns: dict[Identifier, str] = {}
    """Item -> column, where the column is not the item's code in lower case."""

    @pydantic.model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.table is None) == (self.sql is None):
            raise ValueError("give either `table` or `sql`")
        return self

    @property
    def source(self) -> str:
        """What it is called in names of files and in the ledger: table or file."""
        return self.table or (self.sql or "").removesuffix(".sql")
