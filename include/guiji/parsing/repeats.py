"""Records that a batch states more than once."""

from collections import defaultdict

import numpy as np
import pyarrow as pa

from guiji.domain.columns import Flags, Rows


def repeats(record_id: pa.Array, content_hash: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Find rows that contradict or copy another row of the batch.

    Args:
        record_id: n hexadecimal ids.
        content_hash: n hashes of what the rows say.

    Returns:
        Whether another row states the same record otherwise (which one is right
        nobody can tell), and whether an earlier row says exactly the same.
    """
    contradicts = np.zeros(len(record_id), np.bool_)
    copies = np.zeros(len(record_id), np.bool_)
    rows = _not_unique(record_id)
    if len(rows):
        _compare(record_id, content_hash, rows, contradicts, copies)
    return pa.array(contradicts), pa.array(copies)


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
    found = np.zeros(size, np.bool_)
    found[order[1:][same]] = found[order[:-1][same]] = True
    return np.flatnonzero(found)


def _compare(
    record_id: pa.Array,
    content_hash: pa.Array,
    rows: Rows,
    contradicts: Flags,
    copies: Flags,
) -> None:
    at = pa.array(rows)
    ids, contents = record_id.take(at).to_pylist(), content_hash.take(at).to_pylist()
    said: dict[str, set[str]] = defaultdict(set)
    for row, record, content in zip(rows, ids, contents, strict=True):
        copies[row] = content in said[record]
        said[record].add(content)
    contradicts[rows] = [len(said[record]) > 1 for record in ids]
