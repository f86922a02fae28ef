"""Every nasty workbook gets its verdict, quickly and in little memory."""

import time

import pytest
from nasty import bad_books, bombs, markup, odd_books, verdict
from nasty.workbooks import KINDS
from reading_samples import Drop

from guiji.reading.limits import MIB
from guiji.reading.processes import children

SECONDS = 20
MEMORY = 1024 * MIB


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Peak memory of each reading process, as the kernel counted it."""
    peaks: list[int] = []
    ask = children.ask

    def noted(task: str) -> children.ProcessResult | None:
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
    verdict.check(drop, path, nasty)
    assert time.monotonic() - began < SECONDS
    assert len(cost) == 1
    assert 0 < cost[0] < MEMORY
