"""Every nasty workbook gets its verdict, quickly and in little memory."""

import time
from pathlib import Path

import pytest
from nasty import Nasty, bad_books, bombs, markup, odd_books
from nasty.workbooks import KINDS
from reading_samples import Drop

from guiji.errors import BatchRefused
from guiji.reading.limits import MIB
from guiji.reading.processes import children

SECONDS = 20
MEMORY = 1024 * MIB


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Peak memory of each reading process, as the kernel counted it."""
    peaks: list[int] = []
    ask = children.ask

    def noted(task: str) -> children.Ended | None:
        ended = ask(task)
        peaks.append(ended.peak_bytes if ended else 0)
        return ended

    monkeypatch.setattr(children, "ask", noted)
    return peaks


def test_no_kind_hides_another() -> None:
    parts = (odd_books.READ, bombs.KINDS, bad_books.REFUSED, markup.KINDS)
    assert len(KINDS) == sum(map(len, parts)) >= 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_nasty_workbook_gets_its_verdict(
    drop: Drop, cost: list[int], kind: str
) -> None:
    nasty = KINDS[kind]
    path = drop.folder / "nasty"
    nasty.build(path)
    began = time.monotonic()
    (_check_refused if nasty.code else _check_read)(drop, path, nasty)
    assert time.monotonic() - began < SECONDS
    assert len(cost) == 1
    assert 0 < cost[0] < MEMORY


def _check_refused(drop: Drop, path: Path, nasty: Nasty) -> None:
    with pytest.raises(BatchRefused) as caught:
        drop.read(path, name=nasty.name)
    refusal = caught.value
    assert refusal.code == nasty.code, str(refusal)
    assert refusal.notice.startswith(f"《{nasty.name}》")
    assert refusal.remedy.endswith("。")
    for words in nasty.says:
        assert words in refusal.notice + refusal.remedy
    assert list(drop.out.glob("*")) == []


def _check_read(drop: Drop, path: Path, nasty: Nasty) -> None:
    reading, rows = drop.read(path, name=nasty.name)
    expected = nasty.rows
    found = [
        {column: row.get(column) for column in wanted}
        for row, wanted in zip(rows, expected, strict=True)
    ]
    assert found == list(expected)
    assert tuple(r.code for r in reading.remarks) == nasty.remarks
    faults = [f for sheet in reading.sheets for f in sheet.faults]
    assert [(f.code, f.column, f.rows) for f in faults] == list(nasty.faults)
