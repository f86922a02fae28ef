"""Scans outgoing bytes for personal data, wherever it came from.

The allow-list of items decides what may leave, and `withholding` keeps lines back;
this is the last fence, which reads the files as the public will. What a person's
number looks like is known to `domain.personal_data`.
"""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from guiji.domain import columns, personal_data

BLOCK = 1 << 24
"""Bytes that are read at once."""


def scan(path: Path, numbers: Collection[str] = ()) -> Counter[str]:
    """Count the cells of a file that hold personal data.

    Args:
        path: a CSV file with headings, or any other text in UTF-8.
        numbers: headings of numbers of documents, amounts and days, beside those that
            say so themselves.

    Returns:
        Counts by `personal_data.Kind`; what was found is not told.
    """
    counts: Counter[str] = Counter()
    if not path.stat().st_size:
        return counts
    if path.suffix != ".csv":
        lines = pa.array(path.read_text(encoding="utf-8").splitlines(), pa.string())
        return _count(lines, is_number=False)
    with pacsv.open_csv(
        path,
        read_options=pacsv.ReadOptions(block_size=BLOCK),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=_as_text(path), strings_can_be_null=False
        ),
    ) as reader:
        counts += _count(pa.array(reader.schema.names, pa.string()), is_number=False)
        for batch in reader:
            for title, column in zip(batch.schema.names, batch.columns, strict=True):
                is_number = title in numbers or personal_data.names_numbers(title)
                counts += _count(column, is_number)
    return counts


def _as_text(path: Path) -> dict[str, pa.DataType]:
    with path.open(encoding="utf-8", newline="") as file:
        head = pacsv.read_csv(
            pa.py_buffer(file.readline().encode()),
            read_options=pacsv.ReadOptions(autogenerate_column_names=True),
        )
    return {str(head[name][0]): pa.string() for name in head.column_names}


def _count(values: pa.Array, is_number: bool) -> Counter[str]:
    kinds = personal_data.kinds(columns.combine(values), is_number=is_number)
    return Counter(pc.drop_null(kinds).to_pylist())
