"""R1: thousands of text files with one damage each, read back cell by cell.

    python -m benchmarks.damaged_texts [FILES]

Tables of eight shapes are drawn, from two columns to fifteen: bare, quoted where need
be, quoted throughout, with an empty last column, and with cells of several lines. One
record of each is damaged in one way. Every row that is read must be the record that
begins on its line; every other record must be in quarantine. Counted are the files in
which a row was lost or changed, and those in which a sound record is in quarantine.
The files are the same in every run.
"""

import csv
import io
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import p6_data
from guiji.errors import BatchRefused
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.texts import delimited

SEED = 20261130
FILES = 6000
ROWS = (3, 30)
WORDS = (
    "贵阳", "云岩区", "商贸", "有限公司", "中华路", "1号", "2026-11-30", "普通", "A-7",
    "食品销售", "(批发)", "5%", "第二分公司",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A sort of table.

    Attributes:
        columns: of it.
        quoting: when its program quotes a cell.
        delimiters: share of cells in the middle that hold delimiters.
        tall: share of records with a cell of several lines.
        empty: whether the last column is empty.
    """

    columns: int
    quoting: int = csv.QUOTE_MINIMAL
    delimiters: float = 0.0
    tall: float = 0.0
    empty: bool = False


SHAPES = {
    "bare, 9": Shape(9),
    "bare, 4": Shape(4),
    "some quoted, last empty, 9": Shape(9, delimiters=0.4, empty=True),
    "some quoted, 15": Shape(15, delimiters=0.2),
    "all quoted, 7": Shape(7, csv.QUOTE_ALL, delimiters=0.3),
    "several lines, 8": Shape(8, delimiters=0.2, tall=0.3),
    "several lines, 3": Shape(3, delimiters=0.2, tall=0.3),
    "two columns": Shape(2, delimiters=0.3),
}

Harm = Callable[[random.Random, str], str | None]
"""Damages the text of a record, without its line end; None = it cannot."""


def _opened(chance: random.Random, text: str) -> str:
    begins = [0, *(i + 1 for i, sign in enumerate(text) if sign == ",")]
    return _put(text, chance.choice(begins), '"')


def _put(text: str, at: int, sign: str) -> str:
    return text[:at] + sign + text[at:]


def _dropped(sign: str) -> Harm:
    def harm(chance: random.Random, text: str) -> str | None:
        places = [i for i, found in enumerate(text) if found == sign]
        if not places:
            return None
        at = chance.choice(places)
        return text[:at] + text[at + 1 :]

    return harm


def _inserted(sign: str) -> Harm:
    return lambda chance, text: _put(text, chance.randrange(1, len(text)), sign)


def _escaped(chance: random.Random, text: str) -> str | None:
    return text.replace('""', '\\"') if '""' in text[1:-1] else None


def _other_delimiter(chance: random.Random, text: str) -> str | None:
    return None if '"' in text else text.replace(",", ";")


HARMS: dict[str, Harm] = {
    "a quote before a cell": _opened,
    "a quote anywhere": _inserted('"'),
    "a lost quote": _dropped('"'),
    "a lost delimiter": _dropped(","),
    "a delimiter anywhere": _inserted(","),
    "a line end anywhere": _inserted("\n"),
    "quotes escaped otherwise": _escaped,
    "another delimiter": _other_delimiter,
}
JOINED = "a lost line end"
UNSEEN = ("a delimiter anywhere", "a lost delimiter", "a line end anywhere")
"""Damage that leaves another sound record, where it is inside quotes."""


@dataclass(frozen=True)
class Drawn:
    """A file that was drawn.

    Attributes:
        records: cells of each.
        texts: the records as written, in order, with line ends.
        damaged: indices of the records that the damage touched.
    """

    records: list[list[str]]
    texts: list[str]
    damaged: set[int]


def draw(chance: random.Random, shape: Shape, kind: str) -> Drawn | None:
    """Draw a table and damage one record; None if the damage has no effect."""
    records = [_record(chance, shape) for _ in range(chance.randint(*ROWS))]
    texts = [_written(cells, shape) for cells in records]
    at = chance.randrange(len(records))
    if kind == JOINED:
        if at + 1 == len(records):
            return None
        texts[at] = texts[at].removesuffix("\n")
        return Drawn(records, texts, {at, at + 1})
    text = HARMS[kind](chance, texts[at].removesuffix("\n"))
    if text is None or (kind in UNSEEN and _whole(text, shape)):
        return None
    texts[at] = text + "\n"
    return Drawn(records, texts, {at})


def _whole(text: str, shape: Shape) -> bool:
    """Tell a record as its program could have written it."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return False
    return [len(cells) for cells in rows] == [shape.columns]


def _record(chance: random.Random, shape: Shape) -> list[str]:
    cells = ["".join(chance.choices(WORDS, k=3)) for _ in range(shape.columns)]
    for i in range(1, shape.columns):
        if chance.random() < shape.delimiters:
            cells[i] += "," + chance.choice(WORDS) + chance.choice(["", '"x"'])
    if chance.random() < shape.tall:
        i = chance.randrange(1, shape.columns)
        cells[i] += "\n" + "".join(chance.choices(WORDS, k=2))
    if shape.empty:
        cells[-1] = ""
    return cells


def _written(cells: Sequence[str], shape: Shape) -> str:
    stream = io.StringIO()
    csv.writer(stream, quoting=shape.quoting, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
    return stream.getvalue()


def judge(drawn: Drawn, rows: Sequence[dict[str, Any]], items: Sequence[str]) -> str:
    """Tell what came of a file: exact, neighbour, changed or lost."""
    begins, line = {}, 2
    for index, text in enumerate(drawn.texts):
        begins[line] = index
        line += text.count("\n")
    read, kept = set(), set()
    for row in rows:
        first = row["source_line"]
        if row["fault"] is not None:
            height = row["raw_line"].count("\n") + 1
            kept.update(range(first, first + height))
        elif drawn.records[begins.get(first, 0)] != [row[i] or "" for i in items]:
            return "changed"
        else:
            read.add(begins[first])
    put_away = {i for first, i in begins.items() if first in kept}
    if set(range(len(drawn.records))) - read - put_away - drawn.damaged:
        return "lost"
    if drawn.damaged - read and not put_away & drawn.damaged:
        return "lost"
    return "neighbour" if put_away - drawn.damaged else "exact"


def run(files: int = FILES) -> list[dict[str, object]]:
    """Read so many files; give what came of them, by shape and by damage."""
    layout = Layout.of(p6_data.dataset())
    layout = replace(layout, required=layout.required[:2])
    chance = random.Random(SEED)
    found: Counter[tuple[str, str, str]] = Counter()
    kinds = [*HARMS, JOINED]
    with tempfile.TemporaryDirectory() as name:
        while found.total() < files:
            shape, kind = chance.choice(list(SHAPES)), chance.choice(kinds)
            drawn = draw(chance, SHAPES[shape], kind)
            if drawn is not None:
                found[shape, kind, _read(Path(name), drawn, layout)] += 1
    return [
        _line(what, {k: n for k, n in found.items() if what in k[:2]})
        for what in (*SHAPES, *kinds)
    ] + [_line("all", found)]


def _read(folder: Path, drawn: Drawn, layout: Layout) -> str:
    columns = len(drawn.records[0])
    content = ",".join(p6_data.HEADINGS[:columns]) + "\n" + "".join(drawn.texts)
    path, out = folder / "file", folder / "text.parquet"
    path.write_text(content, "utf-8", newline="")
    name = "行政许可信息.csv"
    try:
        delimited.read(path, name, [layout], [], out, Limits())
    except BatchRefused:
        return "refused"
    return judge(drawn, pq.read_table(out).to_pylist(), p6_data.IDS[:columns])


def _line(what: str, found: dict[tuple[str, str, str], int]) -> dict[str, object]:
    count = Counter[str]()
    for (_, _, outcome), number in found.items():
        count[outcome] += number
    total = count.total() or 1
    return {
        "what": what,
        "files": count.total(),
        **{x: count[x] for x in ("exact", "neighbour", "changed", "lost", "refused")},
        "neighbour_share": round(count["neighbour"] / total, 4),
    }


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else FILES):
        print(json.dumps(line, ensure_ascii=False))
