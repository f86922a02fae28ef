"""Every nasty workbook gets its verdict, quickly and in little memory."""

import pytest
from nasty import bad_books, bombs, markup, odd_books, verdict
from nasty.workbooks import KINDS
from reading_samples import Drop

from guiji.reading.limits import MIB
from guiji.reading.processes import children

SECONDS = 20
MEMORY = 1024 * MIB


@pytest.fixture
def results(monkeypatch: pytest.MonkeyPatch) -> list[children.ProcessResult | None]:
    """What the kernel counted of each reading process."""
    results: list[children.ProcessResult | None] = []
    ask = children.ask

    def noted(task: str) -> children.ProcessResult | None:
        results.append(ask(task))
        return results[-1]

    monkeypatch.setattr(children, "ask", noted)
    return results


def test_no_kind_hides_another() -> None:
    parts = (odd_books.READ, bombs.KINDS, bad_books.REFUSED, markup.KINDS)
    assert len(KINDS) == sum(map(len, parts)) >= 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_nasty_workbook_gets_its_verdict(
    drop: Drop, results: list[children.ProcessResult | None], kind: str
) -> None:
    nasty = KINDS[kind]
    path = drop.folder / "nasty"
    nasty.build(path)
    verdict.check(drop, path, nasty)
    (result,) = results
    assert result is not None
    assert result.cpu_seconds < SECONDS
    assert 0 < result.peak_bytes < MEMORY
