"""The small sample that the tests here look at."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from guiji.catalog.model import Catalog
from guiji.core.settings import Settings
from guiji.sample.generate import SampleResult

NIGHT = date(2026, 11, 19)
NEXT = date(2026, 11, 20)
ROWS = 1500
SEED = 5


@dataclass(frozen=True)
class Sample:
    """A sample whose first night is released."""

    settings: Settings
    catalog: Catalog
    result: SampleResult

    def truth(self, night: date = NIGHT) -> list[dict[str, object]]:
        path = self.settings.data / "sample" / f"truth-{night}.parquet"
        return list(pq.read_table(path).to_pylist())

    def expected(self, night: date = NIGHT) -> list[dict[str, object]]:
        path = self.settings.data / "sample" / f"deliveries-{night}.parquet"
        return list(pq.read_table(path).to_pylist())

    def path(self, line: dict[str, object]) -> Path:
        return self.settings.inbox / str(line["department"]) / str(line["file"])
