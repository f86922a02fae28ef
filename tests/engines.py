"""Both engines for tests: what a model gives on one it must give on the other."""

from pathlib import Path

from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.open import open_spark

NAMES = ("duckdb", "spark")


def opened(name: str, spill: Path | None = None) -> Engine:
    """Open an engine; the Spark one on a server of its own in this process."""
    return DuckEngine(connect(spill)) if name == "duckdb" else open_spark(None, spill)
