"""R1: thousands of text files with one damage each, read back cell by cell.

    python -m benchmarks.damaged_texts [FILES [SEED]]

Tables of eight shapes are drawn, from two columns to fifteen: bare, quoted where need
be, quoted throughout, with an empty last column, and with cells of several lines. Half
of them hold what their headings say: names, codes, days, numbers; the cells of the
others are words without any form, so that nothing but delimiters and quotes tells a
record. One record of each is damaged in one way. Every row that is read must be the
record that begins on its line; every other record must be in quarantine. Counted are
the files in which a row was lost or changed, and those in which a sound record is in
quarantine. The files are the same in every run.
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
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import p6_data
from guiji.core.errors import BatchRefused
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
ITEMS = (
    "counterpart_name", "uscc", "content", "decision_no", "decided_on", "category",
    "legal_representative", "address", "authority", "licence_no", "valid_from",
    "valid_to", "updated_at", "capital", "employees",
)  # fmt: skip
TEXTS = ("counterpart_name", "content", "address")
"""Items whose cells may hold delimiters and several lines."""

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WORDS_ONLY, AS_HEADED = "words only", "as headed"


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


def draw(
    chance: random.Random, shape: Shape, kind: str, cells: str = WORDS_ONLY
) -> Drawn | None:
    """Draw a table and damage one record; None if the damage has no effect."""
    record = _record if cells == WORDS_ONLY else _record_as_headed
    records = [record(chance, shape) for _ in range(chance.randint(*ROWS))]
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
    """Recognise a record as its program could have written it."""
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


def _record_as_headed(chance: random.Random, shape: Shape) -> list[str]:
    cells = [_as_headed(chance, item) for item in ITEMS[: shape.columns]]
    texts = [i for i, item in enumerate(ITEMS[: shape.columns]) if item in TEXTS]
    for i in texts:
        if chance.random() < shape.delimiters:
            cells[i] += "," + chance.choice(WORDS) + chance.choice(["", '"x"'])
    if chance.random() < shape.tall:
        cells[chance.choice(texts)] += "\n" + "".join(chance.choices(WORDS, k=2))
    if shape.empty:
        cells[-1] = ""
    return cells


def _as_headed(chance: random.Random, item: str) -> str:
    """Draw a cell that its item may have."""
    number = chance.randrange(1, 10_000)
    day = date(2019, 1, 1) + timedelta(days=number % 2500)
    drawn: dict[str, str] = {
        "counterpart_name": "".join(chance.choices(WORDS, k=2)) + "有限公司",
        "uscc": "91520100" + "".join(chance.choices(SIGNS, k=10)),
        "decision_no": f"筑市监许〔{day.year}〕{number}号",
        "category": chance.choice(("普通", "特许", "认可", "核准", "登记")),
        "legal_representative": "".join(chance.choices("王李张刘陈杨明华芳", k=3)),
        "authority": f"贵阳市第{number % 9}市场监督管理局",
        "licence_no": f"JY1520103{number:08d}",
        "updated_at": f"{day} 08:{number % 60:02d}:00",
        "capital": f"{number / 10:.2f}",
        "employees": str(number % 97),
    }
    texts, days = ("content", "address"), ("decided_on", "valid_from", "valid_to")
    drawn |= {text: "".join(chance.choices(WORDS, k=4)) for text in texts}
    return (drawn | dict.fromkeys(days, str(day)))[item]


def _written(cells: Sequence[str], shape: Shape) -> str:
    stream = io.StringIO()
    csv.writer(stream, quoting=shape.quoting, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
    return stream.getvalue()


def judge(drawn: Drawn, rows: Sequence[dict[str, Any]], items: Sequence[str]) -> str:
    """Return what came of a file: exact, neighbour, changed or lost."""
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


def run(files: int = FILES, seed: int = SEED) -> list[dict[str, object]]:
    """Read so many files of each sort of cells.

    Returns:
        What came of them: by shape, by damage, and in all.
    """
    layout = Layout.of(p6_data.dataset())
    layout = replace(layout, required=layout.required[:2])
    kinds = [*HARMS, JOINED]
    lines = []
    for cells in (AS_HEADED, WORDS_ONLY):
        chance = random.Random(seed)
        found: Counter[tuple[str, str, str]] = Counter()
        with tempfile.TemporaryDirectory() as name:
            while found.total() < files:
                shape, kind = chance.choice(list(SHAPES)), chance.choice(kinds)
                drawn = draw(chance, SHAPES[shape], kind, cells)
                if drawn is not None:
                    outcome = _read(Path(name), drawn, layout, cells)
                    found[shape, kind, outcome] += 1
        lines += [
            _line(cells, what, {k: n for k, n in found.items() if what in k[:2]})
            for what in (*SHAPES, *kinds)
        ]
        lines.append(_line(cells, "all", found))
    return lines


def _read(folder: Path, drawn: Drawn, layout: Layout, cells: str) -> str:
    columns = len(drawn.records[0])
    items = (p6_data.IDS if cells == WORDS_ONLY else ITEMS)[:columns]
    titles = dict(zip(p6_data.IDS, p6_data.HEADINGS, strict=True))
    content = ",".join(titles[i] for i in items) + "\n" + "".join(drawn.texts)
    path, out = folder / "file", folder / "text.parquet"
    path.write_text(content, "utf-8", newline="")
    name = "行政许可信息.csv"
    try:
        delimited.read(path, name, [layout], [], out, Limits())
    except BatchRefused:
        return "refused"
    return judge(drawn, pq.read_table(out).to_pylist(), items)


def _line(
    cells: str, what: str, found: dict[tuple[str, str, str], int]
) -> dict[str, object]:
    count = Counter[str]()
    for (_, _, outcome), number in found.items():
        count[outcome] += number
    total = count.total() or 1
    return {
        "cells": cells,
        "what": what,
        "files": count.total(),
        **{x: count[x] for x in ("exact", "neighbour", "changed", "lost", "refused")},
        "neighbour_share": round(count["neighbour"] / total, 4),
    }


if __name__ == "__main__":
    for line in run(*map(int, sys.argv[1:])):
        print(json.dumps(line, ensure_ascii=False))
