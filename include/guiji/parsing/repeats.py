"""Records that a batch states more than once."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from guiji.domain.columns import Flags, Rows


def repeats(
    record_id: pa.Array, states: Callable[[pa.Array], pa.Array]
) -> tuple[pa.Array, Rows]:
    """Find rows that contradict or copy another row of the batch.

    Args:
        record_id: n hexadecimal ids.
        states: gives what some rows state, as comparable text.

    Returns:
        Whether another row states the same record otherwise (which one is right
        nobody can tell), and the earliest row that says exactly the same, for most
        rows themselves.
    """
    contradicts = np.zeros(len(record_id), np.bool_)
    first = np.arange(len(record_id))
    rows = _not_unique(record_id)
    if len(rows):
        stated = states(pa.array(rows)).to_pylist()
        ids = record_id.take(pa.array(rows)).to_pylist()
        _compare(rows, ids, stated, contradicts, first)
    return pa.array(contradicts), first


def _not_unique(record_id: pa.Array) -> Rows:
    """Find the rows whose id occurs again, and by a rare chance a few more."""
    if not len(record_id):
        return np.empty(0, np.int64)
    width = len(record_id[0].as_py())
    size, start = len(record_id), record_id.offset
    characters = np.frombuffer(record_id.buffers()[2], np.uint8).reshape(-1, width)
    beginnings = np.ascontiguousarray(characters[start : start + size, :16])
    words = beginnings.view(np.uint64)
    keys = words[:, 0] ^ (words[:, 1] * np.uint64(0x9E3779B97F4A7C15))
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    is_repeated = np.zeros(size, np.bool_)
    is_repeated[order[1:][same]] = is_repeated[order[:-1][same]] = True
    return np.flatnonzero(is_repeated)


def _compare(
    rows: Rows, ids: list[str], stated: list[str], contradicts: Flags, first: Rows
) -> None:
    said: dict[str, dict[str, int]] = defaultdict(dict)
    for row, record, content in zip(rows.tolist(), ids, stated, strict=True):
        first[row] = said[record].setdefault(content, row)
    contradicts[rows] = [len(said[record]) > 1 for record in ids]
