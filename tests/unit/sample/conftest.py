"""One small sample of two nights, made once, and a way to look into its files."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sample_world import NEXT, ROWS, SEED, Sample
from settings_builders import settings_in

from guiji.catalog import load
from guiji.sample.generate import generate

Grid = list[list[object]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    settings = settings_in(tmp_path_factory.mktemp("sample") / "data")
    catalog = load.load(settings)
    return Sample(settings, catalog, generate(settings, catalog, ROWS, SEED, 2, NEXT))


def _text(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(b"\xff\xfe"):
        return content.decode("utf-16")
    if content.startswith(b"\xef\xbb\xbf"):
        return content.decode("utf-8-sig", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("gb18030")


@pytest.fixture(scope="session")
def cells() -> Callable[[Path, str | None], Grid]:
    """Open a file as a clerk would: row 1 is its first line, A its first column."""
    opened: dict[tuple[Path, str | None], Grid] = {}

    def look(path: Path, sheet: str | None) -> Grid:
        if (path, sheet) not in opened:
            if sheet is None:
                delimiter = "\t" if path.suffix == ".txt" else ","
                lines = csv.reader(io.StringIO(_text(path)), delimiter=delimiter)
                opened[path, sheet] = [list(line) for line in lines]
            else:
                rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
                opened[path, sheet] = [list(row) for row in rows]
        return opened[path, sheet]

    return look
