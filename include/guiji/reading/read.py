"""Any delivered file to the text table, or a refusal that says what to do.

Every file is read by a process of its own with limits of memory, processor and time:
whatever a file does to its reader, the night goes on.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from guiji.catalog.model import Dataset, ExcludedData
from guiji.core import files
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.limits import of as limits_of
from guiji.reading.processes import children
from guiji.reading.processes import slots as shared
from guiji.reading.recognise import refuse_excluded
from guiji.reading.result import Reading

TEXT = "text.parquet"
READING = "reading.json"


def read_file(
    path: Path,
    name: str,
    candidates: Sequence[Dataset],
    out: Path,
    limits: Limits | None = None,
    *,
    others: Sequence[Dataset] = (),
    excluded: Sequence[ExcludedData] = (),
    slots: Path | None = None,
) -> Reading:
    """Read a delivery: every cell as text with its address; tell how it was understood.

    Writes `out`/text.parquet (`schemas.TEXT_COLUMNS`, one string column for each item
    found, `_operation` where there is 操作) and `out`/reading.json. Cells are verbatim;
    a row with a fault keeps its raw line only.

    Args:
        path: the bytes as delivered; its own name does not matter.
        name: the file as the department named it.
        candidates: the datasets that the department provides.
        out: folder for the results; made if need be.
        limits: what the file may cost; None = as the candidates say.
        others: the datasets of other departments.
        excluded: data that the jurisdiction does not collect.
        slots: folder of the places for reading processes, the same for all processes
            of a machine that read at `limits.at_once` files at a time together; None =
            one of this user in the system's folder for temporary files.

    Raises:
        BatchRefused: EMPTY_FILE, UNKNOWN_FILE, EXCLUDED, WRONG_DEPARTMENT, HEADINGS,
            SEVERAL_DATASETS, UNREADABLE, ENCRYPTED, KIND_…, TOO_BIG, TIMEOUT or
            NO_DATA_SHEET; then neither file is written.
        StorageUnusable: no process could be started; it is no fault of the file.

    Source: 2-contract.md, the way, 3 and 4.
    """
    limits = limits or limits_of(candidates)
    own = [Layout.of(d) for d in candidates]
    foreign = [x for x in map(Layout.of, others) if x not in own]
    foreign += map(Layout.of_excluded, excluded)
    refuse_excluded(name, [*own, *foreign])
    places = shared.folder(slots)
    with files.replacing(out / TEXT) as text, _scratch(out) as scratch:
        task = children.job(path, name, own, foreign, text, scratch, limits, places)
        reading = Reading.from_json(children.read(task, name, limits))
    files.write_json(out / READING, reading.to_json())
    return reading


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """Yield a folder for the reading process, which may leave it in any state."""
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=out) as folder:
        yield Path(folder)
