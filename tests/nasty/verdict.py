"""Whether a nasty file got the verdict that it must get."""

from pathlib import Path
from typing import Any

import pytest

from guiji.core.errors import BatchRefused
from nasty import Nasty


def check(drop: Any, path: Path, nasty: Nasty) -> None:
    """Read a file and hold what comes of it against what must.

    Args:
        drop: `reading_samples.Drop`, which reads it.
        path: the file, which `nasty` has built.
        nasty: what must come of it.
    """
    (_check_read if nasty.code is None else _check_refused)(drop, path, nasty)


def _check_refused(drop: Any, path: Path, nasty: Nasty) -> None:
    with pytest.raises(BatchRefused) as caught:
        drop.read(path, name=nasty.name)
    refusal = caught.value
    assert refusal.code == nasty.code, str(refusal)
    assert refusal.notice.startswith(f"《{nasty.name}》")
    assert refusal.remedy.endswith("。")
    for words in nasty.says:
        assert words in refusal.notice + refusal.remedy
    assert list(drop.out.glob("*")) == []


def _check_read(drop: Any, path: Path, nasty: Nasty) -> None:
    reading, rows = drop.read(path, name=nasty.name)
    expected = list(nasty.rows)
    assert reading.rows_read == (len(expected) if nasty.count is None else nasty.count)
    found = [
        {column: row.get(column) for column in wanted}
        for row, wanted in zip(rows, expected, strict=nasty.count is None)
    ]
    assert found == expected
    assert tuple(remark.code for remark in reading.remarks) == nasty.remarks
    faults = [f for sheet in reading.sheets for f in sheet.faults]
    assert [(f.code, f.column, f.rows) for f in faults] == list(nasty.faults)
