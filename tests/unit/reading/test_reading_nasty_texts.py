"""Every nasty text file gets its verdict, quickly and in little memory."""

import resource
import time
from pathlib import Path

import pytest
from nasty import Nasty
from nasty.texts import KINDS, READ, REFUSED
from reading_samples import Drop

from guiji.errors import BatchRefused

SECONDS = 20
MEMORY = 1 << 20
"""KiB."""


def test_no_kind_hides_another() -> None:
    assert len(KINDS) == len(REFUSED) + len(READ) >= 55


@pytest.mark.parametrize("kind", KINDS)
def test_a_nasty_text_gets_its_verdict(drop: Drop, kind: str) -> None:
    nasty = KINDS[kind]
    path = drop.folder / "nasty"
    nasty.build(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    (_check_refused if nasty.code else _check_read)(drop, path, nasty)
    assert time.process_time() - began < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def _check_refused(drop: Drop, path: Path, nasty: Nasty) -> None:
    with pytest.raises(BatchRefused) as caught:
        drop.read(path, name=nasty.name)
    refusal = caught.value
    assert refusal.code == nasty.code, str(refusal)
    assert refusal.notice.startswith(f"《{nasty.name}》")
    assert refusal.remedy.endswith("。")
    for words in nasty.says:
        assert words in refusal.notice + refusal.remedy


def _check_read(drop: Drop, path: Path, nasty: Nasty) -> None:
    reading, rows = drop.read(path, name=nasty.name)
    expected = list(nasty.rows)
    assert reading.rows_read == (len(expected) if nasty.count is None else nasty.count)
    found = [
        {column: row.get(column) for column in wanted}
        for row, wanted in zip(rows, expected, strict=False)
    ]
    assert found == expected
    assert tuple(remark.code for remark in reading.remarks) == nasty.remarks
    faults = [f for sheet in reading.sheets for f in sheet.faults]
    assert [(f.code, f.column, f.rows) for f in faults] == list(nasty.faults)
